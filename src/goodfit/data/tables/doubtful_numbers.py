"""Numbers that may be something else: versions, hours and minutes, days, and the same measure in two units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.naming_numbers import is_called_code
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.visible import visible
from goodfit.formatting import counted, number
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

ROWS_LOOKED_AT = 20_000  # spread evenly
VALUES_AT_LEAST = 5  # different ones, so that a form is not met by chance
COUNTED = r"^\d{1,3}\.(\d{1,2})$"  # behind the point of a version or a chapter
COUNTS_TO = 30  # decimals of prices go up to 99
WITH_TWO_DIGITS = 3  # cells, such as 1.10
NAMES_OF_CLOCKS = lazy_pattern(r"time|uhrzeit|zeit|heure|hora|ora|clock|tijd|klokke\w*|tid|godzina|время")
CLOCK_OF_SECONDS = r"^(?:[01]\d|2[0-3])(?:[0-5]\d){2}(?:\.\d+)?$"  # 050607.123 of DICOM
CLOCK_WITH_POINT, CLOCK_OF_DIGITS = r"^(?:[01]?\d|2[0-4])\.[0-5]\d$", r"^(?:[01]?\d|2[0-4])?[0-5]?\d$"
NAMES_OF_DAYS = lazy_pattern(r"date|datum|fecha|data|day|tag|jour|dob|birthday|дата")
DAYS = {"%y%m%d": r"^\d{6}$", "%d%m%Y": r"^\d{8}$", "%Y%j": r"^(?:19|20)\d{5}$"}
YEARS, YEARS_IN_A_CENTURY, MOST_ARE_YEARS = (1800, 2100), 100, 0.5
TIMES = (10, 100, 1_000)  # that one unit of a measure is as large as another
POWER_OF_TEN = r"^\d[.,]\d+[eE]\+?\d{2}$"
NAMES_OF_CODES = lazy_pattern(r"icd(?:9|10|cm|code)?|dx|diag(?:nosis)?|code|nace|naics|cpt|drg|dewey|ddc|hs")
PLACES = {
    "latitude": (90, {"lat", "latitude", "breite", "breitengrad"}),
    "longitude": (180, {"lon", "lng", "long", "longitude", "länge", "längengrad"}),
}
NEAR = 0.15  # of it, by the medians
SHARE_OF_A_UNIT = 0.05  # of the values at least, in each of the two


def number_doubt(column: pl.Series, decimal: str, form: str | None) -> tuple[str, str] | None:
    """What is to be said of a column of plain numbers that may be something else, and how to settle it."""
    import polars as pl

    if form is not None:
        return None
    column = column.gather_every(max(1, len(column) // ROWS_LOOKED_AT))
    found = None
    if column.dtype in (pl.String, pl.Categorical, pl.Enum) or column.dtype.is_integer():
        text = visible(column.cast(pl.String)).drop_nulls()
        text = text.filter(text.str.contains(r"^\d"))
        if text.n_unique() >= VALUES_AT_LEAST:
            found = (
                _codes(column.name, text)
                or _counted(column.name, text)
                or _clocks(column.name, text)
                or _days(column.name, text)
            )
    values = numbers(column, decimal).drop_nulls().to_numpy()
    return found or _short_years(column.name, values) or _two_units(column.name, values)


def _codes(name: str, text: pl.Series) -> tuple[str, str] | None:
    """4.00638E+12 of a column of articles, which a spreadsheet cut; 250.0 beside 250.00 of a column of codes."""
    powers = text.filter(text.str.contains(POWER_OF_TEN))
    if is_called_code(re.sub(r"\d+", "", name)) and 2 * len(powers) > len(text):
        what = (
            f"the cells of '{name}', such as {powers[0]}, are codes that a spreadsheet wrote as powers of ten: their "
        )
        return what + "last digits are lost, and they are read as numbers", "Export the column as text"
    words = [word for word in re.split(r"[\W_]+", name.lower()) if word]
    repeated = 2 * text.n_unique() <= len(text)
    if not (any(NAMES_OF_CODES.fullmatch(word) for word in words) and repeated and text.str.contains(r"\d\.\d").all()):
        return None
    what = f"the column '{name}' is read as numbers, such as {text[0]}, and is called a code: nothing lies between two "
    return what + "codes, and 250.0 and 250.00 may be two", f"If it holds codes, pass --categorical '{name}'"


def place_doubt(column: pl.Series, decimal: str, form: str | None) -> tuple[str, str] | None:
    """What is to be said of a column that is called a latitude or longitude, with numbers that are none."""
    words = {word for word in re.split(r"[\W_]+", column.name.lower()) if word}
    kind = next((kind for kind, (_, names) in PLACES.items() if words & names), None)
    if kind is None:
        return None
    values = numbers(column, decimal, form)
    most = PLACES[kind][0]
    beyond = values.abs() > most
    count = int(beyond.sum())
    if not count:
        return None
    cell = str(column.filter(beyond.fill_null(value=False))[0])[:20]
    what = (
        f"{counted(count, 'value')} of '{column.name}', such as {cell}, {'is' if count == 1 else 'are'} beyond {most} "
    )
    what += f"degrees, which no {kind} is, and {'is' if count == 1 else 'are'} read as written"
    return what, "A spreadsheet may have taken a point for one of thousands (52.520.008 for 52.520008): write degrees"


def _counted(name: str, text: pl.Series) -> tuple[str, str] | None:
    """1.9, 1.10, 1.11: what stands behind the point is counted on, and 1.10 is not 1.1."""
    if not text.str.contains(COUNTED).all():
        return None
    behind = text.str.extract(COUNTED, 1)
    two = behind.filter(behind.str.len_chars() == 2)
    if len(two) < WITH_TWO_DIGITS or len(two) == len(behind) or "10" not in two.to_list():
        return None
    if two.str.starts_with("0").any() or int(max(two.to_list())) > COUNTS_TO:
        return None
    cell = text.filter(text.str.ends_with(".10"))[0]
    what = f"the column '{name}' is read as numbers, so that {cell} is {cell[:-1]}; versions and chapters count on "
    return what + "behind the point", f"If these are such, pass --categorical '{name}'"


def _clocks(name: str, text: pl.Series) -> tuple[str, str] | None:
    """14.30 and 1430 of a column that is called a time: 14.60 is none."""
    if NAMES_OF_CLOCKS.search(name.lower()) and text.str.contains(CLOCK_OF_SECONDS).all():
        cell = text[0]
        clock = f"{cell[:2]}:{cell[2:4]}:{cell[4:]}"
        what = f"the column '{name}' is read as plain numbers, and its cells look like hours, minutes and seconds: "
        return f"{what}{cell} may be {clock}", f"If it is, write {clock}"
    pattern = next((each for each in (CLOCK_WITH_POINT, CLOCK_OF_DIGITS) if text.str.contains(each).all()), None)
    if pattern is None or not NAMES_OF_CLOCKS.search(name.lower()):
        return None
    cells = text.filter(text.str.len_chars() >= 3)
    if cells.n_unique() < VALUES_AT_LEAST or 2 * len(cells) < len(text):
        return None
    minutes = cells.str.slice(-2).cast(int)
    if int(minutes.max() or 0) < COUNTS_TO:  # type: ignore[arg-type]  # of whole numbers
        return None
    cell = cells[0]
    hours = cell.replace(".", ":") if "." in cell else f"{cell[:-2] or '0'}:{cell[-2:]}"
    what = f"the column '{name}' is read as plain numbers, and its cells look like hours and minutes: {cell} may be "
    return what + hours, f"If it is, write {hours}"


def _days(name: str, text: pl.Series) -> tuple[str, str] | None:
    """230512 of a column that is called a date."""
    if not NAMES_OF_DAYS.search(name.lower()):
        return None
    for form, pattern in DAYS.items():
        if not text.str.contains(pattern).all():
            continue
        days = text.str.to_datetime(form, strict=False)
        if days.null_count() == 0:
            what = f"the column '{name}' is read as plain numbers, and its cells look like days: {text[0]} may be "
            return f"{what}{days[0]:%Y-%m-%d}", f"If it is, write {days[0]:%Y-%m-%d}"
    return None


def _short_years(name: str, values: np.ndarray) -> tuple[str, str] | None:
    """98 among 1990 to 2020."""
    years = (values >= YEARS[0]) & (values <= YEARS[1]) & (values % 1 == 0)
    short = (values >= 0) & (values < YEARS_IN_A_CENTURY) & (values % 1 == 0)
    if not short.any() or not (years | short).all() or years.sum() < MOST_ARE_YEARS * len(values):
        return None
    what = f"{counted(int(short.sum()), 'value')} of '{name}', such as {number(float(values[short][0]))}, "
    what += f"{'is' if short.sum() == 1 else 'are'} below 100 among years ({values[years].min():.0f} to "
    return f"{what}{values[years].max():.0f}), and read so", "Write years of four digits"


def _two_units(name: str, values: np.ndarray) -> tuple[str, str] | None:
    """1.62 to 1.95 beside 155 to 198: the same measure in metres and in centimetres."""
    values = np.sort(values[values > 0])
    if len(values) < 4 * VALUES_AT_LEAST:
        return None
    ratios = values[1:] / values[:-1]
    cut = int(ratios.argmax()) + 1
    small, large = values[:cut], values[cut:]
    if min(len(small), len(large)) < SHARE_OF_A_UNIT * len(values):
        return None
    if min(len(np.unique(small)), len(np.unique(large))) < VALUES_AT_LEAST:
        return None
    times = float(np.median(large) / np.median(small))
    unit = next((each for each in TIMES if abs(times / each - 1) <= NEAR), None)
    inside = max(small[-1] / small[0], large[-1] / large[0])
    if unit is None or ratios[cut - 1] < max(inside, 2.0):
        return None
    ranges = [f"{number(float(part[0]))} to {number(float(part[-1]))}" for part in (small, large)]
    what = f"{counted(len(small), 'value')} of '{name}' ({ranges[0]}) are about {unit:,} times as small as the others "
    return f"{what}({ranges[1]}), with none between: they may be in another unit", "Write all of them in one unit"
