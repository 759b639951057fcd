"""Several numbers in a cell: blood pressure 120/80, a screen of 1920x1080, a place (48.1, 11.6), 10 x 20 x 30 cm.

Each is a number to learn from, in the order in which they stand; the form of a column says which of how many it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goodfit.data.tables.units import LETTERS

if TYPE_CHECKING:
    import polars as pl

FORM = "number {} of {} in a cell"
FORM_READ = re.compile(r"number (\d) of (\d) in a cell")
DIFFERENT_AT_LEAST = 21  # cells: fewer are names of groups (1920x1080, 1366x768)
SHARE_NEEDED = 0.98  # of the cells
DIGITS_AT_MOST = 6  # of a whole number: longer ones name something (030/1234567)
NUMBER = r"([+-]?\d+(?:[.,]\d+)*)"
UNIT = rf"(?: ?{LETTERS}(?: {LETTERS})?)?"  # mmHg, mm Hg
TIMES = r"[x×*]"
PATTERNS = {  # what stands between the numbers -> the whole cell, of so many numbers
    "/": rf"^{NUMBER} ?/ ?{NUMBER}{UNIT}$",
    ":": rf"^{NUMBER} ?: ?{NUMBER}$",
    "x": rf"(?i)^{NUMBER}{UNIT} ?{TIMES} ?{NUMBER}{UNIT}$",
    "x x": rf"(?i)^{NUMBER}{UNIT} ?{TIMES} ?{NUMBER}{UNIT} ?{TIMES} ?{NUMBER}{UNIT}$",
    "±": rf"^{NUMBER} ?(?:±|\+/-) ?{NUMBER}{UNIT}$",
    ",": rf"^[(\[]? ?{NUMBER}(?:, | ?; ?){NUMBER} ?[)\]]?$",
    "POINT": rf"(?i)^POINT ?\( ?{NUMBER} {NUMBER} ?\)$",  # well-known text of maps
}


def several_form(text: pl.Series) -> tuple[str, int] | None:
    """What stands between the numbers of nearly all cells, and how many they are; None where cells are otherwise.

    None too where one of them names something: with leading zeros, with many digits, or as it counts the rows.

    Args:
        text: cells that are not missing, in one kind of signs.
    """
    import polars as pl

    if text.n_unique() < DIFFERENT_AT_LEAST:
        return None
    for between, pattern in PATTERNS.items():
        fits = text.str.contains(pattern)
        if int(fits.sum()) < SHARE_NEEDED * len(text):
            continue
        count = pattern.count(NUMBER)
        cells = text.filter(fits)
        for at in range(1, count + 1):
            part = cells.str.extract(pattern, at)
            values = part.str.replace_all(",", ".").cast(pl.Float64, strict=False)
            runs = part.n_unique() == len(part) and values.max() - values.min() == len(part) - 1  # type: ignore[operator]  # of numbers
            if runs or part.str.contains(rf"^0\d|^\d{{{DIGITS_AT_MOST + 1},}}$").any():
                return None
        return between, count
    return None


def form_of(at: int, count: int) -> str:
    """The form of a column of which number `at` of each cell is read."""
    return FORM.format(at, count)


def place_of(form: str | None) -> tuple[int, int] | None:
    """Which number of how many a form reads; None of other forms."""
    read = FORM_READ.fullmatch(form or "")
    return None if read is None else (int(read[1]), int(read[2]))


def numbers_in(text: pl.Series, form: str) -> pl.Series:
    """The text of one of the numbers of each cell; null where the cell does not have so many."""
    import polars as pl

    place = place_of(form)
    assert place is not None
    at, count = place
    fitting = [pattern for pattern in PATTERNS.values() if pattern.count(NUMBER) == count]
    return pl.select(pl.coalesce([text.str.extract(pattern, at) for pattern in fitting])).to_series()
