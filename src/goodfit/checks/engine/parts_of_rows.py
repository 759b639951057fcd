"""Which rows of an array or frame are in each part of a split, by what the parts hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.checks.engine.fingerprints import fingerprints

ROWS_AT_MOST, VALUES_AT_MOST = 200_000, 20_000_000


def numbers_of_rows(whole: Any, first: Any, second: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """The numbers in `whole` of the rows of both parts; None where that is not certain, as of rows that repeat."""
    if not all(hasattr(each, "__len__") for each in (whole, first, second)) or len(whole) > ROWS_AT_MOST:
        return None
    keys = [_keys(each) for each in (whole, first, second)]
    if any(key is None for key in keys):
        return None
    number = {key: at for at, key in enumerate(keys[0] or ())}
    if len(number) < len(whole) or not all(key in number for part in keys[1:] for key in part or ()):
        return None
    one, other = (np.array([number[key] for key in part or ()], dtype=np.int64) for part in keys[1:])
    return one, other


def _keys(rows: Any) -> Sequence[Any] | None:
    """Something for each row that it takes along into a part: its index in a frame, itself in a list, its values."""
    index = getattr(rows, "index", None)
    if index is not None and hasattr(rows, "iloc"):
        return list(index)
    if isinstance(rows, list):
        return [id(row) for row in rows]
    if isinstance(rows, np.ndarray) and rows.dtype.kind == "U" and rows.ndim == 1:
        texts: list[str] = rows.tolist()
        return texts
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "fib" and rows.size <= VALUES_AT_MOST:
        rows = torch.from_numpy(np.ascontiguousarray(rows))
    return fingerprints(rows) if isinstance(rows, Tensor) and rows.dim() and rows.numel() <= VALUES_AT_MOST else None
