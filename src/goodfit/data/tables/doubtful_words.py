"""Words that may be something else: several values in a cell, and ranges that a spreadsheet took for dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goodfit.data.tables.words import texts
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = {";": ";", "|": "|", ",": ", "}  # what stands between the values of a cell -> what it is said to be
IN_BRACKETS = lazy_pattern(r"[\[({].*[\])}]")
COMBINATIONS_AT_LEAST = 4  # different cells of several values
CELLS_AT_LEAST, SHARE_AT_LEAST = 5, 0.2
LEVELS_LOOKED_AT = 2_000
VALUES_SHOWN = 3
PREDICTS_EACH = "--task multilabel splits the cells, and predicts each value by itself"
MISREAD = lazy_pattern("[ÂÃÄÅ][\u0080-\u00bfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â€")  # two signs of UTF-8, as Windows-1252
LONGEST = 40
SHOWN_CELL = 60
OBJECT = lazy_pattern(r"(?s)\s*(?:\[.*\]|\{.*\})\s*")  # lists and objects of JSON and Python
BYTES = lazy_pattern(r"(?s)b(?:'.*'|\".*\")")
ERROR = lazy_pattern(r"#(?:REF!|NAME\?|DIV/0!|VALUE!|NUM!|NULL!|N/A|BEZUG!|WERT!|ZAHL!|VALEUR!)")
RANGE = lazy_pattern(r"\d{1,3} ?[-–] ?\d{1,3}")
MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAY_OF_MONTH = lazy_pattern(rf"\d{{1,2}}-(?:{MONTH})|(?:{MONTH})-\d{{1,2}}")


def several_values_doubt(column: pl.Series, *, of_target: bool = False) -> tuple[str, str] | None:
    """What is to be said of cells such as Bus;Train;Car of a question with several answers; None of others.

    The values come again in other combinations: there are fewer of them than combinations, or each stands alone too.

    Args:
        of_target: whether the column is the target.
    """
    levels = _levels(column)
    for separator, mark in SEPARATORS.items():
        split = [[part.strip() for part in level.split(separator)] for level in levels if separator in level]
        if (len(split) < COMBINATIONS_AT_LEAST and not _stand_alone(split, levels)) or any(
            IN_BRACKETS.fullmatch(level) for level in levels
        ):
            continue
        values = dict.fromkeys(part for parts in split for part in parts if part)
        alone = {level.strip() for level in levels if separator not in level}
        again = len(values | dict.fromkeys(alone)) < len(levels)
        if not again or any(re.fullmatch(r"[\d.+-]*", value) for value in values):
            continue
        cells = int(texts(column).str.contains(separator, literal=True).sum())
        if cells < max(CELLS_AT_LEAST, SHARE_AT_LEAST * len(column)):
            continue
        shown = ", ".join(f"'{value}'" for value in list(values)[:VALUES_SHOWN])
        what = f"the cells of '{column.name}' seem to hold several values each, with {separator!r} between them "
        what += f"({shown}{', ...' if len(values) > VALUES_SHOWN else ''}): each of {len(levels):,} combinations is a "
        what += "value of its own"
        if of_target:
            return what.removesuffix("value of its own") + "class of its own", PREDICTS_EACH
        return what, f"Make a column of each value: in pandas by frame['{column.name}'].str.get_dummies('{mark}')"
    return None


def _stand_alone(split: list[list[str]], levels: list[str]) -> bool:
    """Whether most values of these cells are levels by themselves: bad and good beside bad;good."""
    known = {level.strip() for level in levels}
    values = {part for parts in split for part in parts if part}
    return len(values) > 1 and 2 * len(values & known) > len(values)


def dates_among_ranges_doubt(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of Oct-15 among 0-5 and 16-20, which a spreadsheet made of 10-15; None of others."""
    levels = _levels(column)
    dates = [level for level in levels if DAY_OF_MONTH.fullmatch(level)]
    ranges = [level for level in levels if RANGE.fullmatch(level)]
    if not dates or not ranges or len(dates) > len(ranges):
        return None
    what = (
        f"the column '{column.name}' has '{dates[0]}' among ranges such as '{ranges[0]}': a spreadsheet may have taken "
        "a range for a date"
    )
    return what, "Write it as a range again, or leave the column out"


def written_objects_doubt(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of words that are lists, objects or bytes as a program prints them; None of others."""
    levels = _levels(column)
    for pattern, kind, fix in (
        (OBJECT, "lists or objects written as text", "Make a column of each of their values"),
        (BYTES, "bytes as Python prints them, in which \\xe9 stands for a letter", "Write them with .decode()"),
    ):
        if levels and all(pattern.fullmatch(level) for level in levels):
            shown = levels[0] if len(levels[0]) <= SHOWN_CELL else f"{levels[0][:SHOWN_CELL]}..."
            what = (
                f"the cells of '{column.name}' are {kind}, such as {shown}: they are read as the words that stand there"
            )
            return what, fix
    return None


def errors_doubt(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of #REF! and #NAME? among words: a spreadsheet could not compute these cells."""
    errors = [level for level in _levels(column) if ERROR.fullmatch(level)]
    if not errors:
        return None
    cells = int(texts(column).is_in(errors).sum())
    what = (
        f"{counted(cells, 'cell')} of '{column.name}' {'is an error' if cells == 1 else 'are errors'} of a spreadsheet"
    )
    what += f" ({', '.join(errors[:VALUES_SHOWN])}), and {'is' if cells == 1 else 'are'} read as a value like others"
    return what, f"--missing '{','.join(errors)}' reads them as empty cells"


def misread_doubt(column: pl.Series) -> tuple[str, str] | None:
    """What is to be said of KÃ¶ln, which was Köln before somebody read UTF-8 as Windows-1252; None of other words."""
    for level in _levels(column):
        if not MISREAD.search(level):
            continue
        try:
            meant = level.encode("cp1252").decode("utf-8")
        except UnicodeError:
            continue
        what = f"the column '{column.name}' has '{level[:LONGEST]}', which was '{meant[:LONGEST]}' before it was read "
        what += "in a wrong encoding and saved again: it is another word than that here"
        return what, "Export the data again, as UTF-8"
    return None


def _levels(column: pl.Series) -> list[str]:
    import polars as pl

    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return []
    levels = texts(column).drop_nulls().unique(maintain_order=True).head(LEVELS_LOOKED_AT)
    return [str(level) for level in levels.to_list()]
