"""The watcher: events go in, rules are asked, findings come out. It never changes what the program computes.

Rules look closely at the first steps and then sleep: module hooks are taken off. They wake for a few steps when an
epoch begins, a module changes its mode, a net is evaluated, the loss jumps or is not finite, and at every doubling of
the steps; and for as many as at first when another optimiser begins, as after pretraining and in the next fold.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch

from goodfit.checks.engine.dispatch import CallListeners, Handler, listeners
from goodfit.checks.engine.events import (
    Call,
    Compare,
    Event,
    LogProb,
    Loss,
    NewDistribution,
    OtherLoss,
    Read,
    Sample,
    WatchEnds,
)
from goodfit.checks.engine.own_source import collector_paused
from goodfit.checks.engine.program_state import NotExamined, ProgramState
from goodfit.checks.engine.source_rule import SourceRule
from goodfit.checks.engine.turns import Turns
from goodfit.checks.engine.where_made import place_of_event
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule, NotChecked, live_rules, rule_failed
from goodfit.checks.selection import Selection
from goodfit.checks.suppressions import Suppressions

STEP_TICKS, BACKWARD_TICKS, CALL_TICKS = 50, 12, 1  # of an optimiser's step, a backward pass, and a net's call
FIRST_STEPS = 12  # that the rules are awake for at the start, however many calls of a rollout lie between them
FIRST_TICKS = FIRST_STEPS * STEP_TICKS
FIRST_WAKINGS_AT_MOST = 12  # by a backward pass, before these steps are over
FIRST_PASSES = 40  # after so many, no backward pass wakes the rules: an episode has one for each of its actions
LATER_TICKS = 4 * STEP_TICKS  # of a later look
STEPS_BETWEEN_EVALUATIONS = 8  # closer ones are rollouts, or parts of each step: their looks come ever more rarely
EVALUATION_GROWTH = 1.5  # times the steps before, to the next look at such
WAKINGS_AT_ONCE = 6  # for one reason, at each of its first events: short epochs would keep the rules awake for ever
WAKING_GROWTH = 1.2  # times the steps at the last one, to the next that follows these
WAKINGS_AT_MOST = {
    "epoch": 40,
    "mode": 40,
    "evaluation": 20,
    "optimiser": 5,
    "jump": 6,
    "nonfinite": 6,
}  # for each of these reasons
WAITING, AT_ONCE = "whose threads wait for each other", "whose threads train at the same time"
# Events that say what a net's output is used for.
OF_OUTPUTS = (Loss, OtherLoss, Compare, Read, NewDistribution, LogProb, Sample)


class _OfThread(threading.local):
    """Of one thread: whether a rule is at work in it, and the modules whose forward runs, outermost first."""

    busy = False

    def __init__(self) -> None:
        self.stack: list[Any] = []


class Watcher:
    """See the module.

    Args:
        selection: the rules to ask.
        suppressions: what the user allows.
        strict: for tests: raise what goes wrong inside a rule instead of reporting it as a finding.
    """

    def __init__(
        self,
        *,
        selection: Selection | None = None,
        suppressions: Suppressions | None = None,
        strict: bool = False,
    ) -> None:
        self.program = ProgramState()
        self.selection = selection or Selection()
        self.suppressions = suppressions or Suppressions()
        self.strict = strict
        self._awake = True
        self._steps_at_most: tuple[int | None, type[BaseException]] = (None, KeyboardInterrupt)
        self._on_sleep: Callable[[], None] = lambda: None
        self._on_wake: Callable[[], None] = lambda: None
        self._before_end: Callable[[], None] = lambda: None
        self._found: dict[tuple[str, str | None, int | None], Finding] = {}
        self._ticks = FIRST_TICKS
        self._first_steps_left, self._first_wakings_left = FIRST_STEPS, FIRST_WAKINGS_AT_MOST
        self._first_passes_left = FIRST_PASSES
        self._wakings_left = dict(WAKINGS_AT_MOST)
        self._next_waking: dict[str, float] = {}  # steps
        self._evaluated_at, self._next_evaluation = -STEPS_BETWEEN_EVALUATIONS, 0.0  # steps
        self._next_look = 2 * FIRST_TICKS // STEP_TICKS
        self.of_thread = _OfThread()
        self._turns = Turns()
        self.off = False  # nothing is watched: this is a copy in a worker process, or the watcher gave up
        self.gave_up = False
        self._ended = False  # the program has ended
        self.passed_over = False  # the last call of a net was: what its output is used for is not looked at either
        _WATCHERS.add(self)
        self._rules = list(self._started())
        self._listening = self._listening_awake = listeners(self._rules, asleep=False)
        self._listening_asleep = listeners(self._rules, asleep=True)
        self._listening_to_calls = CallListeners(self._listening_awake)

    def hears(self, kind: type[Event]) -> bool:
        """Whether a rule listens to such events now: to make one that nobody hears costs more than to ask."""
        return bool(self._listening[kind])

    def tell(self, event: Event) -> None:
        """Ask every rule that listens to this kind of event."""
        if self._awake and isinstance(event, Call):
            listening = self._listening_to_calls.of(event)
        else:
            listening = self._listening[type(event)]
        if not listening or self.busy or (self.passed_over and isinstance(event, OF_OUTPUTS)):
            return
        lock = self._turns.take()
        if lock is None:
            self._give_up(WAITING)
            return
        self.of_thread.busy = True  # what a rule does by itself is not watched
        try:
            if self.off:  # given up while this thread waited: gradients are written without a turn from then on
                return
            if self._awake:
                with torch.no_grad():
                    self._ask(listening, event)
            else:  # these compute nothing that would be recorded; a context costs more than they do
                self._ask(listening, event)
        finally:
            self.of_thread.busy = False
            lock.release()

    def _ask(self, listening: list[tuple[LiveRule, Handler]], event: Event) -> None:
        for rule, method in listening:
            try:
                for finding in method(event) or ():
                    self.note(finding, event)
            except NotChecked as reason:
                kept = self.program.not_examined.setdefault((reason.noun, reason.reason), NotExamined())
                kept.subjects.add(reason.subject)
                kept.rules.add(rule.name)
            except Exception as error:
                self._failed(rule, error)

    def note(self, finding: Finding, event: Event | None = None) -> None:
        """Keep a finding, with the user's line; a second of the same rule and line counts."""
        if not self._ended:  # at the end, no line of the user's is the cause
            finding = _located(finding, event)
        self._keep(finding, (finding.rule, finding.file, finding.line))

    def _keep(self, finding: Finding, key: tuple[str, str | None, int | None]) -> None:
        """Count it with those of the same key, unless the user allows or ignores it."""
        if not self.selection.includes(finding) or self.suppressions.allows(finding.rule):
            return
        known = self._found.get(key)
        self._found[key] = replace(known, count=known.count + finding.count) if known else finding

    def close(self) -> list[Finding]:
        """Ask the rules that speak at the end; all findings, errors first."""
        self._steps_at_most = (None, KeyboardInterrupt)
        self.of_thread.busy = False  # the program may have ended within a call that was passed over
        self._before_end()
        self.awake = self._ended = True
        if self.gave_up:  # what was seen ends somewhere: only the source is whole
            self._rules = [rule for rule in self._rules if isinstance(rule, SourceRule)]
            self._listening = listeners(self._rules, asleep=False)
            self.off = False
        with collector_paused():
            self.tell(WatchEnds())
        if not self.gave_up:
            for finding in self.suppressions.unused({rule.name for rule in self._rules}):
                self.note(finding)
        return self.findings()

    def findings(self) -> list[Finding]:
        """The findings so far, errors first; of one cause that of the rule that names it best."""
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
        self._awake = self.program.awake = value
        self._listening = self._listening_awake if value else self._listening_asleep

    @property
    def busy(self) -> bool:
        """Whether a rule is at work in this thread, or nothing is watched."""
        return self.of_thread.busy or self.off

    def pass_over_call(self, begins: bool) -> None:
        """Watch nothing that this thread does while a net is called, nor what its output is used for."""
        self.of_thread.busy = begins
        self.passed_over = True
        self.program.last_call = None

    @contextmanager
    def inside_torch(self) -> Iterator[None]:
        """What torch calls inside of its own functions is not the user's doing, and is not watched."""
        before, self.of_thread.busy = self.busy, True
        try:
            yield
        finally:
            self.of_thread.busy = before

    @property
    def stack(self) -> list[Any]:
        """Modules whose forward runs in this thread, outermost first."""
        return self.of_thread.stack

    def when_awake(self, on_wake: Callable[[], None], on_sleep: Callable[[], None]) -> None:
        """Call these as the rules wake and fall asleep."""
        self._on_wake, self._on_sleep = on_wake, on_sleep

    def before_end(self, look: Callable[[], None]) -> None:
        """Call this before the rules are asked for the last time."""
        self._before_end = look

    def stop_after(self, steps: int | None, stop: type[BaseException]) -> None:
        """Raise this in the program after so many steps of its optimisers; never when None."""
        self._steps_at_most = (steps, stop)

    def tick(self, ticks: int) -> None:
        """A step, or a net's call, is over: perhaps stop, sleep, or look again."""
        self._stop_in_time()
        if self.awake:
            self._first_steps_left -= ticks == STEP_TICKS
            self._ticks -= ticks
            if self._ticks <= 0:
                self._sleep()
        elif self.program.steps >= self._next_look:
            self._next_look = 2 * self.program.steps
            self.wake()

    def step_unseen(self) -> None:
        """Count a step after the watcher gave up."""
        self.program.steps += 1
        self._stop_in_time()

    def _stop_in_time(self) -> None:
        steps_at_most, stop = self._steps_at_most
        if steps_at_most is not None and self.program.steps >= steps_at_most:
            raise stop

    def backward_begins(self) -> None:
        """Wake where a rollout of many calls has put the rules to sleep before the first steps were seen."""
        if self._awake:
            return
        if self._first_steps_left > 0 and self._first_wakings_left > 0 and self._first_passes_left > 0:
            self._first_wakings_left -= 1
            self.wake(min(self._first_steps_left * STEP_TICKS, self._first_passes_left * BACKWARD_TICKS))

    def backward_ended(self) -> None:
        """Passes of an episode count too; rules neither wake nor fall asleep between a pass and its step."""
        if self._awake:
            self._ticks -= BACKWARD_TICKS
            self._first_passes_left -= 1

    def look(self, reason: str) -> None:
        """Wake for some ticks for one of the reasons in WAKINGS_AT_MOST, while that happens not too often.

        Where the rules are awake anyway, another optimiser keeps them so for as long as at first.
        """
        if self._wakings_left[reason] <= 0 or (self.awake and reason != "optimiser"):
            return
        if reason == "evaluation" and not self._is_time_for_evaluation():
            return
        steps = self.program.steps
        if reason in ("epoch", "mode") and steps < self._next_waking.get(reason, 0.0):
            return
        self._wakings_left[reason] -= 1
        if self._wakings_left[reason] <= WAKINGS_AT_MOST[reason] - WAKINGS_AT_ONCE:
            self._next_waking[reason] = WAKING_GROWTH * steps
        self.wake(FIRST_TICKS if reason == "optimiser" else LATER_TICKS)

    def _is_time_for_evaluation(self) -> bool:
        steps, before = self.program.steps, self._evaluated_at
        self._evaluated_at = steps
        if steps < self._next_evaluation:
            return False
        if steps - before < STEPS_BETWEEN_EVALUATIONS:
            self._next_evaluation = EVALUATION_GROWTH * max(1, steps)
        return True

    def wake(self, ticks: int = LATER_TICKS) -> None:
        """Let every rule look for some ticks."""
        self._ticks = max(self._ticks, ticks)
        if self._awake:
            return
        lock = self.turn()
        try:
            if not self.awake:  # another thread may have woken it meanwhile
                self.awake = True
                self._on_wake()
        finally:
            lock.release()

    def _sleep(self) -> None:
        lock = self.turn()
        try:
            if self.awake:
                self.awake = False
                self._on_sleep()
        finally:
            lock.release()

    def turn(self) -> Any:
        """The lock of the turn, to be released; where none comes, nothing more is watched."""
        lock = self._turns.take()
        if lock is None:
            self._give_up(WAITING)
            lock = threading.RLock()
            lock.acquire()
        return lock

    def trains(self) -> None:
        """This thread computes gradients, steps, or zeroes: watched while no other one does so at the same time."""
        if not self.off and self._turns.trains_beside_another():
            lock = self.turn()
            try:
                self._give_up(AT_ONCE)
                self._on_sleep()
            finally:
                lock.release()

    def _give_up(self, why: str) -> None:
        """Watch nothing more, for what is seen would be steps of two programs in one; steps are still counted."""
        if not self.off:
            self.off = self.gave_up = True
            reason = f"{why}: not watched from step {self.program.steps + 1:,} on"
            self.program.not_examined[("program", reason)] = NotExamined(
                {id(self)}, {"every rule but those of the source"}
            )

    def _in_child(self) -> None:
        self.off = True

    def _started(self) -> Iterator[LiveRule]:
        """One of each rule that is asked."""
        for kind in live_rules():
            if self.selection.includes(kind):
                try:
                    rule = kind(self.program)
                except Exception as error:
                    self._failed(kind, error)
                else:
                    yield rule

    def _failed(self, rule: LiveRule | type[LiveRule], error: Exception) -> None:
        """Report once that a rule failed, at the line of the user's where it did so first."""
        if self.strict:
            raise error
        finding = rule_failed(rule, error)
        self._keep(finding if self._ended else _located(finding), (finding.rule, rule.name, None))


def _located(finding: Finding, event: Event | None = None) -> Finding:
    """At the user's line that an event is of, unless the finding names another."""
    if finding.file is not None:
        return finding
    place = place_of_event(event)
    return replace(finding, file=place.file, line=place.line)


_WATCHERS: weakref.WeakSet[Watcher] = weakref.WeakSet()  # what is registered with os stays for good, and all it holds


def _rest_in_child() -> None:
    """A forked process is not the program that is watched."""
    for watcher in _WATCHERS:
        watcher._in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_rest_in_child)
