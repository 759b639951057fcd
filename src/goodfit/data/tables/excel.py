"""Excel files -> polars: the sheet that is named, or the one with rows; without a title above the names of columns."""

from __future__ import annotations

import codecs
import io
import logging
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.tables.by_polars import by_polars
from goodfit.data.tables.cell_formats import formats_of, notes_on_formats, percent_columns
from goodfit.data.tables.decoding import excerpt, read_bytes
from goodfit.data.tables.header import TITLE_LINES_AT_MOST, column_name, column_names, lines_above
from goodfit.data.tables.lines_beside import NAMES_AGAIN, Note, below_names, note_on_notes, notes_last, repeats_names
from goodfit.data.tables.merged_cells import fill_merged
from goodfit.data.tables.second_names import joined_names, note_on_joined
from goodfit.data.tables.second_tables import refuse_second_table
from goodfit.data.tables.workbook_facts import merged_blocks, notes_on_sheet, workbook_facts
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

OLE_MARK, ENCRYPTED = b"\xd0\xcf\x11\xe0", "EncryptedPackage".encode("utf-16-le")
DAYS_OF_TIMES = [date(1899, 12, 30), date(1899, 12, 31)]
NAMES_SHOWN = 5
BEGINNINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of a zip archive, and of Microsoft's files of before 2007
BYTES_LOOKED_AT = 4_096  # text has no zero byte among them, but for UTF-16
ALL_LINES: dict[str, Any] = {"header_row": None, "skip_rows": 0, "dtypes": "string"}  # empty ones at the top too
LINES_OF_HEAD = 200
MOMENT = r"^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})"
NAMELESS = "__UNNAMED__"  # what fastexcel calls a column whose name is empty
NUMBERED = lazy_pattern(r"(?s)(.+)_\d+")  # and one whose name another column has as well


def read_excel(data: bytes, path: Path, sheet: str | None = None) -> tuple[pl.DataFrame, list[Note], frozenset[str]]:
    """The rows of a workbook, what was left out, and the columns whose numbers are shown as percentages.

    Args:
        data: the content of the file. path: for messages.
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
    try:
        try:
            sheets, mixed = by_polars(path, "an Excel file", lambda: _sheets(data)), False
        except fastexcel.UnsupportedColumnTypeCombinationError:  # durations below the title of a sheet, or words
            as_text: dict[str, Any] = {"dtypes": "string"}
            sheets, mixed = by_polars(path, "an Excel file", lambda: _sheets(data, read_options=as_text)), True
        facts = workbook_facts(data)
        filled = {name: frame for name, frame in sheets.items() if not _blank_rows(frame).all()}
        seen = [name for name in filled if name not in facts.hidden]
        names = ", ".join(excerpt(name) for name in list(filled)[:NAMES_SHOWN])
        if sheet is not None and sheet not in sheets:
            raise DataError(f"there is no sheet '{sheet}'", where=path, fix=f"Its sheets with rows are {names}")
        if sheet is None and len(seen or filled) > 1:
            raise DataError(f"{len(seen or filled)} sheets have rows", where=path, fix=f"Name one by --sheet: {names}")
        sheet = sheet or next(iter(seen or filled), None)
        if sheet not in filled:
            nothing = next(iter(sheets.values()), _empty()) if sheet is None else sheets[sheet]
            return _named(nothing), [], frozenset()
        frame, skipped = filled[sheet], 0
        empty, titles = by_polars(path, "an Excel file", lambda: _lines_above(data, sheet))
        above, notes = empty + titles, list[Note]()
        if mixed and not above:
            what = "a column of it has durations and words, which are not read together"
            raise DataError(what, where=path, fix="Leave the words out, or save the sheet as CSV")
        if titles:
            notes.append(("left out", f"{counted(titles, 'line')} at the top", "a title has one cell"))
        notes += notes_on_sheet(data, facts, sheet)
        if len(seen) < len(filled) and sheet in seen:
            notes.append(("sheet", sheet, f"the only one that is not hidden ({names}); --sheet names another"))
        if above:
            frame = by_polars(path, "an Excel file", lambda: _sheet(data, sheet, {"header_row": above}))
        whole = frame
        frame = frame.filter(~_blank_rows(frame))
        text = _cells_as_text(frame) if _is_readable(frame) else _empty()
        units = below_names(text)
        joined = joined_names(text) if units is not None and units[1].startswith(NAMES_AGAIN) else None
        if units is not None or notes_last(text):
            whole, skipped, more = by_polars(
                path, "an Excel file", lambda: _without_lines_beside(data, sheet, above, units)
            )
            frame = whole.filter(~_blank_rows(whole))
            notes += more
        notes += _notes_on_blank(whole, above + 2 + skipped)
        blocks, left = merged_blocks(data, facts, sheet, above)
        if joined is not None:
            frame = frame.rename(dict(zip(frame.columns, joined, strict=True)))
            notes = [note for note in notes if not note[2].startswith(NAMES_AGAIN)]
            notes.append(note_on_joined(joined))
        if blocks:
            lines = by_polars(path, "an Excel file", lambda: _lines_of_rows(data, sheet, above))
            first = 0 if units is None else units[0]
            frame, note = fill_merged(frame, lines[first : first + frame.height], left, blocks)
            notes.append(note)
        again = repeats_names(_cells_as_text(frame)) if _is_readable(frame) else None
        if again is not None:
            notes.append(("left out", counted(int(again.sum()), "line"), "the names of the columns again"))
            frame = frame[np.flatnonzero(~again)]
        if any((number := NUMBERED.fullmatch(name)) and number[1] in frame.columns for name in frame.columns):
            notes += by_polars(path, "an Excel file", lambda: _notes_on_twice(data, sheet, above))
        nameless = sum(name.startswith(NAMELESS) for name in frame.columns)
        if frame.width > 2 and nameless >= frame.width - 1:
            raise DataError(
                f"the first row has one cell ({excerpt(frame.columns[0])}), as a title has, and names no columns",
                where=path,
                fix="Remove the rows above the names of columns",
            )
    except fastexcel.FastExcelError as error:
        if data.startswith(OLE_MARK) and ENCRYPTED in data:
            fix = "Save it without one: in Excel under File, Info, Protect Workbook"
            raise DataError("the workbook is protected with a password", where=path, fix=fix) from error
        raise DataError("not an Excel file that can be read", where=path, fix="Save the sheet as CSV") from error
    frame = _named(frame)
    refuse_second_table(frame, path)
    formats = formats_of(data, facts, sheet, above)
    return frame, [*notes, *notes_on_formats(formats, frame.columns)], percent_columns(formats, frame.columns)


def is_workbook(data: bytes) -> bool:
    """Whether the first bytes are those of a workbook, old or new, or of no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    return data.startswith(BEGINNINGS) or not data.strip() or b"\0" in data[:BYTES_LOOKED_AT]


