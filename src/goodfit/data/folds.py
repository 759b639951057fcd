"""Folds of the training rows for cross-fitting: each is held out by one member of the net and taught to the others.

Stone 1974 ("Cross-validatory choice and assessment of statistical predictions"): every row validates once, and none is
lost to training.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

NONE = -1  # of a row outside of the training part
USUAL_FOLDS = 5


def make_folds(
    rows: np.ndarray,
    total: int,
    count: int,
    *,
    labels: Sequence[Any] | np.ndarray | None,
    groups: Sequence[str] | None,
    seed: int,
) -> np.ndarray:
    """(total,) int64: the fold of every training row, 0 to count - 1; -1 elsewhere.

    Classes are spread evenly over the folds, and rows of one group are in one fold.

    Args:
        rows: numbers of the training rows.
        total: of all rows.
        count: of folds; with fewer groups than that, as many as there are groups.
        labels: (total,) classes to stratify by, or None.
        groups: (total,) names of groups, or None.
    """
    fold = np.full(total, NONE, dtype=np.int64)
    random = np.random.default_rng([seed, count])
    if groups is not None:
        fold[rows] = _of_groups(rows, count, labels, groups, seed)
        return fold
    shuffled = random.permutation(rows)
    if labels is not None:
        label_of = np.asarray([str(labels[row]) for row in shuffled])
        shuffled = shuffled[np.argsort(label_of, kind="stable")]  # dealt out class by class, on from where one ended
    fold[shuffled] = np.arange(len(shuffled)) % count
    return fold


def _of_groups(
    rows: np.ndarray, count: int, labels: Sequence[Any] | np.ndarray | None, groups: Sequence[str], seed: int
) -> np.ndarray:
    fold = np.zeros(len(rows), dtype=np.int64)
    for number, held_out in enumerate(parts_of_groups(rows, count, labels, groups, seed)):
        fold[held_out] = number
    return fold


def parts_of_groups(
    rows: np.ndarray, count: int, labels: Sequence[Any] | np.ndarray | None, groups: Sequence[str], seed: int
) -> Iterator[np.ndarray]:
    """Positions in `rows` of each of so many parts, of whole groups; with fewer groups there are as many parts.

    Classes are kept in proportion as far as groups allow, where one of them has a row for each part.
    """
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    group_of = np.asarray([groups[row] for row in rows])
    count = min(count, len(np.unique(group_of)))
    label_of = None if labels is None else np.asarray([str(labels[row]) for row in rows])
    if label_of is None or np.unique(label_of, return_counts=True)[1].max() < count:
        parts = GroupKFold(count, shuffle=True, random_state=seed).split(rows, groups=group_of)
    else:
        parts = StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(rows, label_of, group_of)
    with warnings.catch_warnings():  # of classes with fewer rows than there are parts: said in our own words elsewhere
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        places = [held_out for _, held_out in parts]
    yield from places
