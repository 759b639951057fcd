"""Rows that sum up others, as spreadsheets have them at the end or below each group: they are no rows of the data."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.visible import visible
from goodfit.formatting import counted, number

if TYPE_CHECKING:
    import polars as pl

CALLED_TOTALS = (  # in English, German, French, Spanish, Italian, Portuguese, Dutch, Russian, Chinese, Japanese, Korean
    r"(?i)^.{0,60}?\b(?:(?:sub|sous|grand|zwischen|gesamt|total)?[- ]?(?:totals?|totale|totaal|summen?|sum|suma|somme"
    r"|soma|ergebnis)|gesamt|итого|всего|合[计計]|[小总總][计計]|소계|합계)\b.{0,40}$|^\s*[Σ∑].{0,40}$"
)
SUMMANDS_OF_A_GROUP = 2  # that are not zero
UNNAMED_AT_LEAST = 2  # rows that hold sums and no word, so that it is no chance
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


def rows_of_totals(frame: pl.DataFrame, ways: Mapping[str, tuple[str, str | None]]) -> tuple[str, str] | None:
    """What is said of rows that are called totals, or have no word, and hold the sum of the rows above; else None.

    Args:
        ways: the decimal mark and the form of each column of numbers.
    """
    import polars as pl

    words = [
        column
        for column in frame.iter_columns()
        if column.name not in ways and column.dtype in (pl.String, pl.Categorical, pl.Enum)
    ]
    empty = np.ones(frame.height, dtype=bool)
    for column in words:
        text = visible(column).fill_null("")
        empty &= (text == "").to_numpy()
        rows = np.flatnonzero(text.str.contains(CALLED_TOTALS).to_numpy())
        called = f" called '{column[int(rows[0])]}' in the column '{column.name}'" if len(rows) else ""
        if (doubt := _said_of(frame, ways, rows, called)) is not None:
            return doubt
    rows = np.flatnonzero(empty) if words else np.empty(0, dtype=int)
    return _said_of(frame, ways, rows, " without a word") if len(rows) >= UNNAMED_AT_LEAST else None


def _said_of(
    frame: pl.DataFrame, ways: Mapping[str, tuple[str, str | None]], rows: np.ndarray, called: str
) -> tuple[str, str] | None:
    if not 0 < len(rows) < frame.height:
        return None
    sums = [name for name, way in ways.items() if _are_sums(frame[name], way, rows)]
    if not sums:
        return None
    hold = "holds the sum" if len(rows) == 1 else "hold the sums"
    what = f"{counted(len(rows), 'row')}{called} {hold} of rows above in '{sums[0]}': read as rows like the others"
    return what, "Remove them if they are lines of totals"


def _are_sums(column: pl.Series, way: tuple[str, str | None], rows: np.ndarray) -> bool:
    """Whether most of these rows hold the sum of those between the one before and them."""
    values = numbers(column, *way).fill_null(np.nan).to_numpy()
    hits = 0
    for start, end in pairwise([-1, *rows.tolist()]):
        above = values[start + 1 : end]
        known = above[~np.isnan(above)]
        if np.count_nonzero(known) >= SUMMANDS_OF_A_GROUP:
            hits += abs(values[end] - known.sum()) <= ROUNDING * abs(values[end])
    return 2 * hits > len(rows)


def _values(column: pl.Series, decimal: str, form: str | None) -> np.ndarray:
    return numbers(column, decimal, form).drop_nulls().to_numpy()


def _is_far_above(last: float, others: np.ndarray) -> bool:
    return bool(len(others)) and abs(last) > FAR_ABOVE * float(np.abs(others).max())
