"""A table whose rows are what its columns should be: age and sex below each other, and a column for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.header import DATE, NUMBER, SHARE_OF_A_KIND, share_of

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_LEAST, ROWS_AT_MOST = 2, 200
COLUMNS_AT_LEAST = 10
COLUMNS_FOR_A_ROW = 2  # at least so many times the rows
MEASURED = f"{NUMBER}|{DATE}"


def turned_table_doubt(frame: pl.DataFrame) -> tuple[str, str] | None:
    """What is to be said of a wide table whose rows are each of one kind, numbers or words, so that its columns are of
    both; None of others.

    Args:
        frame: all rows of a table.
    """
    import polars as pl

    height, width = frame.height, frame.width - 1
    if not ROWS_AT_LEAST <= height <= ROWS_AT_MOST or width < max(COLUMNS_AT_LEAST, COLUMNS_FOR_A_ROW * height):
        return None
    if any(dtype != pl.String for dtype in frame.dtypes) or frame.to_series(0).n_unique() < height:
        return None
    kinds: dict[bool, str] = {}
    for row in frame.iter_rows():
        cells = pl.Series([cell for cell in row[1:] if cell], dtype=pl.String)
        share = share_of(cells, MEASURED) if len(cells) else 1.0
        if 1 - SHARE_OF_A_KIND < share < SHARE_OF_A_KIND:
            return None
        kinds.setdefault(share >= SHARE_OF_A_KIND, str(row[0]))
    if len(kinds) < 2:
        return None
    name = frame.columns[0]
    what = f"each row holds values of one kind (numbers in '{kinds[True]}', words in '{kinds[False]}'), so that the "
    what += "columns hold both: rows and columns may be exchanged"
    return what, f"If they are, turn the table: in pandas frame.set_index('{name}').T.to_csv(...)"
