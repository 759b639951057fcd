"""Columns of a fixed width: between them are places that are blank in every line, also in that of the names."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from goodfit.data.tables.spaced_columns import NUMBER, NUMERIC_AT_LEAST, has_sign
from goodfit.lazy_pattern import lazy_pattern

LINES_AT_LEAST = 4
LETTERS_AT_MOST = 2_000  # of a line
LINES_AT_ONCE = 5_000
NAME = lazy_pattern(r"\S+")


def fixed_width(data: bytes) -> bytes | None:
    """The lines with tabs between the cells; None of all other files.

    Args:
        data: UTF-8, with \\n at the end of each line, without empty lines at the top.
    """
    first = data[: data.find(b"\n")] if b"\n" in data else data
    if b"  " not in first.strip() or len(first) > LETTERS_AT_MOST or has_sign(first) or b"\t" in data:
        return None
    lines = data.decode().split("\n")
    filled = [line.rstrip() for line in lines if line.strip()]
    width = max(map(len, filled))
    if len(filled) < LINES_AT_LEAST or width > LETTERS_AT_MOST:
        return None
    used = _used(filled, width)
    columns = _named(_columns(used), filled[0])
    if _is_index_of_pandas(columns[0], filled):
        columns = _ending_below_names(columns[0], filled[0])
        if any(used[end : end + 1].any() for _, end in columns):
            return None
    elif len(columns) < 2 or len(columns) != len(filled[0].split()):
        return None  # a name of several words, or a column without one: where it ends is not known
    rows = [[line[start:end].strip() for start, end in columns] if line.strip() else [] for line in lines]
    cells = [cell.encode() for row in rows if row for cell in row][len(columns) :]
    if sum(NUMBER.fullmatch(cell) is not None for cell in cells) < NUMERIC_AT_LEAST * len(cells):
        return None
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _used(lines: Sequence[str], width: int) -> np.ndarray:
    """(width,) bool: places that are not blank in some line."""
    used = np.zeros(width, dtype=bool)
    for start in range(0, len(lines), LINES_AT_ONCE):
        block = "".join(line.ljust(width) for line in lines[start : start + LINES_AT_ONCE])
        signs = np.frombuffer(block.encode("utf-32-le"), dtype=np.uint32).reshape(-1, width)
        used |= (signs != ord(" ")).any(axis=0)
    return used


def _columns(used: np.ndarray) -> list[tuple[int, int]]:
    """Where each run of places with letters begins and ends."""
    steps = np.diff(used.astype(np.int8), prepend=0, append=0)
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _is_index_of_pandas(first: tuple[int, int], lines: Sequence[str]) -> bool:
    """Whether the first column has no name, and another whole number in each line: a frame as pandas prints it."""
    cells = [line[slice(*first)].strip() for line in lines]
    return not cells[0] and all(cell.isdigit() for cell in cells[1:]) and len(set(cells)) == len(cells)


def _ending_below_names(first: tuple[int, int], names: str) -> list[tuple[int, int]]:
    """The columns of such a frame: each ends where its name does, and words of a cell may stand below each other."""
    ends = [first[1], *(match.end() for match in NAME.finditer(names))]
    return [first, *pairwise(ends)]


def _named(columns: list[tuple[int, int]], names: str) -> list[tuple[int, int]]:
    """Runs without a name belong to the one before them: words of its cells that happen to stand below each other."""
    joined: list[tuple[int, int]] = []
    for start, end in columns:
        if joined and not names[start:end].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
