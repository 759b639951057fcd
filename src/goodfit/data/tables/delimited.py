"""The one reader of delimited text: tables, ratings, lists of labels, files of codes.

`read_delimited` is stable: other sources call it. Cells come as they were written, as text; what a column holds is
for the caller to infer. Each record of the file is a row, in order; a line that does not fit is an error by its number.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.any_frame import refuse_same_names
from goodfit.data.tables.decoding import BOTH_ENCODINGS, excerpt, read_bytes, to_utf8
from goodfit.data.tables.drawn_tables import drawn_table
from goodfit.data.tables.fixed_width import fixed_width
from goodfit.data.tables.header import NAMELESS, column_names, is_header, lines_above
from goodfit.data.tables.heads import HEAD_OF_DATEV, without_head, without_known_head
from goodfit.data.tables.lines_beside import (
    NAMES_AGAIN,
    below_names,
    has_units_first,
    is_rule,
    note_on_notes,
    notes_last,
    repeats_names,
    units_of_row,
    without_lines_beside,
)
from goodfit.data.tables.quoted_lines import quoted_as_a_whole, unquoted_lines, with_straight_quotes
from goodfit.data.tables.records import Layout, UnclosedQuoteError, records, scan
from goodfit.data.tables.second_names import fix_of_same_names, joined_names, note_on_joined
from goodfit.data.tables.second_tables import refuse_second_table
from goodfit.data.tables.separators import COLONS, choose_separator, has_colons
from goodfit.data.tables.spaced_columns import spaced_columns, uneven_names
from goodfit.data.tables.typeset_tables import typeset_table
from goodfit.errors import DataError
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

KEPT_AS_TEXT = r'^="([^"]*)"$'
COLUMNS_AT_MOST = 100_000  # each costs milliseconds and kilobytes, whatever is in it


@dataclass(frozen=True)
class Delimited:
    """A file of records.

    Attributes:
        path: where it was read.
        frame: a String column for each column of the file, a row for each record, in order. Cells are as written,
            without the spaces around them; null where a cell is empty.
        lines: (N,) int64: the line of the file that each row begins in, counted from 1, for messages.
        encoding: as people call it: UTF-8, UTF-16, Windows-1252.
        separator: one character; "," where there is one column.
        header: whether the first line named the columns; they are column_1, column_2, ... otherwise.
        first, first_line: the cells of the first record, whatever it is, and its line.
        notes: what was guessed: name, value, why.
    """

    path: Path
    frame: pl.DataFrame
    lines: np.ndarray
    encoding: str
    separator: str
    header: bool
    first: tuple[str, ...]
    first_line: int
    notes: tuple[tuple[str, str, str], ...]

    def read_for(self, columns: Iterable[str]) -> Delimited:
        """The same file, its first line read the other way where only that gives these columns and leaves a row."""
        wanted, height = set(columns), self.frame.height
        return self.with_header(header_for(wanted, self.frame.columns, self.first, height, header=self.header))

    def with_header(self, header: bool) -> Delimited:
        """The same file with the first line read as names of columns, or as a row."""
        import polars as pl

        if header == self.header:
            return self
        if header:
            names = column_names(self.first)
            next_line = self.frame.row(1) if self.frame.height > 1 else ()
            refuse_same_names(names, self.path, fix_of_same_names(next_line, self.frame[2:]))
            frame = self.frame[1:].rename(dict(zip(self.frame.columns, names, strict=True)))
            lines, notes = self.lines[1:], self.notes
            if self.separator == "|" and frame.height > 1 and is_rule(frame.row(0)):
                drawn = np.array([is_rule(row) for row in frame.iter_rows()])
                what = counted(int(drawn.sum()), "line")
                why = "it draws a line" if drawn.sum() == 1 else "they draw lines, the first"
                notes = (*notes, ("left out", what, f"{why} below the names of the columns"))
                frame, lines = frame[np.flatnonzero(~drawn)], lines[~drawn]
            again = repeats_names(frame)
            if again is not None:
                what = counted(int(again.sum()), "line")
                notes = (*notes, ("left out", what, f"the names of the columns again, as in line {lines[again][0]}"))
                frame, lines = frame[np.flatnonzero(~again)], lines[~again]
            if (at_top := below_names(frame)) is not None:
                count, what = at_top
                joined = joined_names(frame) if what.startswith(NAMES_AGAIN) else None
                frame = frame if joined is None else frame.rename(dict(zip(frame.columns, joined, strict=True)))
                frame, lines = frame[count:], lines[count:]
                notes = (*notes, note_on_joined(joined) if joined else ("left out", counted(count, "line"), what))
                if joined and has_units_first(frame):
                    notes = (*notes, ("left out", "1 line", f"units below these, such as '{units_of_row(frame)}'"))
                    frame, lines = frame[1:], lines[1:]
            refuse_second_table(frame, self.path, lines)
            return replace(self, frame=frame, lines=lines, notes=notes, header=True)
        names = numbered_names(len(self.first))
        cells = [cell.strip() or None for cell in self.first]
        first = pl.DataFrame([cells], schema=dict.fromkeys(names, pl.String), orient="row")
        below = self.frame.rename(dict(zip(self.frame.columns, names, strict=True)))
        return replace(
            self, frame=pl.concat([first, below]), lines=np.append([self.first_line], self.lines), header=False
        )


def header_for(wanted: set[str], names: Sequence[str], first: Sequence[str], height: int, *, header: bool) -> bool:
    """Whether the first line names the columns: as it is read now, but where only the other way gives the wanted ones.

    Args:
        names, height: as it is read now.
        first: the cells of the first line.
    """
    others = numbered_names(len(first)) if header else column_names(first)
    if wanted <= set(names) or not wanted <= set(others) or height + header < 2:
        return header
    return not header


def numbered_names(width: int) -> list[str]:
    """column_1, column_2, ...: of a file without names."""
    return [f"{NAMELESS}{at}" for at in range(1, width + 1)]


def read_delimited(
    path: Path,
    *,
    header: bool | None = None,
    separator: str | None = None,
    encoding: str | None = None,
    fill_gaps: bool = False,
    content: bytes | None = None,
) -> Delimited:
    """Read CSV, TSV and their relatives, also packed as .gz or .zip.

    Args:
        header: whether the first line names the columns; decided from all lines when None.
        separator: of cells; the one that cuts the lines alike when None.
        encoding: such as utf-8 or cp1252; recognised when None.
        fill_gaps: read a line with fewer cells than the first as a row with gaps, instead of refusing the file.
        content: of the file, where it has been read and made into text.

    Raises:
        DataError: no text, no rows, a line with more or fewer cells than the first, two columns of one name.
        UsageError: a separator or encoding that cannot be.
    """
    data, encoding_name, guessed = to_utf8(read_bytes(path) if content is None else content, path, encoding)
    of_datev = HEAD_OF_DATEV.match(data) is not None
    data, skipped, named = without_head(data)
    data, of_head, why_head = without_known_head(data)
    given, data = data, with_straight_quotes(data)
    straight = data is not given
    whole_quotes = separator is None and named is None and quoted_as_a_whole(data)
    data = unquoted_lines(data) if whole_quotes else data
    if not data.strip():
        raise DataError("the file is empty", where=path, fix="Give a table with column names in its first line")
    if data.startswith((b'[{"', b'{"')):
        raise DataError("this is JSON, not text with cells", where=path, fix="Give the file the ending .json or .jsonl")
    in_both = "each line in one of the two; --encoding names one for all"
    why = in_both if encoding_name == BOTH_ENCODINGS else "it is not UTF-8; --encoding names another"
    notes = [("encoding", encoding_name, why)] if guessed else []
    notes += [("left out", "1 line at the top", "it says of which kind this export of DATEV is")] if of_datev else []
    notes += [("left out", f"{counted(of_head, 'line')} at the top", why_head)] if of_head else []
    notes += [("quotes", "around each line", "left out: they make one cell of it")] if whole_quotes else []
    notes += [("quotes", "“ and ”", "read as quotes around cells")] if straight else []
    free = separator is None and named is None
    typeset = typeset_table(data) if free else None
    free = free and typeset is None
    drawn = drawn_table(data) if free else None
    spaced = spaced_columns(data) if free and drawn is None else None
    fixed = fixed_width(data) if free and drawn is None and spaced is None else None
    uneven = uneven_names(data) if free and drawn is None and spaced is None else None
    if uneven is not None and (fixed is None or uneven[0] < uneven[1]):
        what = (
            f"the first line has {counted(uneven[0], 'word')}, and all others {uneven[1]:,} numbers with spaces between"
        )
        raise DataError(what, where=path, fix="Give every column one name of one word")
    if typeset is not None:
        chosen, data = "\t", typeset[0]
        notes += [("separator", f"marks of {typeset[1]}", "a table as it is typeset")]
    elif drawn is not None:
        chosen, data = "\t", drawn
        header = True if header is None else header
        notes += [("separator", "drawn lines", "a table as clients of databases show it")]
    elif separator == COLONS or (free and has_colons(data)):
        chosen, data = "\t", data.replace(COLONS.encode(), b"\t")
        notes += [] if separator else [("separator", "two colons", "all lines have as many of them")]
    elif spaced is not None:
        chosen, data = "\t", spaced
        notes += [("separator", "spaces", "they cut all lines into the same number of cells")]
    elif fixed is not None:
        chosen, data = "\t", fixed
        notes += [("separator", "fixed width", "between the columns all lines are blank")]
    else:
        chosen, note = choose_separator(data, path, separator, named)
        notes += note
    raw, lines, note = _rows(data, chosen, skipped + of_head + 1, path, header, fill_gaps)
    notes += note
    if below := notes_last(raw):
        notes.append(note_on_notes(below, int(lines[-below]), raw.row(-below)))
        raw, lines = raw[:-below], lines[:-below]
    titles = 0 if header is False else lines_above(raw)
    if titles:
        what = "it has" if titles == 1 else "they have"
        what = f"{what} {'one' if any(any(row) for row in raw.head(titles).iter_rows()) else 'no filled'} cell"
        raw, lines = raw[titles:], lines[titles:]
        notes.append(("left out", f"{counted(titles, 'line')} at the top", what + ", as a title has" * ("one" in what)))
    first = tuple("" if cell is None else cell for cell in raw.row(0))
    has_header, note = choose_header(first, raw[1:], header)
    notes += note
    whole = Delimited(path, raw, lines, encoding_name, chosen, False, first, int(lines[0]), tuple(notes))
    return whole.with_header(has_header)


def choose_header(
    first: Sequence[str], rest: pl.DataFrame, header: bool | None
) -> tuple[bool, list[tuple[str, str, str]]]:
    """Whether the first line names the columns, and the note on it, where that is a guess."""
    if header is not None:
        return header, []
    names, why = is_header(first, rest)
    if names and not any(cell.strip().isdigit() for cell in first):
        return names, []
    other = "--header reads it as names" if not names else "--no-header reads it as a row"
    return names, [("first line", "names of columns" if names else "a row of data", f"{why}; {other}")]


def _rows(
    data: bytes, separator: str, first_line: int, path: Path, header: bool | None, fill_gaps: bool
) -> tuple[pl.DataFrame, np.ndarray, list[tuple[str, str, str]]]:
    """All records as a frame of text, the line of each, and what was left out."""
    alike = rows_alike(data, separator, first_line, path)
    if alike is not None:
        return *alike, []
    return _rows_by_hand(data.decode(), separator, first_line, path, header, fill_gaps)


def rows_alike(
    data: bytes, separator: str, first_line: int, path: Path, width: int | None = None
) -> tuple[pl.DataFrame, np.ndarray] | None:
    """Records of which each has as many cells, by polars: their frame, and the line of each row.

    None where they differ, or have another width than is asked for, or quotes that are not used by the book.
    """
    import polars as pl

    layout = scan(data, separator)
    cells = 0 if layout is None else _one_width(layout)
    if layout is None or not cells or cells != (width or cells):
        return None
    _refuse_many_columns(cells, first_line, path)
    try:
        frame = pl.read_csv(
            io.BytesIO(data),
            separator=separator,
            has_header=False,
            quote_char='"' if b'"' in data else None,
            schema=dict.fromkeys(numbered_names(cells), pl.String),
            infer_schema=False,
        )
    except (pl.exceptions.PolarsError, OSError):  # OSError: it takes a text that begins with x^ for a packed one
        return None  # what polars cannot read is read, or refused by its line, record by record
    if frame.height != len(layout.lines):
        return None
    kept = layout.cells > 0 if cells > 1 else np.ones(frame.height, dtype=bool)
    if not kept.all():
        frame = frame.filter(pl.Series(kept))
    return _stripped(frame, b'="' in data), layout.lines[kept] + first_line - 1


def _refuse_many_columns(width: int, line: int, path: Path) -> None:
    if width > COLUMNS_AT_MOST:
        raise DataError(
            f"line {line} has {counted(width, 'cell')}; a table may have {counted(COLUMNS_AT_MOST, 'column')}",
            where=path,
            fix="Check the separator, or write fewer columns",
        )


def _one_width(layout: Layout) -> int:
    """How many cells every record has; 0 where they differ."""
    cells = layout.cells[layout.cells > 0]
    return int(cells[0]) if len(cells) and (cells == cells[0]).all() else 0


def _rows_by_hand(
    text: str, separator: str, first_line: int, path: Path, header: bool | None, fill_gaps: bool
) -> tuple[pl.DataFrame, np.ndarray, list[tuple[str, str, str]]]:
    """Record by record: of files with odd quotes, and of those that are refused, to name the line."""
    import polars as pl

    notes: list[tuple[str, str, str]] = []
    try:
        read = list(records(text, separator, first_line))
    except UnclosedQuoteError as error:
        read = _without_quotes(text, separator, first_line) if separator == "\t" else []  # which may have no quotes
        notes = [
            ("quotes", "read as characters", f"one in line {error.line} is not closed; so all lines are cut alike")
        ]
        if not read:
            raise DataError(
                f"line {error.line}: the quote that opens the cell {excerpt(error.cell)} is not closed",
                where=path,
                fix="Close it, or remove it",
            ) from error
    width = next(len(cells) for _, cells in read if cells)
    _refuse_many_columns(width, read[0][0], path)
    filled = [(line, cells) for line, cells in read if cells]
    kept, beside = without_lines_beside(filled, header, separator)
    notes += beside
    if beside or len(kept[0][1]) > 1:
        read, width = kept, len(kept[0][1])
    rows: list[list[str]] = []
    for line, cells in read:
        if len(cells) > width and fill_gaps and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if len(cells) > width or (len(cells) < width and not fill_gaps and width > 1):
            raise _ragged(path, line, cells, width, Counter(len(cells) for _, cells in read), separator)
        rows.append([*cells, *[""] * (width - len(cells))])
    frame = pl.DataFrame(rows, schema=dict.fromkeys(numbered_names(width), pl.String), orient="row")
    return _stripped(frame, '="' in text), np.array([line for line, _ in read], dtype=np.int64), notes


def _without_quotes(text: str, separator: str, first_line: int) -> list[tuple[int, list[str]]]:
    """The lines cut at each separator, where that gives all of them as many cells; none otherwise."""
    read = [
        (line, [_unquoted(cell) for cell in row.split(separator)] if row.strip() else [])
        for line, row in enumerate(text.split("\n"), start=first_line)
    ]
    widths = {len(cells) for _, cells in read if cells}
    return read if len(widths) == 1 and widths != {1} else []


def _unquoted(cell: str) -> str:
    plain = cell.strip()
    return plain[1:-1].replace('""', '"') if len(plain) > 1 and plain[0] == plain[-1] == '"' else cell


def _ragged(path: Path, line: int, cells: Sequence[str], width: int, counts: Counter[int], separator: str) -> DataError:
    usual = counts.most_common(1)[0][0]
    if any(cell.endswith("\\") or '\\"' in cell for cell in cells[:-1]):
        return DataError(
            f"line {line} has {len(cells)} cells where the first has {width}, and backslashes in cells: "
            f"{excerpt(separator.join(cells))}",
            where=path,
            fix='Put such cells into quotes, and write a quote in them twice (""): a backslash is a character here',
        )
    if usual != width:
        cents = separator == "," and usual > width and re.fullmatch(r"\d\d", cells[-1].strip())
        amount = excerpt(f"{cells[-2].strip()},{cells[-1].strip()}") if cents else ""
        return DataError(
            f"the first line has {width} cell{'s' if width > 1 else ''}, and most others have {usual} (line {line}: "
            f"{excerpt(separator.join(cells))})",
            where=path,
            fix="Give every column one name, and remove lines above the names of columns"
            + (f"; if {amount} is one number, put it into quotes" if cents else ""),
        )
    quoted = ", or put cells with a separator in them into quotes" if len(cells) > width else ""
    return DataError(
        f"line {line} has {len(cells)} cell{'s' if len(cells) > 1 else ''} where the first has {width}: "
        f"{excerpt(separator.join(cells))}",
        where=path,
        fix=f"Fix this line{quoted}" + ("; or read its gaps as missing with --fill-gaps" if len(cells) < width else ""),
    )


def _stripped(frame: pl.DataFrame, kept_as_text: bool) -> pl.DataFrame:
    """Without spaces around cells, and what keeps a spreadsheet from reading one (="007"); empty ones are null."""
    import polars as pl

    cells = pl.all().str.strip_chars()
    cells = cells.str.replace(KEPT_AS_TEXT, "${1}") if kept_as_text else cells
    return frame.with_columns(pl.when(cells != "").then(cells))
