"""Delimited text that stays on disk: looked through once, and then read anew a block at a time.

Every answer is that of `read_delimited`, which reads all of a file: the separator, the first line and the cells are
decided by the same functions, on the same lines. Where these need the whole file (another encoding than UTF-8, odd
quotes, lines that do not fit), it is not opened here, and `read_delimited` reads it, or says what is wrong.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from goodfit.data.tables.any_frame import refuse_same_names
from goodfit.data.tables.decoding import PACKED_ENDINGS
from goodfit.data.tables.delimited import (
    choose_header,
    header_for,
    numbered_names,
    rows_alike,
)
from goodfit.data.tables.drawn_tables import drawn_table
from goodfit.data.tables.fixed_width import fixed_width
from goodfit.data.tables.frames import ROWS_SAMPLED
from goodfit.data.tables.header import ROWS_COMPARED, column_names, lines_above
from goodfit.data.tables.heads import without_head, without_known_head
from goodfit.data.tables.lines_beside import below_names, notes_last, repeats_names
from goodfit.data.tables.not_cells import of_no_cells
from goodfit.data.tables.quoted_lines import quoted_as_a_whole
from goodfit.data.tables.separators import BYTES_SAMPLED, COLONS, choose_separator, has_colons
from goodfit.data.tables.spaced_columns import spaced_columns, uneven_names
from goodfit.data.tables.typeset_tables import typeset_table
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

BLOCK_BYTES = 4 * 2**20  # that hold whole records: what is read at a time
RECORD_BYTES_AT_MOST = 8_000_000  # a longer one is left to `read_delimited`
UTF8_MARK = b"\xef\xbb\xbf"
QUOTE, LINE_END = ord('"'), ord("\n")


class Block(NamedTuple):
    """Whole records of the file: the bytes from start to end, and how many rows these are."""

    start: int
    end: int
    rows: int


@dataclass(frozen=True)
class TextOnDisk:
    """The rows of a file as a `Frame`: all cells are text.

    Attributes:
        path, stamp: the file, and its size and time of change when it was looked through.
        blocks: all of its records.
        columns: names; all records are rows, but the first where it named them (`header`).
    """

    path: Path
    stamp: tuple[int, int]
    blocks: tuple[Block, ...]
    separator: str
    columns: list[str]
    header: bool

    streamed = True

    @property
    def height(self) -> int:
        """How many rows there are."""
        return sum(block.rows for block in self.blocks) - self.header

    def column(self, name: str) -> pl.Series:
        """One column, whole."""
        import polars as pl

        return pl.concat([piece.get_column(name) for piece in self.pieces()])

    def dtype(self, name: str) -> pl.DataType:
        """Text."""
        import polars as pl

        assert name in self.columns
        return pl.String()

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        """At most ROWS_SAMPLED of the rows, spread evenly."""
        import polars as pl

        chosen = np.arange(self.height) if rows is None else rows
        chosen = chosen[:: max(1, -(-len(chosen) // ROWS_SAMPLED))]
        kept, start = [], 0
        for piece in self.pieces():
            kept.append(piece[chosen[(chosen >= start) & (chosen < start + piece.height)] - start])
            start += piece.height
        return pl.concat(kept)

    def pieces(self) -> Iterator[pl.DataFrame]:
        """All rows in their order, a block at a time.

        Raises:
            DataError: the file is not the one that was looked through any more.
        """
        with self.path.open("rb") as file:
            for at, block in enumerate(self.blocks):
                facts = self.path.stat()
                file.seek(block.start)
                data = _plain(file.read(block.end - block.start), last=at == len(self.blocks) - 1)
                read = None if data is None else rows_alike(data, self.separator, 1, self.path, len(self.columns))
                if read is None or read[0].height != block.rows or (facts.st_size, facts.st_mtime_ns) != self.stamp:
                    raise DataError("the file has changed while it was read", where=self.path, fix="Start again")
                frame = read[0][1:] if self.header and at == 0 else read[0]
                yield frame.rename(dict(zip(frame.columns, self.columns, strict=True)))

    def clear(self) -> None:
        """Nothing is in memory."""


@dataclass(frozen=True)
class DelimitedOnDisk:
    """A file of records, as `Delimited` describes it, but that its rows stay on disk."""

    frame: TextOnDisk
    first: tuple[str, ...]
    notes: tuple[tuple[str, str, str], ...]

    @property
    def separator(self) -> str:
        """Between cells: one character."""
        return self.frame.separator

    @property
    def header(self) -> bool:
        """Whether the first line named the columns."""
        return self.frame.header

    def read_for(self, columns: Iterable[str]) -> Self:
        """The same file, its first line read the other way where only that gives these columns and leaves a row."""
        frame = self.frame
        return self.with_header(header_for(set(columns), frame.columns, self.first, frame.height, header=frame.header))

    def with_header(self, header: bool) -> Self:
        """The same file with the first line read as names of columns, or as a row."""
        if header == self.frame.header:
            return self
        names = column_names(self.first) if header else numbered_names(len(self.first))
        refuse_same_names(names, self.frame.path)
        return replace(self, frame=replace(self.frame, columns=names, header=header))


def open_text(
    path: Path,
    *,
    header: bool | None = None,
    separator: str | None = None,
    encoding: str | None = None,
) -> DelimitedOnDisk | None:
    """Look a file through, block by block; None where `read_delimited` has to read all of it.

    Args:
        header, separator, encoding: as of `read_delimited`.
    """
    utf8 = (encoding or "utf-8").lower().replace("_", "-") in ("utf-8", "utf8")
    if path.suffix.lower() in PACKED_ENDINGS or not utf8:
        return None
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            return None
        return _look_through(path, (facts.st_size, facts.st_mtime_ns), header, separator)
    except (OSError, UnicodeDecodeError):
        return None  # `read_delimited` says what is wrong, or reads another encoding


def _look_through(
    path: Path, stamp: tuple[int, int], header: bool | None, separator: str | None
) -> DelimitedOnDisk | None:
    import polars as pl

    blocks: list[Block] = []
    sampled: list[pl.DataFrame] = []  # the first rows, by which the header is decided
    notes: list[tuple[str, str, str]] = []
    chosen, width = "", 0
    names: list[str] = []
    first_line = 1
    for start, end, raw, last in _whole_records(path, stamp[0]):
        mark = len(UTF8_MARK) if start == 0 and raw.startswith(UTF8_MARK) else 0
        data = _plain(raw[mark:], last=last)
        if data is None:
            return None
        skipped = 0
        if not blocks:
            data, skipped, named = without_head(data)
            if (
                of_no_cells(data)
                or without_known_head(data)[1]
                or last
                or len(data) <= BYTES_SAMPLED
                or data.count(b"\n") < 2
                or (skipped and named is None)
            ):
                return None  # too little to decide anything by, or empty lines above the first
            start += mark + (raw.index(b"\n") + 1 if skipped else 0)
            usual = separator is None and named is None
            if separator == COLONS or (usual and _is_aligned(data)):
                return None
            chosen, notes = choose_separator(data, path, separator, named)
        read = rows_alike(data, chosen, first_line + skipped, path, width or None)
        if read is None:
            return None
        frame = read[0]
        below = frame if names else frame[1:]
        names = names or ["" if cell is None else cell for cell in frame.row(0)]
        if repeats_names(_renamed(below, column_names(names))) is not None:
            return None
        if last and notes_last(frame):
            return None
        width, first_line = frame.width, 0
        blocks.append(Block(start, end, frame.height))
        if sum(each.height for each in sampled) <= ROWS_COMPARED:
            sampled.append(frame.head(ROWS_COMPARED + 1))
    if not sampled or sum(block.rows for block in blocks) <= 2:
        return None
    rows = pl.concat(sampled)
    if header is not False and (lines_above(rows) or below_names(rows[1:]) is not None):
        return None
    first = tuple("" if cell is None else cell for cell in rows.row(0))
    named_by_first, note = choose_header(first, rows[1:], header)
    text = TextOnDisk(path, stamp, tuple(blocks), chosen, numbered_names(width), False)
    return DelimitedOnDisk(text, first, (*notes, *note)).with_header(named_by_first)


def _renamed(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """With these names, where they differ."""
    return frame if len(set(names)) < len(names) else frame.rename(dict(zip(frame.columns, names, strict=True)))


def _whole_records(path: Path, size: int) -> Iterator[tuple[int, int, bytes, bool]]:
    """(start, end, bytes, whether they are the last) of blocks that end where a record does.

    A record that is too long ends the file early: what follows is not read, and nothing is made of it.
    """
    with path.open("rb") as file:
        start, left = 0, b""
        while True:
            more = file.read(BLOCK_BYTES)
            data = left + more
            if not more:
                if data:
                    yield start, start + len(data), data, True
                return
            cut = _record_end(data) if start + len(data) < size else len(data)
            if not cut:
                if len(data) > RECORD_BYTES_AT_MOST:
                    raise OSError("a record longer than is read here")
                left = data
                continue
            yield start, start + cut, data[:cut], start + cut >= size
            start, left = start + cut, data[cut:]


def _record_end(data: bytes) -> int:
    """Behind the last line end that is in no quotes; 0 where there is none. The data begin with a record."""
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    bytes_of = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(bytes_of == LINE_END)
    outside = ends[np.searchsorted(np.flatnonzero(bytes_of == QUOTE), ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _is_aligned(data: bytes) -> bool:
    """Whether something else than one separator of one character cuts the lines."""
    readers = (typeset_table, spaced_columns, drawn_table, fixed_width)
    return (
        has_colons(data)
        or quoted_as_a_whole(data)
        or uneven_names(data) is not None
        or any(read(data) is not None for read in readers)
    )


def _plain(raw: bytes, *, last: bool) -> bytes | None:
    r"""UTF-8 with \n at the end of lines, as `to_utf8` gives it; None where that takes the whole file.

    Raises:
        UnicodeDecodeError: it is not UTF-8.
    """
    data = raw.replace(b"\r\n", b"\n")
    if last:
        data = data.removesuffix(b"\x1a")
    data.decode("utf-8")
    return None if b"\r" in data or b"\0" in data else data
