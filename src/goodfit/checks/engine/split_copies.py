"""Parts of a split that hold copies of the same rows, as where a rare class was repeated before it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.equal_by_nature import is_measured
from goodfit.checks.engine.fingerprints import fingerprints

COPIES_AT_LEAST = 0.05  # of a part's rows: some measured rows come twice by themselves
SEEN_AT_LEAST = 3
BY_ACCIDENT_AT_MOST = 0.001  # the chance that rows seen in training fall on copies alone
ROWS_AT_MOST, SPLITS_KEPT = 200_000, 8


class SplitCopies:
    """What the splits of a program say of rows that are in both of their parts."""

    def __init__(self) -> None:
        self._masks: list[np.ndarray] = []  # of each split: which rows of its second part are in the first as well

    @property
    def any(self) -> bool:
        """Whether there was such a split."""
        return bool(self._masks)

    def note(self, first: Any, second: Any) -> None:
        """Two parts of one array or frame; any of whose rows may be equal by nature are passed over."""
        if len(self._masks) == SPLITS_KEPT or len(first) + len(second) > ROWS_AT_MOST:
            return
        parts = [_rows_of(part) for part in (first, second)]
        if parts[0] is None or parts[1] is None:
            return
        copied = np.isin(parts[1], parts[0])
        if len(copied) and copied.mean() >= COPIES_AT_LEAST:
            self._masks.append(copied)

    def share(self, seen: Sequence[bool]) -> float:
        """Of the rows that a net was evaluated on, how many are copies of training rows; 0 where that is not known.

        They are the second part of a split, in its order, where as many rows were evaluated, and none was seen in
        training but copies.

        Args:
            seen: of each row evaluated, whether it was among the training rows that were looked at.
        """
        evaluated = np.asarray(seen, dtype=bool)
        count = int(evaluated.sum())
        for copied in self._masks:
            if len(copied) != len(evaluated) or count < SEEN_AT_LEAST or (evaluated & ~copied).any():
                continue
            share = float(copied.mean())
            if share**count < BY_ACCIDENT_AT_MOST:
                return share
        return 0.0


def _rows_of(part: Any) -> np.ndarray | None:
    """(N,) a number for each row, equal for equal rows; None where rows are no measured numbers."""
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(part, pandas.DataFrame):
        numbers = torch.from_numpy(np.ascontiguousarray(part.select_dtypes("floating").to_numpy()))
        if not is_measured(numbers):
            return None
        try:
            return np.asarray(pandas.util.hash_pandas_object(part, index=False))
        except TypeError:  # a column of lists
            return None
    if isinstance(part, np.ndarray) and part.ndim > 1 and part.dtype in (np.float32, np.float64):
        part = torch.from_numpy(np.ascontiguousarray(part))
    if not isinstance(part, Tensor) or part.dim() < 2 or not part.is_cpu or not is_measured(part):
        return None
    return np.array(fingerprints(part), dtype=np.int64)
