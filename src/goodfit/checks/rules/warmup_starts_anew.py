"""warmup-starts-anew: the learning rate is warmed up again at the start of every epoch.

What it checks
    The rate that an optimiser steps with rises over several steps, jumps from its highest value back to its first one
    at once, and rises in the same way again: three times or more.

Why it hurts
    The warm-up counts the steps of the epoch, not those of the training. A part of every epoch is spent at rates next
    to nothing, and with short epochs the rate that was chosen is hardly ever reached.

Example
    for step, (x, y) in enumerate(loader): rate = base * min(1, (step + 1) / warmup)

Instead
    rate = base * min(1, (total_steps + 1) / warmup); total_steps += 1

When it is a false alarm
    Cyclic rates that rise slowly and fall at once, on purpose. Those that fall slowly, as after a restart, are not
    reported.

Cost
    A number is compared at each step.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch.optim import Optimizer

from goodfit.checks.engine.events import StepBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

RISES_AT_LEAST = 3  # steps, one after the other
JUMP = 0.5  # of the highest rate: it is below that at once
TEETH_AT_LEAST = 3
OPTIMISERS_AT_MOST = 8


@dataclass
class Rates:
    """Of an optimiser: the first rate, the last and the highest one.

    Attributes:
        risen: steps since the last fall whose rate was higher than the one before.
        teeth: times that it rose, and jumped back to the first rate from the highest.
    """

    first: float
    last: float
    highest: float
    risen: int = 0
    teeth: int = 0

    def add(self, rate: float) -> bool:
        """The rate of the next step: whether it jumped back to the first one from the highest."""
        last, self.last = self.last, rate
        if rate >= last:
            self.risen += rate > last
            self.highest = max(self.highest, rate)
            return False
        is_first = abs(rate - self.first) <= 1e-6 * self.highest
        is_tooth = is_first and last == self.highest and rate < JUMP * last and self.risen >= RISES_AT_LEAST
        self.teeth = self.teeth + 1 if is_tooth else 0
        self.risen = 0
        return is_tooth


class WarmupStartsAnew(LiveRule):
    code, level = "GF571", Level.WARNING
    sleepless = (StepBegins,)

    def start(self) -> None:
        self.rates: weakref.WeakKeyDictionary[Optimizer, Rates] = weakref.WeakKeyDictionary()
        self.said = False

    def before_step(self, event: StepBegins) -> Iterator[Finding]:
        if self.said:
            return
        rate = float(event.optimiser.param_groups[0]["lr"])
        rates = self.rates.get(event.optimiser)
        if rates is None:
            if len(self.rates) < OPTIMISERS_AT_MOST:
                self.rates[event.optimiser] = Rates(rate, rate, rate)
            return
        if rates.add(rate) and rates.teeth == TEETH_AT_LEAST:
            self.said = True
            yield self.finding(
                f"the learning rate rises from {number(rates.first, 3)} to {number(rates.highest, 3)} and jumps back, "
                f"{TEETH_AT_LEAST} times so far: the warm-up begins anew",
                "Count the steps of the whole training in the warm-up, not those of an epoch",
            )