def has_sheet(path: Path, name: str) -> bool:
    """Whether this is a workbook with a sheet of this name."""
    try:
        import fastexcel

        return name in fastexcel.read_excel(read_bytes(path)).sheet_names
    except (ImportError, fastexcel.FastExcelError):
        return False  # the reader says what is wrong


def sheet_with(path: Path, columns: Collection[str]) -> str | None:
    """Of a workbook with several sheets, the only one that has a line of these names (among others) at its top."""
    try:
        import fastexcel

        data = read_bytes(path)
        names = fastexcel.read_excel(data).sheet_names
    except (ImportError, fastexcel.FastExcelError):
        return None  # the reader says what is wrong
    wanted, first = set(columns), {"n_rows": TITLE_LINES_AT_MOST, "header_row": None, "dtypes": "string"}
    found = [
        name
        for name in (names if len(names) > 1 else ())
        for line in [_sheet(data, name, first).iter_rows()]
        if any(wanted <= {column_name(cell) for cell in row if cell is not None} for row in line)
    ]
    return found[0] if len(found) == 1 else None


def _sheet(data: bytes, sheet: str, read_options: dict[str, Any], **options: Any) -> pl.DataFrame:
    """One sheet; where there is no header_row, all lines of it."""
    named = read_options["header_row"] is not None
    return _sheets(data, sheet_name=sheet, has_header=named, read_options=read_options, **options)[sheet]


