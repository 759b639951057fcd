"""rate-jumps-after-warmup: the learning rate rises in a warm-up, and where it ends, jumps to another value.

What it checks
    The rate of the first group in each step: it rises by equal amounts, four times and more; the next change is a fall
    by a twentieth and more, or a rise by five times as much as before; and the three changes after that are a fifth of
    it at most.

Why it hurts
    The schedule that takes over has counted from the first step, or has taken the lowered rate of the warm-up for the
    rate that it starts from. Training goes on at a rate that nobody chose: often a tenth of it, for the whole run.

Example
    rate = base * (step + 1) / warm if step < warm else 0.5 * base * (1 + cos(pi * step / total))

Instead
    ... else 0.5 * base * (1 + cos(pi * (step - warm) / (total - warm)))

    Or: make the scheduler before the warm-up lowers the rate.

When it is a false alarm
    A test of rates that rises in a straight line before training.

Cost
    A look at one number in each step.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch.optim import Optimizer

from goodfit.checks.engine.events import Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

RISES_AT_LEAST = 4
EQUAL = 0.25  # by how much rises may differ
FALL_AT_LEAST = 0.05
OTHERS_AT_MOST = 0.2  # of the jump
CHANGES_AFTER = 3
HELD_AT_MOST = 2.5  # times as long as the rates before: longer, and it is no end of a warm-up


@dataclass
class Rates:
    """Different rates one after the other, and in how many steps each was used."""

    values: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def add(self, rate: float) -> None:
        if self.values and self.values[-1] == rate:
            self.steps[-1] += 1
            return
        self.values.append(rate)
        self.steps.append(1)
        if len(self.values) > RISES_AT_LEAST + 2 + CHANGES_AFTER:
            del self.values[0], self.steps[0]


class RateJumpsAfterWarmup(LiveRule):
    code, level = "GF472", Level.WARNING
    sleepless = (Step,)

    def start(self) -> None:
        self.rates: weakref.WeakKeyDictionary[Optimizer, Rates] = weakref.WeakKeyDictionary()
        self.spoken = False

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser = event.optimiser
        if self.spoken or not isinstance(optimiser, Optimizer) or event.wraps:
            return
        rate = optimiser.param_groups[0].get("lr") if optimiser.param_groups else None
        if not isinstance(rate, float):
            return
        known = self.rates.get(optimiser)
        if known is None:
            known = self.rates[optimiser] = Rates()
        known.add(rate)
        if known.steps[-1] == 1 and (jump := _jump(known)) is not None:
            self.spoken = True
            yield self.finding(
                f"the learning rate rose to {number(jump[0], 3)} in its warm-up, and then was {number(jump[1], 3)} at "
                "once: what follows does not go on from where the warm-up ends",
                "Let the schedule count from the end of the warm-up, and make it before the warm-up changes the rate",
            )


def _jump(rates: Rates) -> tuple[float, float] | None:
    """The rate at which a warm-up ends and the next one, where that is no step of the schedule that follows."""
    values, top = rates.values, RISES_AT_LEAST
    if len(values) < RISES_AT_LEAST + 2 + CHANGES_AFTER:
        return None
    changes = [after - before for before, after in itertools.pairwise(values)]
    rises, jump, others = changes[:top], changes[top], changes[top + 1 :]
    mean = sum(rises) / len(rises)
    if min(rises) <= 0 or any(abs(each - mean) > EQUAL * mean for each in rises):
        return None
    if rates.steps[top] > HELD_AT_MOST * max(rates.steps[:top]):
        return None
    is_far = jump < -FALL_AT_LEAST * values[top] or jump > mean / OTHERS_AT_MOST
    is_alone = all(abs(each) <= OTHERS_AT_MOST * abs(jump) for each in others)
    return (values[top], values[top + 1]) if is_far and is_alone else None
