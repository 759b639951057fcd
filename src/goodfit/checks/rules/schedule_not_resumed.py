"""schedule-not-resumed: training goes on from a checkpoint, and its schedule of the learning rate begins anew.

What it checks
    An optimiser takes over a state whose learning rate a schedule had changed already. The first scheduler that then
    steps with it starts at its step 0, and more steps of both follow.

Why it hurts
    The rate goes on from where it was as if nothing of the schedule had passed, or starts again with the warm-up: it
    never comes down as it was planned.

Example
    checkpoint = {"net": net.state_dict(), "optimizer": optimizer.state_dict()}

Instead
    checkpoint = {"net": ..., "optimizer": ..., "scheduler": scheduler.state_dict()}
    scheduler.load_state_dict(checkpoint["scheduler"])

When it is a false alarm
    A second stage that takes the averages of the first over and has a schedule of its own.

Cost
    The rates of an optimiser that was loaded, at its next steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from goodfit.checks.engine.events import OptimiserLoaded, Schedule, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

SCHEDULED = 1e-6  # relative difference of rates that a schedule has changed


@dataclass
class Resumed:
    """Of an optimiser that was loaded: where, and the rate it came with and began with, once known."""

    place: Place
    rates: tuple[float, float] | None = None
    over: bool = False  # nothing is to be said of it


class ScheduleNotResumed(LiveRule):
    code, level = "GF338", Level.WARNING
    sleepless = (OptimiserLoaded, Schedule, Step)

    def start(self) -> None:
        self.resumed: weakref.WeakKeyDictionary[Optimizer, Resumed] = weakref.WeakKeyDictionary()
        self.anew: weakref.WeakSet[Any] = weakref.WeakSet()  # schedulers that stood at 0 then

    def on_optimiser_loaded(self, event: OptimiserLoaded) -> None:
        if not self.program.steps_of(event.optimiser):
            self.resumed[event.optimiser] = Resumed(user_place())

    def on_step(self, event: Step) -> None:
        if not self.resumed or not isinstance(event.optimiser, Optimizer):
            return
        kept = self.resumed.get(event.optimiser)
        if kept is not None and kept.rates is None and not kept.over:
            group = event.optimiser.param_groups[0]
            rate, first = float(group["lr"]), float(group.get("initial_lr", group["lr"]))
            kept.rates = (rate, first)
            kept.over = abs(rate - first) <= SCHEDULED * first

    def on_schedule(self, event: Schedule) -> Iterator[Finding]:
        if event.first or not self.resumed:
            return
        scheduler = event.scheduler
        kept = self.resumed.get(scheduler.optimizer)
        if kept is None or kept.over or kept.rates is None or event.value is not None:
            return
        position = getattr(scheduler, "last_epoch", None)
        if position == 0:
            self.anew.add(scheduler)
            return
        kept.over = True
        if position == 1 and scheduler in self.anew:
            rate, first = kept.rates
            yield self.finding(
                f"the optimiser goes on with the rate {number(rate, 3)} that a schedule had made of {number(first, 3)}"
                f", and {type(scheduler).__name__} begins at its step 0",
                "Keep scheduler.state_dict() in the checkpoint, and load it into the scheduler",
                file=kept.place.file,
                line=kept.place.line,
            )
