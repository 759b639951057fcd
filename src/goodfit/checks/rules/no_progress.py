"""no-progress: the training loss of a finished run has been flat, from the start or for the last half of it.

What it checks
    In the history of a run, with at least ten points: the training loss falls by no more than its noise from the first
    third to the last (a warning); or in the second half of the run it falls by under 1% of what it fell in all (a
    notice).

Why it hurts
    Nothing is learnt in this time. From the start, it means a mistake in the program or a rate that does not fit; late,
    the time could be saved or the rate lowered.

Example
    loss 2.303, 2.302, 2.303, 2.303 ...                # ln(10): ten classes, and the net knows nothing

Instead
    Run the program under goodfit check; try rates three times apart; stop early, or lower the rate at the plateau.

When it is a false alarm
    Losses that are no measure of progress, and a loss that is 0 already.

Cost
    None: the history is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from goodfit.checks.curves.curves import Curves
from goodfit.checks.curves.statistic import noise
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import CurveRule
from goodfit.formatting import number

POINTS_AT_LEAST = 10
Z_NEEDED = 3.0
SHARE_AT_MOST = 0.01  # of the fall of the whole run, that the second half made
SMALL = 0.01  # of the first value: a loss below is as good as 0


class NoProgress(CurveRule):
    code, level = "GF322", Level.WARNING

    def at_curves(self, curves: Curves) -> Iterator[Finding]:
        train = curves.train
        if train is None or len(train) < POINTS_AT_LEAST or not np.isfinite(train.values).all():
            return
        values, count = train.values, len(train)
        third, half = count // 3, count // 2
        start, end = values[:third], values[-third:]
        error = noise(values) * math.sqrt(2 / third)
        fall = float(start.mean() - end.mean())
        if abs(fall) <= max(Z_NEEDED * error, 1e-3 * abs(float(start.mean()))):
            yield self.finding(
                f"{train.name} does not fall: {number(start.mean())} over the first third and "
                f"{number(end.mean())} over the "
                "last, a difference within its noise",
                "Run the program under goodfit check, and try learning rates three times apart",
            )
            return
        quarter = values[half : half + max(1, count // 8)].mean()
        total = float(values[0] - end.mean())
        late = float(quarter - values[-max(1, count // 8) :].mean())
        if total > 0 and late < SHARE_AT_MOST * total and end.mean() > SMALL * values[0]:
            yield self.finding(
                f"{train.name} is flat from the middle of the run on: {number(quarter)} there and "
                f"{number(values[-max(1, count // 8) :].mean())} at the end",
                "Lower the learning rate at the plateau, or stop earlier",
                level=Level.NOTICE,
            )
