"""Columns that spaces keep apart, aligned or not, as many collections of data and programs of science write them."""

from __future__ import annotations

import re

SIGNS = b",;\t|"  # of which one is in each line of any other file
LINES_AT_LEAST = 3
NUMERIC_AT_LEAST = 0.2  # of the cells: sentences of equal length are no table
CELL = re.compile(rb'"[^"\n]*"|[^ \n]+')
NUMBER = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NA|NaN|nan|\?")


def spaced_columns(data: bytes) -> bytes | None:
    """The lines with tabs in place of spaces, where these cut all lines into as many cells; None of other files."""
    first = data[: data.find(b"\n")] if b"\n" in data else data
    if b" " not in first.strip() or any(sign in data for sign in SIGNS):
        return None
    lines = [CELL.findall(line) for line in data.split(b"\n")]
    filled = [cells for cells in lines if cells]
    widths = {len(cells) for cells in filled}
    if len(widths) != 1 or widths.pop() < 2 or len(filled) < LINES_AT_LEAST:
        return None
    numeric = sum(NUMBER.fullmatch(cell) is not None for cells in filled[1:] for cell in cells)
    if numeric < NUMERIC_AT_LEAST * sum(map(len, filled[1:])):
        return None
    return b"\n".join(map(b"\t".join, lines))
