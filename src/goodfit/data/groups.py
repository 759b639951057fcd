"""Which rows belong together, for the intervals of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from goodfit.data.source import Source


def groups_of(source: Source, rows: Tensor | np.ndarray) -> np.ndarray | None:
    """(N,) numbers of the groups of these rows, 0, 1, ... as they come up; None where rows stand alone.

    Args:
        rows: (N,) row numbers.
    """
    if source.groups is None:
        return None
    number: dict[str, int] = {}
    codes = [number.setdefault(source.groups[row], len(number)) for row in rows.tolist()]
    return np.array(codes, dtype=np.int64) if len(number) < len(codes) else None
