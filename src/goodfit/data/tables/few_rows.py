"""A few rows as Python's own values: one row is read in less than polars takes for a call on each of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

ROWS_LOOKED_UP = 100  # one by one in a dictionary; more by polars
CELLS_REMEMBERED = 10_000  # of a column


class FewRows:
    """The cells of a few rows, where all columns are of numbers, truths and text.

    Attributes:
        texts: the names of the columns of text.
    """

    def __init__(self, frame: pl.DataFrame, types: Mapping[str, pl.DataType]) -> None:
        import polars as pl

        self.texts = {name for name, dtype in types.items() if isinstance(dtype, pl.String)}
        self._rows = frame.rows()
        self._place = {name: at for at, name in enumerate(types)}

    def of(self, names: Sequence[str]) -> list[list[Any]]:
        """(N, names) cells, None where there is none."""
        places = [self._place[name] for name in names]
        return [[row[at] for at in places] for row in self._rows]

    def numbers(self, names: Sequence[str]) -> np.ndarray:
        """(N, names) float64 of columns that are no text, NaN where a cell is missing or infinite."""
        values = np.array(self.of(names), dtype=np.float64).reshape(len(self._rows), len(names))
        return np.where(np.isfinite(values), values, np.nan)


class CodesRead:
    """What each text of some columns was read as, so that a row like an earlier one is not asked of polars.

    Args:
        names: of the columns, one for each category.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._codes: list[dict[str | None, int]] = [{} for _ in names]

    def of(self, few: FewRows) -> np.ndarray | None:
        """(N, categories) int64; None where a cell was not read before."""
        cells = few.of(self._names)
        try:
            known = [[codes[cell] for codes, cell in zip(self._codes, row, strict=True)] for row in cells]
        except KeyError:
            return None
        return np.array(known, dtype=np.int64).reshape(len(cells), len(self._names))

    def keep(self, few: FewRows, codes: np.ndarray) -> None:
        """Remember the codes (N, categories) of these rows, where all their cells are text."""
        if not few.texts.issuperset(self._names):
            return
        for cells, of_cells in zip(few.of(self._names), codes.tolist(), strict=True):
            for known, cell, code in zip(self._codes, cells, of_cells, strict=True):
                if len(known) < CELLS_REMEMBERED:
                    known[cell] = code


def few_rows(frame: pl.DataFrame, types: Mapping[str, pl.DataType]) -> FewRows | None:
    """None of many rows, and of a frame with a column of another type, such as a date.

    Args:
        types: of all columns, in their order.
    """
    import polars as pl

    if frame.height > ROWS_LOOKED_UP:
        return None
    of_each = {type(dtype) for dtype in types.values()}
    if not all(of.is_float() or of.is_integer() or of in (pl.Boolean, pl.String) for of in of_each):
        return None
    return FewRows(frame, types)
