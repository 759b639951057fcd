"""A second line of names below the first: Response and Open-Ended Response of a survey, int and str of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goodfit.data.tables.header import DATE, NUMBER, SHARE_OF_A_KIND, UNNAMED, share_of
from goodfit.data.tables.missing_words import MISSING
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

NAMES_SHOWN = 3  # in a line
ROWS_AT_LEAST = 20  # below, so that it is known what each column holds
SIGNS_AT_LEAST = 3  # columns in which the line is unlike all others, one of them of numbers or dates
ANSWERED_AT_LEAST, ANSWERS_AT_LEAST = 5, 2  # rows below, and columns of answers without a name above them
WITHOUT_NAME = (UNNAMED, "__UNNAMED__")  # what columns without a name are called, and in workbooks at first
MEASURED = f"{NUMBER}|{DATE}"
PLAIN_MEASURED = lazy_pattern(MEASURED.replace(r"\p{Sc}", "$€£¥"))
FLATTEN = "frame.columns = ['_'.join(map(str, names)) for names in frame.columns]"


def has_names_again(frame: pl.DataFrame) -> bool:
    """Whether the first row has words that no other row has: above numbers, and above words that come again and again.

    Args:
        frame: cells as text, below the names of the columns.
    """
    if has_answers_as_names(frame) or has_names_below_groups(frame):
        return True
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


def has_names_below_groups(frame: pl.DataFrame) -> bool:
    """Whether the first row names all columns that have no name above, and some of these, of numbers, stand beside
    another that it names: groups of columns are above them.
    """
    if frame.height <= ANSWERED_AT_LEAST:
        return False
    measured, before = 0, False
    for name, cell, column in zip(frame.columns, frame.row(0), frame.iter_columns(), strict=True):
        below, nameless = column[1:].drop_nulls(), name.startswith(WITHOUT_NAME)
        if cell and (cell in MISSING or PLAIN_MEASURED.search(cell) or (below == cell).any()):
            return False
        if nameless and not cell and len(below):
            return False
        measured += bool(cell) and nameless and before and share_of(below, MEASURED) >= SHARE_OF_A_KIND
        before = bool(cell)
    return measured > 0


def has_answers_as_names(frame: pl.DataFrame) -> bool:
    """Whether the first row has the answers of a question, one above each column of marks, and nothing in the columns
    that all other rows fill, as SurveyMonkey exports several answers.
    """
    if frame.height <= ANSWERED_AT_LEAST:
        return False
    keys, answers = 0, 0
    for name, cell, column in zip(frame.columns, frame.row(0), frame.iter_columns(), strict=True):
        below = column[1:].drop_nulls()
        if not cell:
            keys += len(below) == frame.height - 1
        elif PLAIN_MEASURED.search(cell) or not ((below == cell).all() or (below != cell).all()):
            return False
        else:
            answers += name.startswith(WITHOUT_NAME)
    return keys > 0 and answers >= ANSWERS_AT_LEAST


def joined_names(frame: pl.DataFrame) -> list[str] | None:
    """The names of columns in two lines as one: `2022 Q1`, `2022 Q2`; None where the first row is none of names.

    The upper line has a name for several columns in the first of them, and nothing above the others. A name of one
    column stays as it is.

    Args:
        frame: cells as text, below the upper line of names.
    """
    if not has_names_again(frame):
        return None
    upper = [None if name.startswith(WITHOUT_NAME) else name for name in frame.columns]
    lower = [str(cell).strip() if cell else None for cell in frame.row(0)]
    if not any(above is None and below is not None for above, below in zip(upper, lower, strict=True)):
        return None
    names, group = [], ""
    followed = [
        *(after is None and below is not None for after, below in zip(upper[1:], lower[1:], strict=True)),
        False,
    ]
    for above, below, name, has_more in zip(upper, lower, frame.columns, followed, strict=True):
        group = above or (group if below else "")
        alone = above is not None and not has_more
        names.append(name if alone else " ".join(part for part in (group, below or "") if part) or name)
    return names if len(set(names)) == len(names) else None


def note_on_joined(names: Sequence[str]) -> tuple[str, str, str]:
    """The line that is printed of names in two lines."""
    shown = ", ".join(f"'{name}'" for name in names[:NAMES_SHOWN])
    return "names", "in two lines", f"read as {shown}{', ...' if len(names) > NAMES_SHOWN else ''}"


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
