"""Quotes around all cells of a line together ("a,b,c"), as a second export writes them, and those of typesetters."""

from __future__ import annotations

import csv

from goodfit.data.tables.separators import SEPARATORS
from goodfit.lazy_pattern import lazy_pattern

LINES_LOOKED_AT = 50
LINES_AT_LEAST = 3
BYTES_LOOKED_AT = 65_536
AROUND_A_CELL = lazy_pattern(r"(?:^|[,;\t|]) ?[“„][^“”„]*[“”](?: ?[,;\t|]|$)")


def quoted_as_a_whole(data: bytes) -> bool:
    """Whether each of the first lines is one quoted cell, which holds the same separator equally often in all."""
    end = 0
    for _ in range(LINES_LOOKED_AT):
        end = data.find(b"\n", end) + 1
        if not end:
            break
    lines = [line.strip() for line in data[: end or len(data)].split(b"\n") if line.strip()]
    if len(lines) < LINES_AT_LEAST or not all(_is_quoted(line) for line in lines):
        return False
    counts = ({line.replace(b'""', b"").count(sign.encode()) for line in lines} for sign in SEPARATORS)
    return any(len(count) == 1 and count != {0} for count in counts) or _cut_alike(lines)


def _cut_alike(lines: list[bytes]) -> bool:
    """Whether the lines without their quotes have as many cells, some of which are quoted: "1,""x, y"",a"."""
    rows = [unquoted_lines(line).decode(errors="replace") for line in lines]
    if not any('"' in row for row in rows):
        return False
    for sign in SEPARATORS:
        try:
            widths = {len(row) for row in csv.reader(rows, delimiter=sign, strict=True)}
        except csv.Error:  # a quote within a cell: another sign stands between them
            continue
        if len(widths) == 1 and widths != {1}:
            return True
    return False


def with_straight_quotes(data: bytes) -> bytes:
    """With " in place of the quotes of typesetters, where they stand around cells of each of the first lines."""
    if "“".encode() not in data or b'"' in data:
        return data
    lines = [line for line in data[:BYTES_LOOKED_AT].decode(errors="replace").split("\n")[:LINES_LOOKED_AT] if line][
        1:-1
    ]
    if len(lines) < LINES_AT_LEAST or not all(AROUND_A_CELL.search(line.strip()) for line in lines):
        return data
    for quote in "“”„":
        data = data.replace(quote.encode(), b'"')
    return data


def unquoted_lines(data: bytes) -> bytes:
    """The lines without these quotes; those in cells are single again."""
    lines = (line.strip() for line in data.split(b"\n"))
    return b"\n".join(line[1:-1].replace(b'""', b'"') if _is_quoted(line) else line for line in lines)


def _is_quoted(line: bytes) -> bool:
    """Whether a line begins and ends with a quote, and has doubled ones alone between."""
    return len(line) > 2 and line[:1] == line[-1:] == b'"' and b'"' not in line[1:-1].replace(b'""', b"")
