"""rate-of-zero: a schedule gives the learning rate 0 for many steps.

What it checks
    After a scheduler's step all groups of its optimiser have the rate 0, and at least ten steps of the optimiser, and a
    twentieth of all, are made before the scheduler gives another.

Why it hurts
    Batches are drawn, gradients are computed, and no weight moves. A warm-up written with // instead of / is 0 until
    its end; a schedule that is shorter than the training leaves the rest of it without effect.

Example
    LambdaLR(optimizer, lambda step: min(1, step // warmup))

Instead
    LambdaLR(optimizer, lambda step: min(1.0, step / warmup))

When it is a false alarm
    An optimiser that is to begin later than others: with several optimisers it is a notice.

Cost
    The rates, at each step of a scheduler.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from goodfit.checks.engine.events import Schedule, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

STEPS_AT_LEAST = 10
SHARE_AT_LEAST = 0.05
PAUSE_AT_MOST = 0.15  # of the steps, after which others follow


@dataclass
class Count:
    """Of an optimiser with a scheduler: its steps at the scheduler's last step, and how many were made at the rate 0.

    Attributes:
        name: of the scheduler's class.
    """

    name: str
    place: Place
    optimiser: weakref.ref[Any]
    steps: int = 0
    idle: int = 0
    goes_on: bool = False  # steps were made at another rate after that


class RateOfZero(LiveRule):
    code, level = "GF333", Level.WARNING
    sleepless = (Schedule,)
    yields_to = ("scheduler-pace",)

    def start(self) -> None:
        self.index: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.counts: list[Count] = []  # one for each optimiser, which may be gone at the end

    def on_schedule(self, event: Schedule) -> None:
        """The rate that the scheduler finds is the one of the steps since it came last."""
        optimiser = event.scheduler.optimizer
        if optimiser not in self.index:
            self.index[optimiser] = len(self.counts)
            self.counts.append(Count(type(event.scheduler).__name__, user_place(), weakref.ref(optimiser)))
        self._count(self.counts[self.index[optimiser]], optimiser)

    def _count(self, count: Count, optimiser: Any) -> None:
        state = self.program.optimisers.get(optimiser)
        steps = 0 if state is None else state.steps
        if all(float(group["lr"]) == 0 for group in optimiser.param_groups):
            count.idle += steps - count.steps
        elif count.idle and steps > count.steps:
            count.goes_on = True
        count.steps = steps

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for count in self.counts:
            optimiser = count.optimiser()
            if optimiser is not None:
                self._count(count, optimiser)
            if count.idle >= max(STEPS_AT_LEAST, SHARE_AT_LEAST * count.steps):
                yield self.finding(
                    f"{count.idle:,} of {counted(count.steps, 'step')} were made at the learning rate 0, which "
                    f"{count.name} has set",
                    "Make the schedule as long as the training; compute factors with /, not //, and never from a gamma "
                    "of 0",
                    file=count.place.file,
                    line=count.place.line,
                    level=Level.NOTICE if self.program.optimisers_made > 1 or self._is_pause(count) else None,
                )

    def _is_pause(self, count: Count) -> bool:
        """Whether it was for a short while, as at the end of a cosine before the next schedule begins."""
        return count.goes_on and count.idle <= PAUSE_AT_MOST * count.steps
