"""A table with a row for each user and a column for each item, most of whose cells are empty: a matrix of ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.visible import visible
from goodfit.formatting import counted, number, percent

if TYPE_CHECKING:
    import polars as pl

ITEMS_AT_LEAST, SHARE_OF_COLUMNS = 10, 0.8
EMPTY_AT_LEAST = 0.5  # of the cells
HIGHEST, STEPS_AT_MOST = 10.0, 11  # of a scale: 1 to 5, 0.5 to 5, 0 to 10
RATINGS_AT_LEAST = 20


def matrix_doubt(frame: pl.DataFrame) -> tuple[str, str] | None:
    """What is to be said of many columns on one scale that are mostly empty; None of other tables.

    Args:
        frame: all rows of a table.
    """
    gaps = sum(frame.null_count().row(0))
    if frame.width <= ITEMS_AT_LEAST or gaps < SHARE_OF_COLUMNS * EMPTY_AT_LEAST * frame.width * frame.height:
        return None
    names, found = [], []
    for column in frame.iter_columns():
        values = _ratings(column)
        if values is not None:
            names.append(column.name)
            found.append(values)
    ratings = np.concatenate(found) if found else np.empty(0)
    if len(names) < max(ITEMS_AT_LEAST, SHARE_OF_COLUMNS * frame.width) or len(ratings) < RATINGS_AT_LEAST:
        return None
    empty = 1 - len(ratings) / (len(names) * frame.height)
    scale = np.unique(ratings)
    if empty < EMPTY_AT_LEAST or not 2 < len(scale) <= STEPS_AT_MOST:
        return None
    what = f"{counted(len(names), 'column')} such as '{names[0]}' hold numbers from {number(float(scale[0]))} to "
    what += f"{number(float(scale[-1]))}, and {percent(empty)} of their cells are empty: they may be items that each "
    what += "row rated"
    key = frame.columns[0]
    return what, f"If they are, give a row for each rating: in pandas frame.melt('{key}').dropna(), then --user, --item"


def _ratings(column: pl.Series) -> np.ndarray | None:
    """The values of a column that holds nothing but halves and whole numbers of such a scale; None of others."""
    import polars as pl

    cells = column.drop_nulls()
    if not cells.dtype.is_numeric():
        if cells.dtype != pl.String:
            return None
        text = visible(cells)
        cells = text.filter(text != "").str.replace(",", ".").cast(pl.Float64, strict=False)
    values = cells.cast(pl.Float64).to_numpy()
    in_scale = (values >= 0) & (values <= HIGHEST) & (2 * values % 1 == 0)
    return values if len(values) and in_scale.all() else None
