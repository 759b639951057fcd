"""plateau-of-last-batch: ReduceLROnPlateau is given the loss of the last validation batch, not of all.

What it checks
    What the scheduler is given is exactly the loss of the last batch of an evaluation that had several, in three steps
    of the scheduler; their mean is another number.

Why it hurts
    The loss of one batch, often a small one, is mostly noise. The rate is cut when the last few rows happen to be hard,
    or not at all.

Example
    for x, y in valid_loader:
        val_loss = criterion(model(x), y)
    scheduler.step(val_loss)

Instead
    scheduler.step(total / len(valid_loader))

When it is a false alarm
    None is known.

Cost
    Two numbers are compared where the scheduler steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine.events import Schedule
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 3


class PlateauOfLastBatch(LiveRule):
    code, level = "GF324", Level.WARNING
    sleepless = (Schedule,)

    def start(self) -> None:
        self.steps: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()

    def on_schedule(self, event: Schedule) -> Iterator[Finding]:
        if event.value is None:
            return
        last = [
            passes[-1]
            for passes in self.program.evaluations.series.values()
            if passes[-1].step == self.program.steps and passes[-1].batches > 1
        ]
        same = [each for each in last if each.last == event.value != each.loss]
        if not same:
            return
        self.steps[event.scheduler] = self.steps.get(event.scheduler, 0) + 1
        if self.steps[event.scheduler] == STEPS_AT_LEAST:
            now = same[0]
            yield self.finding(
                f"ReduceLROnPlateau is given {number(event.value, 3)}, the loss of the last of {now.batches} batches; "
                f"the mean of all is {number(now.loss, 3)}",
                "Add up the losses of all batches, and give it their mean",
            )
