"""A second line of names below the first: Response and Open-Ended Response of a survey, int and str of a program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from goodfit.data.tables.header import DATE, NUMBER, SHARE_OF_A_KIND, share_of
from goodfit.data.tables.missing_words import MISSING

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_LEAST = 20  # below, so that it is known what each column holds
SIGNS_AT_LEAST = 3  # columns in which the line is unlike all others, one of them of numbers or dates
WITHOUT_NAME = ("Unnamed: ", "__UNNAMED__")  # what columns without a name are called, and in workbooks at first
MEASURED = f"{NUMBER}|{DATE}"
PLAIN_MEASURED = re.compile(MEASURED.replace(r"\p{Sc}", "$€£¥"))
FLATTEN = "frame.columns = ['_'.join(map(str, names)) for names in frame.columns]"


def has_names_again(frame: pl.DataFrame) -> bool:
    """Whether the first row has words that no other row has: above numbers, and above words that come again and again.

    Args:
        frame: cells as text, below the names of the columns.
    """
    if frame.height <= ROWS_AT_LEAST:
        return False
    words = [name for name, cell in zip(frame.columns, frame.row(0), strict=True) if cell]
    if 2 * sum(name.startswith(WITHOUT_NAME) for name in words) > len(words):
        return False  # groups of columns stand above, and this line names the columns
    measured, repeated = 0, 0
    for cell, column in zip(frame.row(0), frame.iter_columns(), strict=True):
        below = column[1:].drop_nulls()
        if not cell or not len(below):
            continue
        if cell in MISSING or PLAIN_MEASURED.search(cell) or (below == cell).any():
            return False
        if share_of(below, MEASURED) >= SHARE_OF_A_KIND:
            measured += 1
        elif 2 * below.n_unique() <= len(below):
            repeated += 1
    return measured > 0 and measured + repeated >= SIGNS_AT_LEAST


def fix_of_same_names(row: Sequence[str | None], below: pl.DataFrame) -> str | None:
    """What to do about two columns of one name where the next line, `row`, holds names as well; None where it is a row.

    Args:
        below: cells as text, below that line.
    """
    cells = [cell for cell in row if cell]
    if not cells or any(PLAIN_MEASURED.search(cell) for cell in cells):
        return None
    columns = [column.drop_nulls() for column in below.iter_columns()]
    if not any(len(column) and share_of(column, MEASURED) >= SHARE_OF_A_KIND for column in columns):
        return None
    return f"The next line holds names too: leave one line of them (in pandas: {FLATTEN})"
