"""The table of a web page as text with tabs: many programs export one, and call it .xls."""

from __future__ import annotations

import codecs
import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

from goodfit.data.tables.decoding import excerpt
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

PAGE = lazy_pattern(rb"<(?:!doctype html|html|head|body|meta|table|style|div)\b", re.IGNORECASE)
CHARSET = lazy_pattern(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
BYTES_OF_HEAD = 4_096
CELLS_ALWAYS, LETTERS_OF_A_CELL = 10_000, 5  # <td>1 has five; cells that reach over others have no letters there
SPAN_AT_MOST = 1_000  # columns or rows of one cell: as browsers limit it
LINES_AT_LEAST = 2  # the names of columns and a row


def is_page(data: bytes) -> bool:
    """Whether these bytes begin a web page, or a part of one."""
    return PAGE.match(data[:BYTES_OF_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")) is not None


def encoding_of(data: bytes) -> str | None:
    """As the page says it; None where it does not, or says one that does not exist."""
    named = CHARSET.search(data[:BYTES_OF_HEAD])
    if named is None:
        return None
    try:
        return codecs.lookup(named[1].decode()).name
    except LookupError:
        return None


def table_of_page(page: str, path: Path) -> tuple[str, bool]:
    """The one table of a page with several lines, as text with tabs; whether its first line has cells of names alone.

    A cell over several rows belongs to each of them; one over several columns fills the first.

    Raises:
        DataError: no table in it has rows, or several have.
    """
    parser = _Tables(CELLS_ALWAYS + len(page) // LETTERS_OF_A_CELL)
    try:
        parser.feed(page)
        parser.close()
    except _TooManyCellsError as error:
        raise DataError(
            "its table has more cells over several rows and columns than can be meant",
            where=path,
            fix="Save it as .xlsx or CSV",
        ) from error
    filled = [table for table in parser.tables if len(table) >= LINES_AT_LEAST]
    if len(filled) != 1:
        what = f"{counted(len(filled), 'table')} with rows" if filled else "no table with rows"
        first = next((cell for table in filled for row in table for cell, _ in row if cell), "")
        of = f" (the first begins with {excerpt(first)})" if first else ""
        raise DataError(f"this is a web page with {what}{of}", where=path, fix="Save its table as .xlsx or CSV")
    rows = [row for row in filled[0] if row]
    width = max(map(len, rows))
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([*(cell for cell, _ in row), *[""] * (width - len(row))] for row in rows)
    return text.getvalue(), all(named for _, named in rows[0])


Cell = tuple[str, bool]  # its text, and whether it is a name (th)


class _Tables(HTMLParser):
    """All tables of a page: rows of cells. Tables in tables are tables as well."""

    def __init__(self, cells_at_most: int) -> None:
        super().__init__(convert_charrefs=True)
        self._left = [cells_at_most]  # of all tables together
        self.tables: list[list[list[Cell]]] = []
        self._open: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append(_Table(self._left))
            return
        if not self._open:
            return
        table = self._open[-1]
        if tag == "tr":
            table.end_row()
            table.begin_row()
        elif tag in ("td", "th"):
            table.end_cell()
            spans = {name: int(value) for name, value in attrs if name.endswith("span") and value and value.isdecimal()}
            table.begin_cell(tag == "th", spans.get("colspan", 1), spans.get("rowspan", 1))
        elif tag in ("br", "p", "div"):
            table.add(" ")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        if tag in ("td", "th"):
            self._open[-1].end_cell()
        elif tag == "tr":
            self._open[-1].end_row()
        elif tag == "table":
            self._end_table()

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].add(data)

    def close(self) -> None:
        """The end of the page ends what is open."""
        super().close()
        while self._open:
            self._end_table()

    def _end_table(self) -> None:
        table = self._open.pop()
        table.end_row()
        self.tables.append(table.rows)


class _TooManyCellsError(Exception):
    """Cells that reach over many rows and columns: few letters that would take much memory."""


class _Table:
    """One table while it is read.

    Args:
        left: how many cells there may still be, in a list of one.
    """

    def __init__(self, left: list[int]) -> None:
        self._left = left
        self.rows: list[list[Cell]] = []
        self._row: list[Cell] | None = None
        self._cell: list[str] | None = None
        self._named, self._columns, self._lines = False, 1, 1
        self._above: dict[int, tuple[Cell, int]] = {}  # column -> a cell that reaches into so many rows from here on
        self._below: dict[int, tuple[Cell, int]] = {}  # the same from the next row on

    def begin_row(self) -> None:
        self._row, self._above, self._below = [], self._below, {}
        self._take_from_above(self._row)

    def begin_cell(self, named: bool, columns: int, lines: int) -> None:
        if self._row is None:
            self.begin_row()
        self._cell, self._named = [], named
        self._columns, self._lines = (min(max(1, span), SPAN_AT_MOST) for span in (columns, lines))

    def add(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text = " ".join("".join(self._cell).split())
        for at in range(self._columns):
            cell = (text if at == 0 else "", self._named)
            if self._lines > 1:
                self._below[len(self._row)] = (cell, self._lines - 1)
            self._add_cell(self._row, cell)
        self._cell = None
        self._take_from_above(self._row)

    def end_row(self) -> None:
        self.end_cell()
        if self._row is not None:
            self.rows.append(self._row)
        self._row = None

    def _take_from_above(self, row: list[Cell]) -> None:
        """The cells of rows above that reach into this one, where they are next."""
        while (known := self._above.pop(len(row), None)) is not None:
            cell, lines = known
            if lines > 1:
                self._below[len(row)] = (cell, lines - 1)
            self._add_cell(row, cell)

    def _add_cell(self, row: list[Cell], cell: Cell) -> None:
        self._left[0] -= 1
        if self._left[0] < 0:
            raise _TooManyCellsError
        row.append(cell)
