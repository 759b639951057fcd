"""A last row that sums up the others, as spreadsheets have it: it is not a row of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.numbers import numbers
from goodfit.formatting import number

if TYPE_CHECKING:
    import polars as pl

SUMMANDS_AT_LEAST = 3  # that are not zero
FAR_ABOVE = 2.0  # times the largest of the others: a sum of few is met by chance
ROUNDING = 1e-6  # of the sum
ROWS_TRIED = 1_000  # spread evenly: where the last value is not far above them, not all are read


def sum_of_the_others(column: pl.Series, decimal: str, form: str | None) -> float | None:
    """The last value of a column of numbers, if it is the sum of all others; None where it is not."""
    above = column[:-1]
    some = _values(above.gather_every(-(-len(column) // ROWS_TRIED)), decimal, form)
    total = _values(column[-1:], decimal, form)
    if not len(total) or not _is_far_above(total[0], some):
        return None
    others = _values(above, decimal, form)
    if np.count_nonzero(others) < SUMMANDS_AT_LEAST or not _is_far_above(total[0], others):
        return None
    return float(total[0]) if abs(total[0] - others.sum()) <= ROUNDING * abs(total[0]) else None


def totals_doubt(name: str, total: float) -> tuple[str, str]:
    """What is said of a last row of sums, and how to settle it."""
    return (
        f"the last row holds the sum of the rows above it: {number(total, 12)} in the column '{name}'; it is read as a "
        "row like the others"
    ), "Remove it if it is a line of totals"


def _values(column: pl.Series, decimal: str, form: str | None) -> np.ndarray:
    return numbers(column, decimal, form).drop_nulls().to_numpy()


def _is_far_above(last: float, others: np.ndarray) -> bool:
    return bool(len(others)) and abs(last) > FAR_ABOVE * float(np.abs(others).max())
