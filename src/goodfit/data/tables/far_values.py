"""A value that stands for a missing one: -999 or 9999, often, and far from all other values of its column."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.date_words import CENTURY_FROM
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import numbers
from goodfit.formatting import listed, number

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_LEAST = 2  # that have it
OTHERS_AT_LEAST = 5  # different values
NINES_AT_LEAST = 2  # digits, all of them nines: 99, -999, 9999.9
CODES = r"-?(?:77+|88+|9+[6-8])"  # of surveys: 77, 88, 97 and 98 for no answer, refused and so on
SIGNS_AT_MOST = 4  # of one column
OTHER_SIGNS = (-2147483648, 2147483647, -32768, 32767, -1e20, 1e20, 65535, 4294967295, -88888, -8888, -888)
NEVER_MEASURED = 1e30  # and beyond: 9.91e37 of instruments, 9.97e36 of netCDF, 3.4e38, the largest float
YEARS_AHEAD = 10  # of plans and contracts
CALENDARS = {"Buddhist": (2443, 2643), "Persian or Islamic": (1300, 1460)}  # first and last year of dates of today
FAR_YEAR, FIRST_YEARS = 2900, (1000, 1753, 1899, 1900, 1904, 1970, 1980)
BEFORE_NOUGHT = (-1, -7, -8, -9)  # say "unknown" among whole numbers that are never negative otherwise
ROWS_OF_ONE_BELOW, TIMES_AS_OFTEN = 5, 3  # that many rows, and as often as 0 and as 1
TIMES_OF_OTHERS = 1.5  # as often as the most frequent of the other ratings
ROWS_OF_NOUGHT, RANGES_ABOVE_NOUGHT = 2, 2.0  # 0 so often, and so many times the range of the others below them
YEARS_APART, RANGES_APART = 50, 10  # of a date that is a slip of the pen: 2203 for 2023
BELOW_ALL = 0.25  # of the range of values that are never negative: so far below nought is far


def far_value(column: pl.Series, decimal: str, form: str | None) -> tuple[str, str] | None:
    """What is to be said of a column of numbers with such a value, and how to settle it; None where there is none."""
    values = numbers(column, decimal, form).drop_nulls().to_numpy()
    if not len(values):
        return None
    for value in (float(values.min()), float(values.max())):
        others = values[values != value]
        rows = len(values) - len(others)
        if value in BEFORE_NOUGHT and rows >= ROWS_OF_ONE_BELOW and _is_alone_below(others, rows):
            what = f"the value {value:.0f} of '{column.name}', in {rows:,} rows, is the only one below 0 and more "
            what += "frequent than its neighbours: it may stand for a missing one, and is read as a number"
            return what, f"If it does, pass --missing {value:.0f}; it then counts as an empty cell"
    if (nought := _far_nought(column.name, values)) is not None:
        return nought
    for lowest in (True, False):
        signs, others = _far_signs(values, lowest=lowest)
        if not signs:
            continue
        more, others = _far_signs(others, lowest=not lowest)  # a sensor that is out of range at either end
        signs = [*signs, *more]
        shown = listed(number(sign, 12) for sign in signs)
        one, rows = len(signs) == 1, len(values) - len(others)
        are = ("is", "it may", "is") if one else ("are", "they may", "are")
        what = (
            f"the value{'' if one else 's'} {shown} of '{column.name}', in {rows:,} rows, {are[0]} far from all others "
        )
        what += f"({number(float(others.min()))} to {number(float(others.max()))}): {are[1]} stand for "
        what += f"{'a missing one' if one else 'missing ones'}, and {are[2]} read as {'a number' if one else 'numbers'}"
        given = ",".join(number(sign, 12).replace(",", "") for sign in signs)
        return what, f"If {shown} {'means' if one else 'mean'} that nothing is known, pass --missing {given}"
    return None


def _far_signs(values: np.ndarray, *, lowest: bool) -> tuple[list[float], np.ndarray]:
    """Signs for missing values at one end, the outermost last, and the values without them; none where none is far."""
    found: tuple[list[float], np.ndarray] = [], values
    taken: list[float] = []
    rest = values
    while len(taken) < SIGNS_AT_MOST:
        value = float(rest.min() if lowest else rest.max())
        others = rest[rest != value]
        rows = len(rest) - len(others)
        if rows < ROWS_AT_LEAST or not _is_sign(value) or len(np.unique(others)) < OTHERS_AT_LEAST:
            break
        rest, taken = others, [value, *taken]
        low, high = float(rest.min()), float(rest.max())
        gap = low - value if lowest else value - high
        if gap >= high - low or (value < 0 <= low and gap >= BELOW_ALL * (high - low)):
            found = taken, rest
    return found


def _far_nought(name: str, values: np.ndarray) -> tuple[str, str] | None:
    """Of 0 in several rows, far below values that lie near to each other: a height of 0 among 150 to 200."""
    others = values[values != 0]
    rows = len(values) - len(others)
    if rows < ROWS_OF_NOUGHT or len(np.unique(others)) < OTHERS_AT_LEAST or 2 * rows >= len(values):
        return None
    low, high = float(others.min()), float(others.max())
    if low < RANGES_ABOVE_NOUGHT * (high - low):
        return None
    what = f"the value 0 of '{name}', in {rows:,} rows, is far below all others ({number(low)} to {number(high)}): it "
    what += "may stand for a missing one, and is read as a number"
    return what, "If it does, pass --missing 0; it then counts as an empty cell"


def _is_alone_below(others: np.ndarray, rows: int) -> bool:
    """Whether -1 is a word among these whole numbers: an ordinary value would be about as frequent as 0 or 1."""
    if not len(others) or others.min() < 0 or (others % 1).any() or len(np.unique(others)) < OTHERS_AT_LEAST:
        return False
    return rows >= TIMES_AS_OFTEN * max(1, int((others == 0).sum()), int((others == 1).sum()))


def far_date(column: pl.Series, form: str | None) -> tuple[str, str] | None:
    """The same of a column of dates: 9999-12-31 for no end, 1900-01-01 for unknown."""
    when = moments(column, form).drop_nulls()
    if not len(when):
        return None
    for day in (when.min(), when.max()):
        assert isinstance(day, datetime)
        others = when.filter(when != day)
        if others.n_unique() < OTHERS_AT_LEAST:
            continue
        if (slip := _slip(column, form, when, day, others)) is not None:
            return slip
        if len(when) - len(others) < ROWS_AT_LEAST or not _is_edge(day):
            continue
        low, high = others.min(), others.max()
        assert isinstance(low, datetime)
        assert isinstance(high, datetime)
        if (low - day if day < low else day - high) >= high - low:
            rows, cell = len(when) - len(others), str(column.filter(moments(column, form) == day)[0])[:10]
            what = f"the date {cell} of '{column.name}', in {rows:,} rows, is far from all others ({low:%Y-%m-%d} to "
            what += f"{high:%Y-%m-%d}): it may stand for a missing one, and is read as a date"
            return what, f"If {cell} means that nothing is known, pass --missing {cell}"
    return None


def _slip(
    column: pl.Series, form: str | None, when: pl.Series, day: datetime, others: pl.Series
) -> tuple[str, str] | None:
    """Of a date that is no frequent edge of a calendar, and decades from all others: 2203-05-01 among those of 2023."""
    low, high = others.min(), others.max()
    assert isinstance(low, datetime)
    assert isinstance(high, datetime)
    apart = low - day if day < low else day - high
    often = len(when) - len(others) >= ROWS_AT_LEAST
    if (often and _is_edge(day)) or apart.days < YEARS_APART * 365 or apart < RANGES_APART * (high - low):
        return None
    cell = str(column.filter(moments(column, form) == day)[0])[:20]
    what = (
        f"the date {cell} of '{column.name}' is far from all others ({low:%Y-%m-%d} to {high:%Y-%m-%d}), and is read "
    )
    return what + "as it is written", f"If it is a slip, correct it, or pass --missing '{cell}'"


def future_date(column: pl.Series, form: str | None) -> tuple[str, str] | None:
    """The same of years of two digits that are read as a far future: 45 is 2045, and a birth of 1945."""
    if form is None or "%y" not in form:
        return None
    when = moments(column, form)
    last = when.max()
    if not isinstance(last, datetime) or last.year <= datetime.now().year + YEARS_AHEAD:
        return None
    cell = str(column.filter(when == last)[0])[:20]
    what = f"years of two digits in '{column.name}' below {CENTURY_FROM} are read as 20xx, such as {cell} as "
    what += f"{last:%Y-%m-%d}"
    return what, "If that is of the century before, write years of four digits"


def other_calendar(column: pl.Series, form: str | None) -> tuple[str, str] | None:
    """The same of dates that are all of years which another calendar has today: 2567 of the Buddhists is 2024."""
    when = moments(column, form).drop_nulls()
    years = when.dt.year()
    named = [name for name, (first, last) in CALENDARS.items() if len(when) and years.is_between(first, last).all()]
    if not named:
        return None
    cell, of = str(column.drop_nulls()[0])[:20], years.to_list()
    what = f"the dates of '{column.name}', such as {cell}, are of the years {min(of)} to {max(of)}: they may be "
    what += f"of the {named[0]} calendar, and are read as Gregorian ones"
    return what, "Write them as Gregorian dates, such as 2024-05-31"


def _is_edge(day: datetime) -> bool:
    """The first day of a calendar of computers, or a day in a far future."""
    return day.year >= FAR_YEAR or (day.year in FIRST_YEARS and (day.month, day.day) in ((1, 1), (12, 30), (12, 31)))


def _is_sign(value: float) -> bool:
    if abs(value) >= NEVER_MEASURED:
        return True
    digits = f"{abs(value):.10g}".replace(".", "")
    nines = len(digits) >= NINES_AT_LEAST and set(digits) == {"9"}
    return nines or value in OTHER_SIGNS or re.fullmatch(CODES, f"{value:.10g}") is not None


def unrated(name: str, values: np.ndarray) -> tuple[str, str] | None:
    """What is to be said of ratings one of which may mean that there is none: 0 below 1 to 10, 99 beside -10 to 10."""
    import polars as pl

    known = values[~np.isnan(values)]
    different, counts = np.unique(known, return_counts=True)
    fix = "If it does, remove these rows"
    if len(different) > OTHERS_AT_LEAST // 2 and different[0] == 0 and different[1] >= 1:
        rows = int(counts[0])
        if rows >= TIMES_OF_OTHERS * counts[1:].max():
            what = f"the rating 0 of '{name}', in {rows:,} rows, is far more frequent than each of the others "
            what += (
                f"({number(float(different[1]))} to {number(float(different[-1]))}): it may stand for no rating, and "
            )
            return what + "is read as the lowest", fix
    far = far_value(pl.Series(name, known), ".", None)
    return None if far is None else (far[0], fix)
