"""noisy-validation: from one epoch to the next the validation loss of a finished run moves more than it improves.

What it checks
    In the history of a run, with at least eight points: the standard deviation of the validation loss around its own
    course (from second differences) is over 5% of its level, and over half of what it fell in the last half of the
    run.

Why it hurts
    Which epoch is best is a matter of luck, and so is its score: the lowest of many noisy values is too low.

Example
    validation loss 0.61, 0.48, 0.66, 0.45, 0.63, 0.44

Instead
    More validation rows, a lower rate at the end, or an average of the weights (EMA, SWA); compare runs over several
    seeds.

When it is a false alarm
    A rate that rises and falls in cycles.

Cost
    None: the history is read.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.curves.curves import Curves
from goodfit.checks.curves.statistic import noise, smooth
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import CurveRule
from goodfit.formatting import number

POINTS_AT_LEAST = 8
SHARE_OF_LEVEL = 0.05
SHARE_OF_FALL = 0.5


class NoisyValidation(CurveRule):
    code, level = "GF422", Level.NOTICE

    def at_curves(self, curves: Curves) -> Iterator[Finding]:
        valid = curves.valid
        if valid is None or len(valid) < POINTS_AT_LEAST or not np.isfinite(valid.values).all():
            return
        late = valid.values[len(valid) // 2 :]
        scatter, course = noise(late), smooth(late)
        if scatter > SHARE_OF_LEVEL * abs(float(late.mean())) and scatter > SHARE_OF_FALL * abs(course[0] - course[-1]):
            yield self.finding(
                f"{valid.name} varies by {number(scatter, 3)} from point to point around "
                f"{number(late.mean(), 3)} in the last half: "
                "which epoch is best is partly luck",
                "Use more validation rows, a lower rate at the end, or averaged weights; compare several seeds",
            )
