"""Whether a loss rose after its lowest epoch, tested on other rows than those that say which epoch was the lowest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goodfit.stats.estimates import ZTest, paired_z


@dataclass(frozen=True)
class Rise:
    """A rise of the mean loss from its lowest epoch to the last one.

    Attributes:
        epoch: of the lowest mean over all rows, counted from 1.
        lowest, last: means there, over all rows.
        test: of the rise to the mean of the last quarter of the epochs, each row's from around the epoch that the
            other half of the rows chose.
    """

    epoch: int
    lowest: float
    last: float
    test: ZTest


def rise_after_lowest(losses: np.ndarray) -> Rise | None:
    """The rise of the mean loss after its lowest epoch; None with fewer than two epochs or four rows.

    The lowest of many epochs is low by chance too, so that the last one seems higher on the same rows even if nothing
    rose (the winner's curse). Here each half of the rows is judged from the epoch that is lowest for the other half, so
    that the choice and the test share no row (sample splitting: Cox 1975, "A note on data-splitting for the evaluation
    of significance levels"). What happened from one epoch to the next by chance is averaged away: over three epochs
    around the lowest, and over the last quarter.

    Args:
        losses: (epochs, rows) the loss of the same rows after each epoch.
    """
    epochs, rows = losses.shape
    if epochs < 2 or rows < 4:
        return None
    means = losses.mean(axis=1)
    halves = np.arange(rows) % 2 == 0
    around = np.stack([losses[max(0, at - 1) : at + 2].mean(axis=0) for at in range(epochs)])
    before, after = np.empty(rows), losses[-max(1, epochs // 4) :].mean(axis=0)
    for chosen, judged in ((halves, ~halves), (~halves, halves)):
        before[judged] = around[int(around[:, chosen].mean(axis=1).argmin())][judged]
    lowest = int(means.argmin())
    return Rise(lowest + 1, float(means[lowest]), float(means[-1]), paired_z(after, before))


def kept_by_the_other_half(losses: np.ndarray) -> np.ndarray:
    """(rows,) the loss of each row after the epoch that is lowest for the other half of the rows.

    The loss of the epoch that is kept is no honest one on the rows that chose it; this is.

    Args:
        losses: (epochs, rows) the loss of the same rows after each epoch.
    """
    halves = np.arange(losses.shape[1]) % 2 == 0
    kept = np.empty(losses.shape[1])
    for chosen, judged in ((halves, ~halves), (~halves, halves)):
        kept[judged] = losses[int(losses[:, chosen].mean(axis=1).argmin()), judged]
    return kept