def _cells_as_text(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    plain = frame.with_columns(pl.selectors.duration().dt.total_seconds())  # polars writes none as text
    return plain.select(pl.all().cast(pl.String, strict=False))


def _is_readable(frame: pl.DataFrame) -> bool:
    return frame.height > 0 and not any(column.dtype.is_nested() for column in frame.iter_columns())


def _without_lines_beside(
    data: bytes, sheet: str, above: int, at_top: tuple[int, str] | None
) -> tuple[pl.DataFrame, int, list[Note]]:
    """The sheet without lines of units and the like below the names (`at_top`: how many, and what they are) and notes
    below the table, so that columns get their types; and how many lines below the names are not in it.
    """
    import polars as pl

    text = _text(_sheet(data, sheet, ALL_LINES, drop_empty_rows=False))[above + 1 :]
    blank = pl.Series([all(cell is None for cell in row) for row in text.iter_rows()])
    filled = text.filter(~blank)
    first, notes = 0, list[Note]()
    if at_top is not None:
        first = int((~blank).arg_true()[at_top[0] - 1]) + 1
        notes.append(("left out", counted(at_top[0], "line"), at_top[1]))
    below = notes_last(filled)
    last = len(text)
    if below:
        at = int((~blank).arg_true()[-below])
        last = at
        notes.append(note_on_notes(below, above + 2 + at, text.row(at)))
    options = {"header_row": above, "skip_rows": first, "n_rows": last - first}
    return _sheet(data, sheet, options), first, notes


def _blank_rows(frame: pl.DataFrame) -> pl.Series:
    """(N,) whether each row of a sheet has no cell with a value."""
    import polars as pl

    if not frame.width:
        return pl.Series([True] * frame.height, dtype=pl.Boolean)
    return frame.select(pl.all_horizontal(pl.all().is_null())).to_series()


def _notes_on_blank(frame: pl.DataFrame, line: int) -> list[Note]:
    """What is printed of blank rows between others, which are left out.

    Args:
        line: of the first row in the sheet, from 1 on.
    """
    blank = _blank_rows(frame)
    last = int((~blank).arg_true()[-1]) if not blank.all() else 0
    between = blank[:last].arg_true()
    if not len(between):
        return []
    why = f"between others, such as line {line + int(between[0]):,} of the sheet: left out, also of predictions"
    return [("left out", counted(len(between), "blank row"), why)]


def _sheets(data: bytes, **options: Any) -> dict[str, pl.DataFrame]:
    """Sheets by name; the types of columns are inferred from all rows, so that no cell becomes empty."""
    import polars as pl

    logging.getLogger("fastexcel.types.dtype").setLevel(logging.ERROR)  # it warns of columns without a value
    options = {"raise_if_empty": False, "infer_schema_length": None, "drop_empty_rows": False} | options
    if "sheet_name" not in options:
        options["sheet_id"] = 0  # all of them
    read_excel: Any = pl.read_excel  # its overloads do not know options that come together
    read = read_excel(io.BytesIO(data), **options)
    return read if isinstance(read, dict) else {options["sheet_name"]: read}


def _lines_above(data: bytes, sheet: str) -> tuple[int, int]:
    """How many lines of the sheet are empty at its top, and how many of the next are above the names of columns."""
    text = _text(_sheet(data, sheet, ALL_LINES | {"n_rows": LINES_OF_HEAD}, drop_empty_rows=False))
    empty = next((at for at, row in enumerate(text.iter_rows()) if any(cell is not None for cell in row)), 0)
    return empty, lines_above(text[empty:]) if text.height else 0


def _lines_of_rows(data: bytes, sheet: str, above: int) -> list[int]:
    """The line of the sheet, from 0 on, that each row below the names of columns is."""
    text = _text(_sheet(data, sheet, ALL_LINES, drop_empty_rows=False))
    return [at for at, row in enumerate(text.iter_rows()) if at > above and any(cell is not None for cell in row)]


def _notes_on_twice(data: bytes, sheet: str, above: int) -> list[Note]:
    """The line that is printed of names that several columns have: the reader numbers them."""
    row = _text(_sheet(data, sheet, ALL_LINES | {"n_rows": above + 1}, drop_empty_rows=False)).row(-1)
    names = [name for name in dict.fromkeys(row) if name is not None and row.count(name) > 1]
    why = "several columns have this name; the others are called"
    return [("names", f"'{name}' {row.count(name)} times", f"{why} '{name}_1' and so on") for name in names]


def _text(lines: pl.DataFrame) -> pl.DataFrame:
    """Cells as text, empty ones as null."""
    import polars as pl

    return lines.select(pl.all().cast(pl.String).str.strip_chars().replace("", None))


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """With names for columns without one, as delimited text gives them, and times of day as times."""
    names = ["" if name.startswith(NAMELESS) else name for name in frame.columns]
    frame = frame.with_columns(_times_of_day(frame))
    return frame.rename(dict(zip(frame.columns, column_names(names), strict=True)))


def _times_of_day(frame: pl.DataFrame) -> list[pl.Series]:
    """A cell with a time and no date lies on the day before Excel's first one: a column of these is of times."""
    import polars as pl

    words = [column for column in frame if column.dtype == pl.String and column.str.contains(MOMENT).any()]
    plain = [
        column.str.replace(MOMENT, "${2}")  # words stand among them
        for column in words
        if column.str.extract(MOMENT, 1).drop_nulls().is_in([f"{day}" for day in DAYS_OF_TIMES]).all()
    ]
    moments = [column for column in frame if column.dtype == pl.Datetime and column.null_count() < len(column)]
    return [*plain, *(column.dt.time() for column in moments if column.dt.date().is_in(DAYS_OF_TIMES).all())]


def _empty() -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame()
