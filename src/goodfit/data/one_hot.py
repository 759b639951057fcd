"""Targets that are classes in another form: a column for each class, which is 1 in the rows of that class."""

from __future__ import annotations

import numpy as np

CLASSES_AT_LEAST = 2


def one_hot(targets: np.ndarray) -> str | None:
    """What is to be said of (N, K) numbers of which each row has one 1 and else 0; None of all others."""
    if targets.ndim != 2 or targets.shape[1] < CLASSES_AT_LEAST or targets.dtype.kind not in "fiub":
        return None
    of_two = np.isin(targets, (0, 1)).all() and (targets.sum(axis=1) == 1).all() and targets.any(axis=0).all()
    what = "each row of the targets has one 1 among zeros, as one-hot classes do: they are read as "
    return f"{what}{targets.shape[1]} numbers" if of_two else None
