"""What a history holds: the losses of training and of validation over the epochs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Series:
    """A column of a history: values at increasing steps.

    Attributes:
        name: as the history names it.
        steps: (n,) numbers of epochs or steps.
        values: (n,) may hold NaN and infinity.
        counted: what the numbers count: "epoch", "step", or "row" of the history where nothing counts.
    """

    name: str
    steps: np.ndarray
    values: np.ndarray
    counted: str = "step"

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Curves:
    """A loss in training and in validation; one of the two may be missing."""

    train: Series | None
    valid: Series | None

    def aligned(self) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """(steps, train, valid), each (n,): for every validation the mean training loss since the one before.

        Validations without a training loss since the one before are left out. None where nothing is left.
        """
        if self.train is None or self.valid is None:
            return None
        ends = np.searchsorted(self.train.steps, self.valid.steps, side="right")
        starts = np.concatenate([[0], ends[:-1]]).astype(int)
        known = np.flatnonzero(ends > starts)
        if not len(known):
            return None
        train = np.array([self.train.values[starts[at] : ends[at]].mean() for at in known])
        return self.valid.steps[known], train, self.valid.values[known]
