"""Dates and times as people and programs write them -> instants."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from goodfit.data.tables.date_words import CENTURY_FROM, plain_dates, plain_form
from goodfit.data.tables.visible import CELLS_LOOKED_AT, visible
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

SHARE_NEEDED = 0.98  # of the values: then the others are slips, and count as missing
ROWS_TRIED = 1_000
DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d %b %Y", "%b %d %Y", "%Y %b %d", "%d %b %y", "%b %d %y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%Y%m%d",
)  # fmt: skip
CLOCKS = ("%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")
MONTHS = (
    "%Y-%m",
    "%Y/%m",
    "%m/%Y",
    "%m-%Y",
    "%m.%Y",
    "%Y%m",
    "%b %Y",
    "%Y %b",
)  # the first day of them
MONTHS_OF_DIGITS = {  # among as many different ones, no other number looks so
    "%m.%Y": r"^(?:0[1-9]|1[0-2])\.(?:19|20)\d{2}$",
    "%Y%m": r"^(?:19[5-9]\d|20[0-4]\d)(?:0[1-9]|1[0-2])$",
}
MONTHS_AT_LEAST = 3
QUARTERS = "%Y quarter"  # 2024Q1, 2024-Q1: the first day
QUARTER = r"^(\d{4})[ -]?[Qq]([1-4])$"
WEEKS = "%G week"  # 2024-W05, and perhaps a day of it; else its Monday
WEEK = r"^(\d{4}-W\d{2}-[1-7])$"
DAY_OF_YEAR = r"^(\d{4}-\d{3})$"  # of three digits: 2024-05 is a month
YEAR_DAYS = "%Y-%j"  # 2024-074, in a column that is named a date: elsewhere it is a number of a bill
STAMPS = {  # digits alone, in a column that is named a date or time -> their form
    "%Y%m%d%H": r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])$",
    "%Y%m%d%H%M": r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$",
    "%Y%m%d%H%M%S": r"^(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){2}$",
}
YEARS, EXCEL_DAYS = (
    "%Y",
    "excel days",
)  # among other forms alone; days since 1899-12-30, where a spreadsheet lost the form
EXCEL_DAY_OF_1970 = 25_569
EXCEL_DAYS_OF_DATES = (20_000, 73_050)  # 1954 to 2099
NAMES_OF_DATES = ("date", "datetime", "datum", "fecha", "dob", "birthday")
EXCEL_DAY = r"^([2-6]\d{4}(?:\.\d+)?)$"
YEAR = r"^((?:1[5-9]|2[01])\d{2})$"
MIXED, FORMS_AT_MOST, SHARE_OF_A_FORM = " | ", 3, 0.3  # of a column in several forms; of what no form before reads
EXCHANGED = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}  # day first, month first
BOTH = {*EXCHANGED, *EXCHANGED.values()}
ISO = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")  # of programs
CLEAR = (
    *ISO,
    "%d %b %Y",
    "%b %d %Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%Y%m%d",
)  # in which day and month are what they are: read in all
UNIX = {"unix s": 1_000_000, "unix ms": 1_000, "unix us": 1}  # form -> microseconds of a unit
UNIX_MIXED = "unix s, ms or us"  # each by its size
UNIX_RANGES = {"unix s": (1e8, 5e9), "unix ms": (1e11, 5e12), "unix us": (1e14, 5e15)}  # from 1973 to 2128
ZONE = r"^(.*:\d{2}(?:[.,]\d+)?(?: ?[AaPp][Mm])?) ?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
FIRST_YEAR = 1000
CALLED_A_TIME = lazy_pattern(r"date|datum|time|zeit|stamp|fecha|hora|heure|valid|obs|day\b|tag\b")
NAMES_OF_TIMES = ("time", "timestamp", "date", "datetime", "when", "ts", "at", "unix", "epoch", "created", "updated")


def moments(column: pl.Series, form: str | None) -> pl.Series:
    """Datetimes in UTC, null where a value is none. Times without a zone are taken as UTC.

    Args:
        form: of text (None: ISO alone) or numbers, from `date_form` or `unix_form`.
    """
    import polars as pl

    dtype = column.dtype
    if dtype == pl.Date:
        return column.cast(pl.Datetime("us"))
    if dtype == pl.Datetime:
        aware = getattr(dtype, "time_zone", None) is not None
        naive = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if aware else column
        return naive.cast(pl.Datetime("us"))
    if form in UNIX or form == UNIX_MIXED:
        values = column.cast(pl.Float64, strict=False)
        factor = _unix_factors(values) if form == UNIX_MIXED else pl.repeat(UNIX[str(form)], len(values), eager=True)
        inside = values.is_finite() & (values.abs() < 1e18 / factor)
        micros = pl.select(pl.when(inside).then((values * factor).round())).to_series()
        return micros.cast(pl.Int64, strict=False).cast(pl.Datetime("us")).rename(column.name)
    if dtype.is_numeric():
        days = _of_excel(column.cast(pl.Float64))
        if form != EXCEL_DAYS and days.null_count() > column.null_count():
            written = moments(column.cast(pl.Int64, strict=False).cast(pl.String), form)
            days = pl.select(pl.coalesce(days, written)).to_series()
        return days.rename(column.name)
    if dtype not in (pl.String, pl.Categorical, pl.Enum):
        return pl.Series(column.name, [None] * len(column), dtype=pl.Datetime("us"))
    text = plain_dates(visible(column))
    forms = [ISO[0]] if form is None else [plain_form(each) for each in form.split(MIXED)]
    zoned = text.str.contains(ZONE)
    has_zones, zones = bool(zoned.any()), text.str.extract(ZONE, 2)
    if has_zones:
        text = pl.select(pl.when(zoned).then(text.str.extract(ZONE, 1)).otherwise(text)).to_series()
    text = text.str.replace(r"^(\d{4}-\d{2}-\d{2})T", "${1} ")
    read = _parsed(text, forms[0])
    for other in dict.fromkeys([*forms[1:], *CLEAR, EXCEL_DAYS]):
        if other != forms[0] and read.null_count() > text.null_count():
            read = pl.select(pl.coalesce(read, _parsed(text, other))).to_series()
    if has_zones:
        read = read - pl.select(pl.duration(minutes=pl.lit(_minutes(zones).fill_null(0)))).to_series()
    return read.rename(column.name)


def _unix_factors(values: pl.Series) -> pl.Series:
    """Microseconds of the unit that each of these times is in, by its size; null of what is no such time."""
    import polars as pl

    inside = [pl.when(values.is_between(*UNIX_RANGES[form])).then(factor) for form, factor in UNIX.items()]
    return pl.select(pl.coalesce(inside)).to_series()


def serial_days(column: pl.Series, form: str | None) -> list[float | str]:
    """The cells of a column of dates that are serial days of Excel, where its form has none.

    Args:
        form: of the dates; None: ISO.
    """
    import polars as pl

    if form is not None and (form in (*UNIX, UNIX_MIXED) or EXCEL_DAYS in form.split(MIXED)):
        return []
    if column.dtype.is_numeric():
        return column.filter(column.is_between(*EXCEL_DAYS_OF_DATES)).to_list()
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return []
    if len(column) <= CELLS_LOOKED_AT:
        return [cell for cell in column.to_list() if cell is not None and re.match(EXCEL_DAY, cell.strip())]
    text = visible(column)
    return text.filter(text.str.contains(EXCEL_DAY)).to_list()


def _of_excel(days: pl.Series) -> pl.Series:
    """Of serial days, null beyond those that are taken for some."""
    import polars as pl

    inside = days.is_finite() & days.is_between(*EXCEL_DAYS_OF_DATES)
    micros = pl.select(pl.when(inside).then(((days - EXCEL_DAY_OF_1970) * 86_400e6).round())).to_series()
    return micros.cast(pl.Int64, strict=False).cast(pl.Datetime("us"))


def _minutes(zones: pl.Series) -> pl.Series:
    """East of Greenwich."""
    import polars as pl

    sign = pl.select(pl.when(zones.str.starts_with("-")).then(-1).otherwise(1)).to_series()
    hours = zones.str.extract(r"[+-](\d{2})", 1).cast(pl.Int64).fill_null(0)
    return sign * (hours * 60 + zones.str.extract(r"[+-]\d{2}:?(\d{2})", 1).cast(pl.Int64).fill_null(0))


def _parsed(text: pl.Series, form: str) -> pl.Series:
    import polars as pl

    form = form.replace("T", " ")
    if form == QUARTERS:
        month = (text.str.extract(QUARTER, 2).cast(pl.Int32) * 3 - 2).cast(pl.String).str.zfill(2)
        text, form = text.str.extract(QUARTER, 1) + "-" + month + "-01", "%Y-%m-%d"
    if form == WEEKS:
        text, form = text.str.extract(WEEK, 1), "%G-W%V-%u"
    elif form == YEAR_DAYS:
        text = text.str.extract(DAY_OF_YEAR, 1)
    elif form == YEARS:
        text, form = text.str.extract(YEAR, 1) + "-01-01", "%Y-%m-%d"
    elif form == EXCEL_DAYS:
        return _of_excel(text.str.extract(EXCEL_DAY, 1).cast(pl.Float64))
    elif form == "%Y%m%d%H":
        text, form = text + "00", "%Y%m%d%H%M"
    if form in MONTHS:
        text, form = "1 " + text, f"%d {form}"
    if "%y" in form:  # of two digits: 1.2.3 is a version
        text = pl.select(pl.when(text.str.contains(r"\D\d{2}(?: .*)?$")).then(text)).to_series()
    if "%H" in form or "%I" in form:
        read = text.str.to_datetime(form, strict=False, time_unit="us")
    else:
        read = text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    if "%y" in form:  # polars reads 69 as 2069
        late = read.dt.year() == 2000 + CENTURY_FROM
        read = pl.select(pl.when(late).then(read.dt.offset_by("-100y")).otherwise(read)).to_series()
    return pl.select(pl.when(read.dt.year() >= FIRST_YEAR).then(read)).to_series()  # 1/2/24 is not of the year 1


def date_form(values: pl.Series) -> str | None:
    """The first form that nearly all of these texts have; else a few forms, of which each text has one."""

    text = visible(values)
    sample = plain_dates(text.gather_every(max(1, len(text) // ROWS_TRIED)))
    like = sample.str.contains(r"^[\p{L}., ]{0,12}\d{1,4}[-/.,: ]{0,2}[\p{L}\d]") & (sample.str.len_chars() <= 40)
    if like.mean() < SHARE_NEEDED:  # type: ignore[operator]  # a mean of booleans is a number
        return None
    text = plain_dates(text)
    clocks = sample.str.contains(":", literal=True).mean()
    with_clock = bool(clocks >= SHARE_NEEDED)  # type: ignore[operator]  # a mean of booleans is a number
    timed = [f"{date} {clock}" for date, clock in product(DATES, CLOCKS)]
    days = (YEAR_DAYS,) if CALLED_A_TIME.search(values.name.lower()) else ()
    forms = timed if with_clock else [*DATES, *days, *(form for form in MONTHS if form != "%Y%m"), QUARTERS, WEEKS]
    for form in forms:
        if _fits(sample, form) and _fits(text, form):
            return form
    mixed = _mixed_form(sample, [*forms, *(timed if clocks and not with_clock else ()), YEARS, EXCEL_DAYS])
    return mixed if mixed is not None and _fits(text, mixed) else None


def _mixed_form(sample: pl.Series, forms: Sequence[str]) -> str | None:
    """Forms of which each reads the most of what those before it do not; None where they do not read nearly all.

    Day before month in some cells and month before day in others is none: it would be read one way where both can be.
    """
    chosen: list[str] = []
    left, first = sample, len(sample)
    while len(left) > (1 - SHARE_NEEDED) * first and len(chosen) < FORMS_AT_MOST:
        counts = [len(left) - moments_of_form(left, form).null_count() for form in forms]
        best = int(max(range(len(forms)), key=counts.__getitem__))
        if counts[best] < max(2, SHARE_OF_A_FORM * len(left)):
            return None
        chosen.append(forms[best])
        left = left.filter(moments_of_form(left, forms[best]).is_null())
    dates = {form.split(" %H")[0].split(" %I")[0] for form in chosen}
    both = any(one in dates and other in dates for one, other in EXCHANGED.items())
    known = not dates <= {YEARS, EXCEL_DAYS}
    return MIXED.join(chosen) if known and not both and len(left) <= (1 - SHARE_NEEDED) * first else None


def dates_among(values: pl.Series) -> tuple[int, str] | None:
    """How many of these texts are dates of one form, and the first that is none, where most are; None of others."""
    text = visible(values)
    sample = plain_dates(text.gather_every(max(1, len(text) // ROWS_TRIED)))
    for form in DATES:
        if 2 * moments_of_form(sample, form).null_count() < len(sample):
            gone = text.filter(moments_of_form(plain_dates(text), form).is_null())
            return (len(text) - len(gone), str(gone[0])) if len(gone) else None
    return None


def exchanged(values: pl.Series, form: str) -> str | None:
    """The form with day and month exchanged, where all of these texts have it as well."""
    other = swapped(form)
    return other if other is not None and _fits(plain_dates(values), other) else None


def swapped(form: str) -> str | None:
    """The form with day and month exchanged; None where they can be told apart."""
    for one, other in EXCHANGED.items():
        for this, that in ((one, other), (other, one)):
            if any(each.startswith(this) for each in form.split(MIXED)):
                return MIXED.join(each.replace(this, that) for each in form.split(MIXED))
    return None


def shown_form(form: str) -> str:
    """day/month/year, for people."""
    names = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year"}
    dates = (re.split(" %[HI]", each)[0] for each in form.split(MIXED))
    return " or ".join(re.sub(r"%[dmYy]", lambda match: names[match[0]], date) for date in dates)


def in_order(values: pl.Series, form: str, date_order: str | None) -> tuple[str, str | None]:
    """The form in the order that the user says, where both can be; and the other one, where nothing says.

    Args:
        date_order: day or month; None: not said.
    """
    other = exchanged(values, form)
    if other is None or date_order is None:
        return form, other
    begins = any(each.startswith(f"%{date_order[0]}") and each.startswith(tuple(BOTH)) for each in other.split(MIXED))
    return (other if begins else form), None


def month_form(present: pl.Series) -> str | None:
    """The form of months that are numbers as well: 05.2024 as text, 202405; None where a value is none."""

    text = visible(present)
    if text.n_unique() < MONTHS_AT_LEAST:
        return None
    return next((form for form, pattern in MONTHS_OF_DIGITS.items() if text.str.contains(pattern).all()), None)


def stamp_form(present: pl.Series) -> str | None:
    """The form of 2024031406 and 20240314061500, in a column that is named a date or time; None where one is none."""
    import polars as pl

    if not CALLED_A_TIME.search(present.name.lower()) or not (
        present.dtype.is_integer() or present.dtype in (pl.String, pl.Categorical, pl.Enum)
    ):
        return None
    text = visible(present.cast(pl.String))
    form = next((form for form, pattern in STAMPS.items() if text.str.contains(pattern).all()), None)
    return form if form is not None and text.n_unique() >= MONTHS_AT_LEAST and _fits(text, form) else None


def unix_form(name: str, values: pl.Series) -> str | None:
    """Seconds (or thousandths, millionths) since 1970, in a column that is named a time."""
    words = name.lower().replace("-", "_").replace(" ", "_").split("_")
    if not any(word in NAMES_OF_TIMES or word.endswith(("time", "date", "stamp")) for word in words):
        return None
    return unix_units(values)


def unix_units(values: pl.Series) -> str | None:
    """The unit of these times since 1970, or that each is in its own; None where one is no such time."""
    low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]  # of numbers
    one = next((form for form, (least, most) in UNIX_RANGES.items() if least <= low and high <= most), None)
    mixed = one is None and not _unix_factors(values.drop_nulls()).is_null().any()
    return UNIX_MIXED if mixed else one


def excel_form(name: str, values: pl.Series) -> str | None:
    """Serial days of Excel, in a column that is named a date: a cell that lost its form."""
    words = re.split(r"[-_ ./]", name.lower())
    if not any(word in NAMES_OF_DATES or re.search(r"[a-z](?<!up)date$", word) for word in words):
        return None
    inside = len(values) >= MONTHS_AT_LEAST and bool(values.is_between(*EXCEL_DAYS_OF_DATES).all())
    return EXCEL_DAYS if inside else None


def _fits(text: pl.Series, form: str) -> bool:
    return moments_of_form(text, form).null_count() <= (1 - SHARE_NEEDED) * len(text)


def moments_of_form(text: pl.Series, form: str) -> pl.Series:
    """As `moments`, of this form alone and of texts as `plain_dates` gives them; what zone it is does not matter."""
    import polars as pl

    zoned = text.str.contains(ZONE)
    if zoned.any():
        text = pl.select(pl.when(zoned).then(text.str.extract(ZONE, 1)).otherwise(text)).to_series()
    text = text.str.replace(r"^(\d{4}-\d{2}-\d{2})T", "${1} ")
    read = [_parsed(text, each) for each in form.split(MIXED)]
    return read[0] if len(read) == 1 else pl.select(pl.coalesce(read)).to_series()
