"""scheduler-remade: a scheduler of the learning rate is made anew before it has done anything.

What it checks
    The same line makes a scheduler of the same kind for the same optimiser again and again, four times, and none of
    them has stepped more than twice.

Why it hurts
    A new scheduler counts from 0. StepLR(step_size=30) that is made in every epoch never comes to 30: the learning rate
    stays what it was, or is the beginning of the schedule over and over.

Example
    for epoch in range(epochs):
        scheduler = StepLR(optimizer, step_size=30)

Instead
    scheduler = StepLR(optimizer, step_size=30)
    for epoch in range(epochs): ...

When it is a false alarm
    Restarts on purpose have many steps each, and are not reported.

Cost
    A note for each step of a scheduler.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch.optim import Optimizer

from goodfit.checks.engine.events import Schedule
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

MADE_AT_LEAST = 4
STEPS_AT_MOST = 2  # of each


@dataclass
class Line:
    """Schedulers that a line makes for an optimiser, one after the other."""

    optimiser: weakref.ref[Optimizer]
    made: int = 0
    steps: int = 0  # of the last one
    lasted: bool = False  # whether one of them had more than a few steps


class SchedulerRemade(LiveRule):
    code, level = "GF329", Level.WARNING
    sleepless = (Schedule,)

    def start(self) -> None:
        self.lines: dict[tuple[Place, str, int], Line] = {}
        self.line_of: weakref.WeakKeyDictionary[object, Line] = weakref.WeakKeyDictionary()

    def on_schedule(self, event: Schedule) -> Iterator[Finding]:
        scheduler = event.scheduler
        optimiser = getattr(scheduler, "optimizer", None)
        if not isinstance(optimiser, Optimizer) or event.value is not None:  # ReduceLROnPlateau counts no steps
            return
        if not event.first:
            line = self.line_of.get(scheduler)
            if line is not None:
                line.steps += 1
                line.lasted = line.lasted or line.steps > STEPS_AT_MOST
            return
        place = user_place()
        key = (place, type(scheduler).__name__, id(optimiser))
        line = self.lines.get(key)
        if line is None or line.optimiser() is not optimiser:
            line = self.lines[key] = Line(weakref.ref(optimiser))
        self.line_of[scheduler] = line
        line.made += 1
        line.steps = 0
        if line.made == MADE_AT_LEAST and not line.lasted:
            yield self.finding(
                f"{type(scheduler).__name__} is made anew for the same optimiser {MADE_AT_LEAST} times, and none has "
                f"stepped more than {STEPS_AT_MOST} times: its schedule never gets on",
                "Make it once, before the loop over the epochs",
                file=place.file,
                line=place.line,
            )
