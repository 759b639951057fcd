"""The watcher: events go in, rules are asked, findings come out. It never changes what the program computes.

Rules look closely at the first steps and then sleep: module hooks are taken off. They wake for a few steps when an
epoch begins, a module changes its mode, a net is evaluated, the loss jumps or is no number, and at every doubling of
the steps.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch

from goodfit.checks.allow import Suppressions
from goodfit.checks.finding import Finding, Level
from goodfit.checks.places import user_place
from goodfit.checks.rule import LiveRule, live_rules
from goodfit.checks.world import World

STEP, CALL = 50, 1  # ticks of an optimiser's step, and of a net's call without gradients
FIRST = 12 * STEP  # ticks that the rules are awake for at the start
SHORT = 4 * STEP  # ticks of a later look
LOOKS = {"epoch": 40, "mode": 40, "evaluation": 20}  # how often each may wake the rules


class Watcher:
    """See the module.

    Args:
        select: codes or names, or beginnings of codes, of the rules to be asked; all when empty.
        ignore: those to be left out.
        suppressions: what the user allows.
        strict: raise what goes wrong inside a rule, for tests; else it is told at the end.
    """

    def __init__(
        self,
        *,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        suppressions: Suppressions | None = None,
        strict: bool = False,
    ) -> None:
        self.world = World()
        self.suppressions = suppressions or Suppressions()
        self._awake = True
        self.strict = strict
        self.faults: list[str] = []  # of rules themselves
        self.stop_after: tuple[int | None, type[BaseException]] = (None, KeyboardInterrupt)  # optimiser steps
        self.on_sleep: Callable[[], None] = lambda: None
        self.on_wake: Callable[[], None] = lambda: None
        self._rules = [kind(self.world) for kind in live_rules() if _chosen(kind(self.world), select, ignore)]
        self._names = {rule.name for rule in self._rules}
        self._found: dict[tuple[str, str | None, int | None], Finding] = {}
        self._ticks = FIRST
        self._looks = dict(LOOKS)
        self._next_look = 2 * FIRST // STEP
        self._local = threading.local()
        self._forked = False
        _WATCHERS.add(self)
        self._all = {name: self._handlers(name, asleep=False) for name in LiveRule.HANDLERS}
        self._sleepless = {name: self._handlers(name, asleep=True) for name in LiveRule.HANDLERS}

    def tell(self, handler: str, event: Any) -> None:
        """Ask every rule that listens to this kind of event."""
        listening = (self._all if self._awake else self._sleepless)[handler]
        if not listening or self.busy:
            return
        self._local.busy = True  # what a rule does by itself is not watched
        try:
            if self._awake:
                with torch.no_grad():
                    self._ask(listening, event)
            else:  # these compute nothing that would be recorded; a context costs more than they do
                self._ask(listening, event)
        finally:
            self._local.busy = False

    def _ask(self, listening: list[tuple[LiveRule, Callable[[Any], Any]]], event: Any) -> None:
        for rule, method in listening:
            try:
                for finding in method(event) or ():
                    self.note(finding)
            except Exception as error:
                self._fault(rule, error)

    def note(self, finding: Finding) -> None:
        """Keep a finding, with the user's line; a second of the same rule and line counts."""
        if finding.file is None:
            place = user_place()
            finding = replace(finding, file=place.file, line=place.line)
        if self.suppressions.allows(finding.rule):
            return
        key = (finding.rule, finding.file, finding.line)
        known = self._found.get(key)
        self._found[key] = replace(known, count=known.count + finding.count) if known else finding

    def close(self) -> list[Finding]:
        """Ask the rules that speak at the end; all findings, errors first."""
        self.awake = True
        self.tell("at_exit", None)
        for finding in self.suppressions.unused(self._names):
            self.note(finding)
        return self.findings()

    def findings(self) -> list[Finding]:
        """What was found so far, errors first; of one cause the rule that names it best."""
        spoke = {finding.rule for finding in self._found.values()}
        silent = {rule.name for rule in self._rules if spoke & set(rule.yields_to)}
        spoke -= silent  # who is silent for another's sake silences nobody
        silent = {rule.name for rule in self._rules if spoke & set(rule.yields_to)}
        order = list(Level)
        kept = [finding for finding in self._found.values() if finding.rule not in silent]
        return sorted(kept, key=lambda finding: (order.index(finding.level), finding.code))

    @property
    def awake(self) -> bool:
        """Whether every rule looks on."""
        return self._awake

    @awake.setter
    def awake(self, value: bool) -> None:
        self._awake = self.world.awake = value

    @property
    def busy(self) -> bool:
        """Whether a rule is at work in this thread, or this is a copy in a worker process: both are not watched."""
        return getattr(self._local, "busy", False) or self._forked

    @property
    def stack(self) -> list[Any]:
        """Modules whose forward runs in this thread, outermost first."""
        found = getattr(self._local, "stack", None)
        if found is None:
            found = self._local.stack = []
        return found

    def tick(self, ticks: int) -> None:
        """A step, or a call without gradients, is over: perhaps stop, sleep, or look again."""
        most, stop = self.stop_after
        if most is not None and self.world.steps >= most:
            raise stop
        if self.awake:
            self._ticks -= ticks
            if self._ticks <= 0:
                self.awake = False
                self.on_sleep()
        elif self.world.steps >= self._next_look:
            self._next_look = 2 * self.world.steps
            self.wake()

    def look(self, reason: str) -> None:
        """Wake for a few ticks for one of the LOOKS, while that happens not too often."""
        if not self.awake and self._looks[reason] > 0:
            self._looks[reason] -= 1
            self.wake()

    def wake(self, ticks: int = SHORT) -> None:
        """Let every rule look for some ticks."""
        self._ticks = max(self._ticks, ticks)
        if not self.awake:
            self.awake = True
            self.on_wake()

    def _in_child(self) -> None:
        self._forked = True

    def _handlers(self, name: str, *, asleep: bool) -> list[tuple[LiveRule, Callable[[Any], Any]]]:
        return [
            (rule, getattr(rule, name))
            for rule in self._rules
            if getattr(type(rule), name) is not getattr(LiveRule, name) and (not asleep or name in rule.sleepless)
        ]

    def _fault(self, rule: LiveRule, error: Exception) -> None:
        if self.strict:
            raise error
        said = f"{rule.name} failed by itself ({type(error).__name__}: {error}); please report it"
        if said not in self.faults:
            self.faults.append(said)


def _chosen(rule: LiveRule, select: Iterable[str], ignore: Iterable[str]) -> bool:
    def named(words: Iterable[str]) -> bool:
        return any(rule.name == word or rule.code.startswith(word) for word in words)

    return (not list(select) or named(select)) and not named(ignore)


_WATCHERS: weakref.WeakSet[Watcher] = weakref.WeakSet()  # what is registered with os stays for good, and all it holds


def _rest_in_child() -> None:
    """A forked process is not the program that is watched."""
    for watcher in _WATCHERS:
        watcher._in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_rest_in_child)
