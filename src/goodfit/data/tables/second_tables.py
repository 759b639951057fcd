"""A second table below the first in one file: files put one behind the other, or several tables of one report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.header import DATE, NUMBER, SHARE_OF_A_KIND, share_of
from goodfit.data.tables.missing_words import MISSING
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_LEAST, ROWS_LOOKED_AT = 3, 1_000  # above, so that it is known what the columns hold
GAPS_LOOKED_AT = 1_000
MEASURED = f"{NUMBER}|{DATE}"
NAMES_SHOWN = 4


def refuse_second_table(frame: pl.DataFrame, path: Path, lines: np.ndarray | None = None) -> None:
    """Refuse a table in which another one begins: its columns would be read as those of the first.

    Args:
        frame: cells as text, below the names of the columns; columns of other types have no names in them.
        lines: of the file, of each row; None: they are not known.

    Raises:
        DataError: a row holds the names of the columns in another order, or stands below an empty line and has words
            in all columns that hold numbers above.
    """
    at = _other_order(frame)
    what = "holds the names of the columns in another order, as of another table"
    if at is None and lines is not None:
        at, what = _below_a_gap(frame, lines), "stands below an empty line, and has words where numbers are above"
    if at is None:
        return
    shown = ", ".join(str(cell) for cell in frame.row(at)[:NAMES_SHOWN])
    place = f"row {at}" if lines is None else f"line {int(lines[at])}"
    raise DataError(
        f"{place} ({shown}{', ...' if frame.width > NAMES_SHOWN else ''}) {what}",
        where=path,
        fix="Write each table into a file of its own",
    )


def _other_order(frame: pl.DataFrame) -> int | None:
    """The first row that holds the names of all columns, not in their order."""
    import polars as pl

    if frame.width < 2 or not all(dtype == pl.String for dtype in frame.dtypes):
        return None
    names = sorted(name.strip().lower() for name in frame.columns)
    first = frame.to_series(0).str.strip_chars().str.to_lowercase()
    for row in np.flatnonzero(first.is_in(names).fill_null(value=False).to_numpy())[:GAPS_LOOKED_AT].tolist():
        cells = [str(cell).strip().lower() for cell in frame.row(row)]
        if sorted(cells) == names and cells != [name.strip().lower() for name in frame.columns]:
            return int(row)
    return None


def _below_a_gap(frame: pl.DataFrame, lines: np.ndarray) -> int | None:
    """The first row behind lines that are no rows, with words alone where all columns of numbers above have them."""
    gaps = np.flatnonzero(np.diff(lines) > 1)[:GAPS_LOOKED_AT] + 1
    if not len(gaps):
        return None
    head = frame.head(min(int(gaps[0]), ROWS_LOOKED_AT))
    measured = [at for at, column in enumerate(head.iter_columns()) if _of_numbers(column)]
    if head.height < ROWS_AT_LEAST or not measured:
        return None
    for row in gaps.tolist():
        cells = frame.row(row)
        words = all(cells[at] is not None and cells[at] not in MISSING for at in measured)
        if words and not any(cell is not None and _is_measured(str(cell)) for cell in cells):
            return int(row)
    return None


def _of_numbers(column: pl.Series) -> bool:
    import polars as pl

    cells = column.drop_nulls()
    return cells.dtype == pl.String and len(cells) >= ROWS_AT_LEAST and share_of(cells, MEASURED) >= SHARE_OF_A_KIND


def _is_measured(cell: str) -> bool:
    import polars as pl

    return share_of(pl.Series([cell]), MEASURED) > 0
