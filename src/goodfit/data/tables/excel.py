"""Excel files -> polars: the one sheet with rows, without a title above the names of columns."""

from __future__ import annotations

import io
import logging
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodfit.data.tables.by_polars import by_polars
from goodfit.data.tables.decoding import excerpt, read_bytes
from goodfit.data.tables.header import TITLE_LINES_AT_MOST, column_names, lines_above
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

DAYS_OF_TIMES = [date(1899, 12, 30), date(1899, 12, 31)]
NAMELESS = "__UNNAMED__"  # what fastexcel calls a column whose name is empty


def read_excel(path: Path) -> pl.DataFrame:
    """The rows of a workbook.

    Raises:
        DataError: no workbook, or several sheets have rows.
    """
    try:
        import fastexcel
    except ImportError as error:
        raise DataError(
            "Excel files are read by fastexcel, which is not installed",
            where=path,
            fix="Run pip install 'goodfit[excel]', or save the sheet as CSV",
        ) from error
    data = read_bytes(path)
    try:
        sheets = by_polars(path, "an Excel", lambda: _sheets(data))
        filled = {name: frame for name, frame in sheets.items() if frame.height}
        if len(filled) > 1:
            names = ", ".join(excerpt(name) for name in list(filled)[:5])
            raise DataError(
                f"{len(filled)} sheets have rows ({names}); a table is one sheet",
                where=path,
                fix="Save the sheet as CSV, or as a file of its own",
            )
        if not filled:
            return _named(next(iter(sheets.values()), _empty()))
        (sheet, frame), *_ = filled.items()
        above = by_polars(path, "an Excel", lambda: _lines_above(data, sheet))
        if above:
            options = {"header_row": above}
            frame = by_polars(path, "an Excel", lambda: _sheets(data, sheet_name=sheet, read_options=options)[sheet])
        nameless = sum(name.startswith(NAMELESS) for name in frame.columns)
        if frame.width > 2 and nameless >= frame.width - 1:
            raise DataError(
                f"the first row has one cell ({excerpt(frame.columns[0])}), as a title has, and names no columns",
                where=path,
                fix="Remove the rows above the names of columns",
            )
    except fastexcel.FastExcelError as error:
        raise DataError("not an Excel file that can be read", where=path, fix="Save the sheet as CSV") from error
    return _named(frame)


def _sheets(data: bytes, **options: Any) -> dict[str, pl.DataFrame]:
    """Sheets by name; the types of columns are inferred from all rows, so that no cell becomes empty."""
    import polars as pl

    logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)  # it warns on stderr of each column without a value
    options = {"raise_if_empty": False, "infer_schema_length": None} | options
    if "sheet_name" not in options:
        options["sheet_id"] = 0  # all of them
    read_excel: Any = pl.read_excel  # its overloads do not know options that come together
    read = read_excel(io.BytesIO(data), **options)
    return read if isinstance(read, dict) else {options["sheet_name"]: read}


def _lines_above(data: bytes, sheet: str) -> int:
    """How many lines of the sheet are above the names of columns."""
    import polars as pl

    options = {"n_rows": TITLE_LINES_AT_MOST + 2, "header_row": None, "dtypes": "string"}
    rows = _sheets(data, sheet_name=sheet, has_header=False, drop_empty_rows=False, read_options=options)[sheet]
    text = rows.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))
    return lines_above(text) if text.height else 0


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """With names for columns without one, as delimited text gives them, and times of day as times."""
    names = ["" if name.startswith(NAMELESS) else name for name in frame.columns]
    frame = frame.with_columns(_times_of_day(frame))
    return frame.rename(dict(zip(frame.columns, column_names(names), strict=True)))


def _times_of_day(frame: pl.DataFrame) -> list[pl.Series]:
    """A cell with a time and no date lies on the day before Excel's first one: a column of these is of times."""
    import polars as pl

    moments = [column for column in frame if column.dtype == pl.Datetime and column.null_count() < len(column)]
    return [column.dt.time() for column in moments if column.dt.date().is_in(DAYS_OF_TIMES).all()]


def _empty() -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame()
