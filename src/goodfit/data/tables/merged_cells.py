"""Cells of a sheet that are merged over several rows: the first has the value, which is that of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

BLOCKS_NAMED = 3

Note = tuple[str, str, str]


@dataclass(frozen=True)
class Block:
    """column: of the sheet, from 0 on. first, last: its lines, from 0 on. name: as Excel writes it."""

    column: int
    first: int
    last: int
    name: str


def fill_merged(
    frame: pl.DataFrame, lines: Sequence[int], left: int, blocks: Sequence[Block]
) -> tuple[pl.DataFrame, Note]:
    """The frame with the value of each block in all of its cells, and what is printed of it.

    Args:
        lines: of the sheet, that the rows of the frame are.
        left: the column of the sheet that is the first of the frame.
        blocks: at least one, over several lines.
    """
    import polars as pl

    row_of = {line: row for row, line in enumerate(lines)}
    cells = {
        at: frame.to_series(at).to_list() for at in {block.column - left for block in blocks} if 0 <= at < frame.width
    }
    done = len(row_of) == frame.height
    for block in blocks if done else ():
        column = cells.get(block.column - left)
        rows = [row_of[line] for line in range(block.first, block.last + 1) if line in row_of]
        if column is None or block.first not in row_of or any(column[row] is not None for row in rows[1:]):
            done = False  # not where it should be: the cells are left as they are
            break
        for row in rows[1:]:
            column[row] = column[rows[0]]
    named = ", ".join(block.name for block in blocks[:BLOCKS_NAMED]) + (", ..." if len(blocks) > BLOCKS_NAMED else "")
    what = f"{counted(len(blocks), 'block')} ({named})"
    if not done:
        why = "the first cell of each has the value, and the others are read as empty: unmerge them, and fill it in"
        return frame, ("merged cells", what, why)
    full = [pl.Series(frame.columns[at], column, dtype=frame.dtypes[at]) for at, column in cells.items()]
    return frame.with_columns(full), ("merged cells", what, "the value of the first cell is read in each of them")
