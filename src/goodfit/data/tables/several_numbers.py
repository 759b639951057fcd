"""Several numbers in a cell: blood pressure 120/80, a screen of 1920x1080, a place 48.1,11.6, 10 x 20 x 30 cm, an
estimate with its interval 2.1 (0.5-4.5), a mean with its deviation 5.2 (1.3), a count with its share 12 (34.5%).

Each is a number to learn from, in the order in which they stand; the form of a column says which of how many it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.units import LETTERS
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

FORM = "number {} of {} in a cell"
FORM_READ = lazy_pattern(r"number (\d) of (\d) in a cell")
DIFFERENT_AT_LEAST = 21  # cells: fewer are names of groups (1920x1080, 1366x768)
SHARE_NEEDED = 0.98  # of the cells
DIGITS_AT_MOST = 6  # of a whole number: longer ones name something (030/1234567)
A_YEAR = r"^(?:19|20)\d\d$"  # before or behind a slash, in all cells: 17/2023 is an invoice
GROUP = "([+-]?"  # of a number in a pattern
NUMBER = rf"{GROUP}\d+(?:[.,]\d+)*)"
TWO_NUMBERS = r"\d\D+\d"  # in each pattern below: words are seen to have none before the patterns are compiled
POINTED = rf"{GROUP}\d+\.\d+)"  # a comma beside it is not its decimal mark
UNIT = rf"(?: ?(?:%|{LETTERS}(?: {LETTERS})?))?"  # mmHg, mm Hg
OPEN, CLOSE = r" ?[(\[] ?", r" ?[)\]]$"
INTERVAL = r"(?:\d\d ?% ?)?(?:[CK]I|IC)?[:,=]? ?"  # 95% CI: in the brackets
TO = r"(?: ?(?:-|to|bis|;|\.\.|…) ?|, )"
TIMES = r"[x×*]"
PATTERNS = {  # what stands between the numbers -> the whole cell, of so many numbers
    "/": rf"^{NUMBER} ?/ ?{NUMBER}{UNIT}$",
    ":": rf"^{NUMBER} ?: ?{NUMBER}$",
    "x": rf"(?i)^{NUMBER}{UNIT} ?{TIMES} ?{NUMBER}{UNIT}$",
    "x x": rf"(?i)^{NUMBER}{UNIT} ?{TIMES} ?{NUMBER}{UNIT} ?{TIMES} ?{NUMBER}{UNIT}$",
    "±": rf"^{NUMBER} ?(?:±|\+/-) ?{NUMBER}{UNIT}$",
    "( ,": rf"(?i)^{NUMBER}{UNIT}{OPEN}{INTERVAL}{POINTED},{POINTED}{UNIT}{CLOSE}",
    "(": rf"^{NUMBER}{UNIT}{OPEN}{NUMBER}{UNIT}{CLOSE}",
    "( -": rf"(?i)^{NUMBER}{UNIT}{OPEN}{INTERVAL}{NUMBER}{UNIT}{TO}{NUMBER}{UNIT}{CLOSE}",
    "+": rf"^{GROUP}\d+(?:[.,]\d{{1,3}})?) ?\+ ?{NUMBER}$",  # weeks and days: 38+4; 1.2345+1 may be a power
    ",": rf"^[(\[]? ?{NUMBER}(?:, | ?; ?){NUMBER} ?[)\]]?$",
    ", ,": rf"^[(\[]? ?{NUMBER}(?:, | ?; ?){NUMBER}(?:, | ?; ?){NUMBER} ?[)\]]?$",
    ".,": rf"^[(\[]? ?{POINTED}(?: ?, ?| ){POINTED} ?[)\]]?$",
    "POINT": rf"(?i)^POINT ?\( ?{NUMBER} {NUMBER} ?\)$",  # well-known text of maps
}


def several_form(text: pl.Series) -> tuple[str, int] | None:
    """What stands between the numbers of nearly all cells, and how many they are; None where cells are otherwise.

    None too where one of them names something: with leading zeros, with many digits, as a year, or as it counts
    the rows.

    Args:
        text: cells that are not missing, in one kind of signs.
    """
    import polars as pl

    if text.n_unique() < DIFFERENT_AT_LEAST or text.str.contains(TWO_NUMBERS).sum() < SHARE_NEEDED * len(text):
        return None
    for between, pattern in PATTERNS.items():
        fits = text.str.contains(pattern)
        if int(fits.sum()) < SHARE_NEEDED * len(text):
            continue
        count = pattern.count(GROUP)
        cells = text.filter(fits)
        for at in range(1, count + 1):
            part = cells.str.extract(pattern, at)
            values = part.str.replace_all(",", ".").cast(pl.Float64, strict=False)
            if between == "/" and part.str.contains(A_YEAR).all():
                return None
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
    fitting = [pattern for pattern in PATTERNS.values() if pattern.count(GROUP) == count]
    return pl.select(pl.coalesce([text.str.extract(pattern, at) for pattern in fitting])).to_series()
