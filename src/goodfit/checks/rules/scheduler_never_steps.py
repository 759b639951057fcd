"""scheduler-never-steps: a schedule of the learning rate is made, and never taken a step of.

What it checks
    A scheduler of torch is made for an optimiser that then steps in three epochs and more, 60 times and more; the
    scheduler has not stepped when the program ends.

Why it hurts
    The rate stays what the schedule begins with: the full rate to the end, or the first small one of a warm-up.

Example
    scheduler = CosineAnnealingLR(optimizer, T_max=epochs); ... optimizer.step()

Instead
    for epoch in range(epochs): train(); scheduler.step()

When it is a false alarm
    A schedule that was to begin after what the program had time for.

Cost
    A look at the known schedulers in each epoch.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from goodfit.checks.engine.events import Epoch, Schedule, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 60
EPOCHS_AT_LEAST = 3
LATER = ("SWALR",)  # which begins when averaging does


@dataclass
class Made:
    """A scheduler: its name, where it was made, and what its optimiser has done since."""

    name: str
    place: Place
    optimiser: weakref.ref[Optimizer]
    steps: int = 0
    epochs: int = 0
    has_stepped: bool = False


class SchedulerNeverSteps(LiveRule):
    code, level = "GF662", Level.WARNING
    sleepless = (Schedule, Epoch)

    def start(self) -> None:
        self.made: list[Made] = []
        self.of: weakref.WeakKeyDictionary[Any, Made] = weakref.WeakKeyDictionary()  # by their schedulers

    def on_schedule(self, event: Schedule) -> None:
        scheduler = event.scheduler
        for inner in getattr(scheduler, "_schedulers", ()):  # they step when the outer one has them step
            self._steps(inner)
        optimiser = getattr(scheduler, "optimizer", None)
        if not event.first or scheduler in self.of or event.value is not None:
            self._steps(scheduler)
        elif isinstance(optimiser, Optimizer) and type(scheduler).__name__ not in LATER:
            self.of[scheduler] = Made(type(scheduler).__name__, user_place(), weakref.ref(optimiser))
            self.made.append(self.of[scheduler])

    def _steps(self, scheduler: Any) -> None:
        if scheduler in self.of:
            self.of[scheduler].has_stepped = True

    def on_epoch(self, event: Epoch) -> None:
        for made in self.made:
            if made.has_stepped:
                continue
            optimiser = made.optimiser()
            steps = made.steps if optimiser is None else self.program.steps_of(optimiser)
            made.epochs += steps > made.steps
            made.steps = steps

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for made in self.made:
            if not made.has_stepped and made.steps >= STEPS_AT_LEAST and made.epochs >= EPOCHS_AT_LEAST:
                yield self.finding(
                    f"{made.name} was made, and never stepped in {made.epochs} epochs and {made.steps} steps of its "
                    "optimiser: the learning rate stays as it began",
                    "Call scheduler.step() once an epoch, or once a step, as its length was meant",
                    file=made.place.file,
                    line=made.place.line,
                )
