"""Lines of delimited text as records of cells: the exact rules of quotes, and a fast count of what a file holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

BYTES_AT_ONCE = 16 * 2**20  # scanned: eight bytes for each separator are needed meanwhile
QUOTE, LINE_END = ord('"'), ord("\n")


class UnclosedQuoteError(Exception):
    """A cell begins with a quote that nothing closes."""

    def __init__(self, line: int, cell: str) -> None:
        super().__init__(line, cell)
        self.line, self.cell = line, cell


@dataclass(frozen=True)
class Layout:
    """Where the records of a file are.

    Attributes:
        lines: (N,) int64: the line that each begins in, counted from 1; empty lines too.
        cells: (N,) int64: how many cells each has; 0 of an empty line.
    """

    lines: np.ndarray
    cells: np.ndarray


@cache
def _patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A quoted cell, one whose quotes are not doubled and that ends in its line, and one without quotes around it."""
    sep = re.escape(separator)
    space = "[ \t]*" if separator != "\t" else " *"
    end = rf"{space}(?={sep}|\n|\Z)"
    return (
        re.compile(rf'{space}"((?:[^"]++|"")*+)"{end}'),
        re.compile(rf'{space}"([^\n]*?)"{end}'),
        re.compile(rf"[^\n{sep}]*+"),
    )


def records(text: str, separator: str, line: int = 1) -> Iterator[tuple[int, list[str]]]:
    r"""The line that each record begins in, and its cells; [] of an empty line.

    A quote at the beginning of a cell opens it, and the cell may then hold separators, line ends and doubled quotes.
    Where that does not come out, a quote is a character like others (19" rack), and the cell ends with the line.

    Args:
        text: with \n at the end of each line.
        line: the number of the first one.

    Raises:
        UnclosedQuoteError: a cell begins with a quote that is not closed.
    """
    quoted, loose, bare = _patterns(separator)
    at, length = 0, len(text)
    while at < length:
        end = text.find("\n", at)
        end = length if end < 0 else end
        begins, whole = line, text[at:end]
        if '"' not in whole:
            yield begins, whole.split(separator) if whole.strip(" \t" if separator != "\t" else " ") else []
            at, line = end + 1, line + 1
            continue
        cells: list[str] = []
        while True:
            if match := quoted.match(text, at):
                cells.append(match[1].replace('""', '"'))
                line += match[1].count("\n")
            elif match := loose.match(text, at):
                cells.append(match[1])
            else:
                match = bare.match(text, at)
                assert match is not None  # it also matches nothing
                if match[0].lstrip().startswith('"') and match[0].count('"') % 2:
                    raise UnclosedQuoteError(line, match[0])
                cells.append(match[0])
            at = match.end()
            if at >= length or text[at] == "\n":
                break
            at += 1
        yield begins, cells
        at, line = at + 1, line + 1


def scan(data: bytes, separator: str) -> Layout | None:
    """Where the records are, counted in NumPy; None where quotes are not used by the book: `records` reads it then.

    Args:
        data: UTF-8 with LF at the end of each line.
    """
    lines, cells, start, line = [], [], 0, 1
    while start < len(data):
        end = data.find(b"\n", start + BYTES_AT_ONCE) + 1 or len(data)
        odd = data.count(b'"', start, end) % 2
        while odd and end < len(data):  # a line end inside quotes: on to the end of the line of the next one
            quote = data.find(b'"', end)
            further = (data.find(b"\n", quote) + 1 if quote >= 0 else 0) or len(data)
            odd ^= data.count(b'"', end, further) % 2
            end = further
        piece = _scan_piece(np.frombuffer(data, dtype=np.uint8, count=end - start, offset=start), ord(separator))
        if piece is None:
            return None
        lines.append(piece.lines + line)
        cells.append(piece.cells)
        line += data.count(b"\n", start, end)
        start = end
    empty = np.zeros(0, dtype=np.int64)
    return Layout(np.concatenate([empty, *lines]), np.concatenate([empty, *cells]))


def _scan_piece(piece: np.ndarray, separator: int) -> Layout | None:
    """Of bytes that begin and end with a record; lines are counted from 0."""
    quotes = np.flatnonzero(piece == QUOTE)
    ends = all_ends = np.flatnonzero(piece == LINE_END)
    separators = np.flatnonzero(piece == separator)
    if len(quotes):
        if len(quotes) % 2 or not _by_the_book(piece, quotes, separator):
            return None
        ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
    if not len(ends) or ends[-1] != len(piece) - 1:
        ends = np.append(ends, len(piece))  # the last line has no end
    starts = np.concatenate([[0], ends[:-1] + 1])
    cells = np.searchsorted(separators, ends) - np.searchsorted(separators, starts) + 1
    return Layout(np.searchsorted(all_ends, starts), np.where(ends == starts, 0, cells))


def _by_the_book(piece: np.ndarray, quotes: np.ndarray, separator: int) -> bool:
    """Whether opening quotes begin a cell, closing ones end it, and all others are doubled."""
    before, after = piece[quotes[::2] - 1], piece[np.minimum(quotes[1::2] + 1, len(piece) - 1)]
    if quotes[0] == 0:
        before[0] = LINE_END
    if quotes[-1] == len(piece) - 1:
        after[-1] = LINE_END
    opens = (before == separator) | (before == LINE_END) | (before == QUOTE)
    closes = (after == separator) | (after == LINE_END) | (after == QUOTE)
    return bool(opens.all() and closes.all())
