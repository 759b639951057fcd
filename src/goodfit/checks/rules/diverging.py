"""diverging: the training loss of a finished run rises, or is not finite.

What it checks
    In the history of a run: the training loss becomes NaN or infinite; or it ends at over one and a half times its
    first value, or at over three times its lowest, beyond its noise.

Why it hurts
    From that epoch on the net forgets what it had learnt.

Example
    epoch 1: 0.9, 2: 0.5, 3: 0.4, 4: 2.7, 5: 31.0, 6: nan

Instead
    A lower learning rate, warm-up, gradient clipping; and keep the weights of the best epoch.

When it is a false alarm
    Losses that are no measure of progress: of two nets against each other, or of a reward.

Cost
    None: the history is read.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.curves.curves import Curves
from goodfit.checks.curves.statistic import noise
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import CurveRule
from goodfit.formatting import number

POINTS_AT_LEAST = 5
ABOVE_FIRST, ABOVE_LOWEST = 1.5, 3.0  # times
NOISE_FACTOR = 4.0  # standard deviations of the noise that the rise has to exceed


class Diverging(CurveRule):
    code, level = "GF321", Level.WARNING

    def at_curves(self, curves: Curves) -> Iterator[Finding]:
        train = curves.train
        if train is None or len(train) < POINTS_AT_LEAST:
            return
        values = train.values
        fix = "Lower the learning rate, add warm-up or clip gradients; keep the weights of the best epoch"
        if not np.isfinite(values).all():
            at = int(np.flatnonzero(~np.isfinite(values))[0])
            before = f" after {number(values[at - 1])}" if at else ""
            yield self.finding(f"{train.name} is {values[at]:g} at {train.counted} {train.steps[at]:g}{before}", fix)
            return
        end = float(values[-max(1, len(values) // 5) :].mean())
        lowest, at = float(values.min()), int(values.argmin())
        scattered = NOISE_FACTOR * noise(values)
        above_first = values[0] > 0 and end > ABOVE_FIRST * values[0] and end - values[0] > scattered
        above_lowest = lowest > 0 and end > ABOVE_LOWEST * lowest and end - lowest > scattered
        if above_first or above_lowest:
            yield self.finding(
                f"{train.name} rose to {number(end)} over the last points; it was {number(values[0])} at first, and "
                f"{number(lowest)} at its lowest ({train.counted} {train.steps[at]:g})",
                fix,
            )
