"""Targets that are classes in another form: a column of 0 and 1 for each class."""

from __future__ import annotations

from typing import Any

import numpy as np

CLASSES_AT_LEAST = 2


def one_hot(targets: np.ndarray) -> str | None:
    """What is to be said of (N, K) numbers of which each row has one 1 and else 0; None of all others."""
    if not _of_two(targets) or not (targets.sum(axis=1) == 1).all() or not targets.any(axis=0).all():
        return None
    what = "each row of the targets has one 1 among zeros, as one-hot classes do: they are read as "
    return f"{what}{targets.shape[1]} numbers"


def labels_of_whole(targets: np.ndarray) -> tuple[np.ndarray | list[Any], str] | None:
    """Of (N, K) whole numbers 0 and 1: the class of each row, or its labels, and which of the two; None of others."""
    if targets.dtype.kind not in "iub" or not _of_two(targets):
        return None
    if (targets.sum(axis=1) == 1).all():
        return targets.argmax(axis=1), "the class of each row is the column of its 1"
    return [np.flatnonzero(row).tolist() for row in targets], "the labels of each row are the columns of its ones"


def _of_two(targets: np.ndarray) -> bool:
    numbers = targets.ndim == 2 and targets.shape[1] >= CLASSES_AT_LEAST and targets.dtype.kind in "fiub"
    return numbers and bool(np.isin(targets, (0, 1)).all())
