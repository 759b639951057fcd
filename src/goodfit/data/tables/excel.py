"""Excel files -> polars: the sheet that is named, or the one with rows; without a title above the names of columns."""

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
NAMES_SHOWN = 5
NAMELESS = "__UNNAMED__"  # what fastexcel calls a column whose name is empty


def read_excel(path: Path, sheet: str | None = None) -> pl.DataFrame:
    """The rows of a workbook.

    Args:
        sheet: to be read; None: the only one that has rows.

    Raises:
        DataError: no workbook, no such sheet, or several have rows and none is named.
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
        names = ", ".join(excerpt(name) for name in list(filled)[:NAMES_SHOWN])
        if sheet is not None and sheet not in sheets:
            raise DataError(f"there is no sheet '{sheet}'", where=path, fix=f"Its sheets with rows are {names}")
        if sheet is None and len(filled) > 1:
            raise DataError(f"{len(filled)} sheets have rows", where=path, fix=f"Name one by --sheet: {names}")
        sheet = sheet or next(iter(filled), None)
        if sheet not in filled:
            return _named(next(iter(sheets.values()), _empty()) if sheet is None else sheets[sheet])
        frame = filled[sheet]
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


def has_sheet(path: Path, name: str) -> bool:
    """Whether this is a workbook with a sheet of this name."""
    try:
        import fastexcel

        return name in fastexcel.read_excel(read_bytes(path)).sheet_names
    except (ImportError, fastexcel.FastExcelError):
        return False  # the reader says what is wrong


def _sheets(data: bytes, **options: Any) -> dict[str, pl.DataFrame]:
    """Sheets by name; the types of columns are inferred from all rows, so that no cell becomes empty."""
    import polars as pl

    logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)  # it warns of columns without a value
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
