"""Two tables beside each other in one sheet: the columns on one side all end in the same row, which others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodfit.formatting import some_of

if TYPE_CHECKING:
    import polars as pl

COLUMNS_AT_LEAST, ROWS_AT_LEAST = 2, 2  # of the shorter table
ROWS_BELOW_AT_LEAST = 5  # where it has ended
COLUMNS_NAMED = 3


def side_by_side_doubt(frame: pl.DataFrame) -> tuple[str, str] | None:
    """What is to be said of the first or last columns that end together, without a gap; None where none do.

    Args:
        frame: all rows of a table.
    """
    height, width = frame.height, frame.width
    filled = np.array([column.is_not_null().to_numpy() for column in frame.iter_columns()]).reshape(width, height)
    counts = filled.sum(axis=1)
    ends = np.where(filled.any(axis=1), height - filled[:, ::-1].argmax(axis=1), 0)
    for at in range(COLUMNS_AT_LEAST, width - COLUMNS_AT_LEAST + 1):
        for short, long in ((slice(at, width), slice(0, at)), (slice(0, at), slice(at, width))):
            end = int(ends[short][0])
            whole = (ends[short] == end).all() and (counts[short] == end).all() and (counts[long] == height).all()
            if whole and ROWS_AT_LEAST <= end <= height - ROWS_BELOW_AT_LEAST:
                names = some_of([f"'{name}'" for name in frame.columns[short]], COLUMNS_NAMED)
                what = f"the columns {names} end in row "
                what += f"{end:,} of {height:,}, and have no gap above it: they may be another table beside this one"
                return what, "If they are, save it as a file of its own, or leave them out with --ignore"
    return None
