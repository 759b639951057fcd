"""Lines of a delimited file that are no rows: titles and comments above, comments and repeated names of columns amid.

Only what cannot be a row is left out, and said: lines above that have fewer cells than all lines below them, lines that
begin with # and have another number of cells, and lines that repeat the names of all columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

ABOVE_AT_MOST = 20  # lines
CELLS_AT_LEAST = 3  # in most lines: of two, one too few may be a lost one
BELOW_AT_LEAST = 3  # lines of the usual number of cells, so that it is known
RULE = re.compile(r":?-{2,}:?")  # below the names, in Markdown
COMMENTS = ("#", "%", "//")

Record = tuple[int, list[str]]  # the line that it begins in, and its cells
Note = tuple[str, str, str]


def without_lines_beside(read: Sequence[Record], header: bool | None) -> tuple[list[Record], list[Note]]:
    """The records of a table whose lines differ in their numbers of cells, without those that are no rows.

    Args:
        header: what the user says of the first line; False: nothing above is left out.
    """
    usual = Counter(len(cells) for _, cells in read).most_common(1)[0][0]
    kept, notes = list(read), []
    if usual >= CELLS_AT_LEAST:
        comments = [line for line, cells in kept if len(cells) != usual and _is_comment(cells)]
        if comments and not any(_is_comment(cells) for _, cells in kept[1:] if len(cells) == usual):
            kept = [record for record in kept if record[0] not in set(comments)]
            notes.append(("left out", counted(len(comments), "line"), f"comments, such as line {comments[0]}"))
        above = 0 if header is False else _above(kept, usual)
        if above:
            notes.append(("left out", f"{counted(above, 'line')} at the top", "fewer cells than all lines below"))
            kept = kept[above:]
        kept = _first_line_completed(kept, usual)
        kept = _cut(kept)
    return kept, notes


def repeats_names(frame: pl.DataFrame) -> np.ndarray | None:
    """(N,) whether each row repeats the names of all columns, of which there are two or more; None: none does."""
    import polars as pl

    names = frame.columns
    if len(names) < 2 or not (frame.to_series(0) == names[0]).any():
        return None
    same = pl.all_horizontal([pl.nth(at).eq_missing(pl.lit(name)) for at, name in enumerate(names)])
    rows = frame.select(same.alias("same")).get_column("same").to_numpy()
    return rows if rows.any() else None


def is_rule(cells: Sequence[str | None]) -> bool:
    """Whether these cells only draw a line, as below the names of columns in Markdown."""
    return len(cells) > 1 and all(cell is None or RULE.fullmatch(cell) for cell in cells) and any(cells)


def _is_comment(cells: Sequence[str]) -> bool:
    return cells[0].lstrip().startswith(COMMENTS)


def _above(read: Sequence[Record], usual: int) -> int:
    """How many lines at the top have fewer cells than all others; 0 where they may be more than titles."""
    first = next((at for at, (_, cells) in enumerate(read) if len(cells) == usual), 0)
    below = read[first:]
    if not 0 < first <= ABOVE_AT_MOST or len(below) < BELOW_AT_LEAST:
        return 0
    fewer = all(2 * len(cells) <= usual for _, cells in read[:first])
    return first if fewer and all(len(cells) == usual for _, cells in below) else 0


def _first_line_completed(read: list[Record], usual: int) -> list[Record]:
    """R names all columns but the first, in which it writes the names of rows: 1, 2, 3, ... or words."""
    (line, names), below = read[0], read[1:]
    if len(names) != usual - 1 or len(below) < BELOW_AT_LEAST or any(len(cells) != usual for _, cells in below):
        return read
    first = [cells[0].strip() for _, cells in below]
    running = first == [str(at) for at in range(1, len(first) + 1)]
    words = len(set(first)) == len(first) and all(any(sign.isalpha() for sign in cell) for cell in first)
    last = any(cells[-1].strip() for _, cells in below)
    return [(line, ["", *names]), *below] if last and (running or words) else read


def _cut(read: list[Record]) -> list[Record]:
    """Without the empty cells that separators at the ends of lines make, where the first line has none."""
    width = len(read[0][1])
    if any(len(cells) < width or any(cell.strip() for cell in cells[width:]) for _, cells in read):
        return read
    return [(line, cells[:width]) for line, cells in read]
