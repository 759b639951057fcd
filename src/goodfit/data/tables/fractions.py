"""Numbers written as fractions: 3/4, 1 1/2, ½, 2¼. They are read as decimals, in a column that is nothing else.

What is below the line says whether a cell is one: a share of something (4 of 5, 7 of 16) has the measure of the others,
or is never above one. 126/83 is a pair of numbers (blood pressure), 3/37 beside 9/4 a staircase and a door, 3/14 beside
12/25 may be days of months, and 17/2023 is an invoice: none of these is a fraction of something.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

FRACTIONS = "fractions"  # the form of a column of such numbers
SIGNS = {sign: unicodedata.normalize("NFKC", sign).replace("\u2044", "/") for sign in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"}
SIGN = f"[{''.join(SIGNS)}]"
UNITS = {  # that are divided so -> how they are written
    "in": r"in|inch|inches|\"", "ft": "ft|feet|foot", "yd": "yds?|yards?", "mi": "mi|miles?", "cup": "cups?",
    "tsp": "tsps?|teaspoons?", "tbsp": "tbsps?|tablespoons?", "lb": "lbs?|pounds?", "oz": "oz|ounces?",
}  # fmt: skip
FRACTION = r"^([+-]?)(?:(\d{1,6})[ -])?(0|[1-9]\d{0,5}) ?/ ?([1-9]\d{0,5})$"  # 03/24 is none
VALUES_AT_LEAST = 3  # different ones: two are two groups
PROPER_AT_LEAST = 0.5  # of the fractions are smaller than 1
MONTHS, DAYS = 12, 31
MEASURES = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 64, 100]  # denominators; with others 3/14 may be a day of a month
YEARS = 1900, 2100  # below the line, in all cells: 17/2023 has a number and a year


def plain_fractions(text: pl.Series) -> pl.Series:
    """½ as 1/2, 1½ as 1 1/2, in cells of one kind of spaces."""
    if not text.str.contains(SIGN).any():
        return text
    text = text.str.replace("\u2044", "/").str.replace(rf"(\d)({SIGN})", "${1} ${2}")
    return text.str.replace_many(list(SIGNS), list(SIGNS.values()))


def form_of_fractions(text: pl.Series) -> str | None:
    """The form of cells of which some are fractions, with the unit that stands behind them; None of others."""
    if not text.str.contains(rf"/|{SIGN}").any():
        return None
    counts = {name: int(text.str.contains(_behind(name)).sum()) for name in UNITS}
    unit = max(counts, key=counts.__getitem__)
    form = f"{FRACTIONS} {unit}" if counts[unit] else FRACTIONS
    return form if has_fractions(without_unit_of_fractions(text, form)) else None


def without_unit_of_fractions(text: pl.Series, form: str) -> pl.Series:
    """5 3/8 for 5 3/8 in, where the form has this unit; with others cells stay as they are."""
    unit = form.removeprefix(FRACTIONS).strip()
    return text.str.replace(_behind(unit), "${1}") if unit in UNITS else text


def _behind(unit: str) -> str:
    return rf"(?i)([\d{''.join(SIGNS)}]) ?(?:{UNITS[unit]})\.?$"


def fractions(text: pl.Series) -> pl.Series:
    """Float64 of each, null where a cell is none."""
    import polars as pl

    text = plain_fractions(text)
    whole, above, below = (text.str.extract(FRACTION, group).cast(pl.Float64, strict=False) for group in (2, 3, 4))
    values = whole.fill_null(0) + above / below
    return pl.select(pl.when(text.str.starts_with("-")).then(-values).otherwise(values)).to_series()


def has_fractions(text: pl.Series) -> bool:
    """Whether some of these cells, in one kind of spaces, are fractions, and not pairs or days of months."""
    import polars as pl

    if not text.str.contains(rf"/|{SIGN}").any():
        return False
    text = plain_fractions(text)
    text = text.filter(text.str.contains(FRACTION))
    if not len(text) or text.n_unique() < VALUES_AT_LEAST:
        return False
    whole, above, below = (text.str.extract(FRACTION, group).cast(pl.Int64) for group in (2, 3, 4))
    proper = whole.is_not_null() | (above <= below)
    if not float(proper.mean() or 0) >= PROPER_AT_LEAST:  # type: ignore[arg-type]  # polars types the mean of every kind of column
        return False
    if whole.is_not_null().any() or below.is_in(MEASURES).all():
        return True
    if below.is_between(*YEARS).all() or not proper.all():
        return False
    days = ((above <= MONTHS) & (below <= DAYS) | (above <= DAYS) & (below <= MONTHS)).all()
    return not days or min(above.n_unique(), below.n_unique()) == 1
