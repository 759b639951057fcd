"""scheduler-left-behind: a schedule goes on moving the learning rate of an optimiser that steps no more.

What it checks
    A scheduler steps six times in a row while its optimiser does not step once in between, and another optimiser does
    that holds the same parameters and has no scheduler. One around or within it, which has its groups, is the same.

Why it hurts
    A second stage (SGD after Adam, thawed layers, a new fold) was given an optimiser of its own, and the scheduler is
    still that of the first one. The rate of the optimiser that trains never changes.

Example
    self.optimizer = SGD(net.parameters(), lr=0.02)     # self.scheduler was made for the Adam before it

Instead
    self.optimizer = SGD(...); self.scheduler = StepLR(self.optimizer, 30)

When it is a false alarm
    An optimiser around another that keeps groups of its own, and copies the rates from one to the other.

Cost
    A few counts at each step of a scheduler.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from goodfit.checks.engine.events import Schedule, params_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 6  # of the scheduler


@dataclass
class Scheduled:
    """Of a scheduler: steps of its optimiser, and of all, when it stepped last; how often it has done so in vain."""

    own: int
    all: int
    in_vain: int = 0
    reported: bool = False


class SchedulerLeftBehind(LiveRule):
    code, level = "GF348", Level.WARNING
    sleepless = (Schedule,)

    def start(self) -> None:
        self.known: weakref.WeakKeyDictionary[Any, Scheduled] = weakref.WeakKeyDictionary()

    def on_schedule(self, event: Schedule) -> Iterator[Finding]:
        optimiser = getattr(event.scheduler, "optimizer", None)
        if event.first or not isinstance(optimiser, Optimizer):
            return
        own, steps = self.program.steps_of(optimiser), self.program.steps
        known = self.known.get(event.scheduler)
        if known is None:
            self.known[event.scheduler] = Scheduled(own, steps)
            return
        known.in_vain = known.in_vain + 1 if own == known.own and steps > known.all else 0
        known.own, known.all = own, steps
        if known.in_vain < STEPS_AT_LEAST or known.reported:
            return
        known.reported = True
        follower = self._follower(optimiser)
        if follower is not None:
            name, other = type(optimiser).__name__, type(follower).__name__
            which = f"{other} that holds its parameters now" if name != other else f"other {other}"
            yield self.finding(
                f"{type(event.scheduler).__name__} moves the learning rate of {name}, which has not stepped "
                f"between its last {STEPS_AT_LEAST} steps: the {which} keeps its own rate",
                "Make a new scheduler with the new optimiser",
            )

    def _follower(self, optimiser: Optimizer) -> Optimizer | None:
        """Another optimiser of the same parameters that has stepped, and that no scheduler of its own moves."""
        scheduled = {id(getattr(each, "optimizer", None)) for each in self.known}
        params = {id(param) for param in params_of(optimiser)}
        for other, state in self.program.optimisers.items():
            is_free = other is not optimiser and state.steps and id(other) not in scheduled
            if is_free and any(id(param) in params for param in params_of(other)):
                return other
        return None
