"""Dates and times as people and programs write them -> instants."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SHARE_NEEDED = 0.98  # of the values: then the others are slips, and count as missing
ROWS_TRIED = 1_000
DATES = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d/%b/%Y", "%d. %B %Y",
    "%d-%b-%y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%Y%m%d", "%a, %d %b %Y", "%a %b %d %Y",
)  # fmt: skip
CLOCKS = ("%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y")  # without a day: the first of the month
QUARTERS = "%Y quarter"  # 2024Q1, 2024-Q1: the first day
QUARTER = r"^(\d{4})[ -]?[Qq]([1-4])$"
EXCHANGED = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}  # day first, month first
ISO = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")  # read in every column of dates
UNIX = {"unix s": 1_000_000, "unix ms": 1_000, "unix us": 1}  # form -> microseconds of a unit
UNIX_RANGES = {"unix s": (1e8, 5e9), "unix ms": (1e11, 5e12), "unix us": (1e14, 5e15)}  # from 1973 to 2128
ZONE = r"^(.*:\d{2}(?:[.,]\d+)?(?: ?[AaPp][Mm])?) ?(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
FIRST_YEAR = 1000
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
    if form in UNIX:
        values = column.cast(pl.Float64, strict=False)
        inside = values.is_finite() & (values.abs() < 1e18 / UNIX[form])
        micros = pl.select(pl.when(inside).then((values * UNIX[form]).round())).to_series()
        return micros.cast(pl.Int64, strict=False).cast(pl.Datetime("us")).rename(column.name)
    if dtype.is_float():
        return moments(column.cast(pl.Int64, strict=False), form)
    if not (dtype.is_integer() or dtype in (pl.String, pl.Categorical, pl.Enum)):
        return pl.Series(column.name, [None] * len(column), dtype=pl.Datetime("us"))
    text = column.cast(pl.String).str.strip_chars()
    zoned = text.str.contains(ZONE)
    has_zones, zones = bool(zoned.any()), text.str.extract(ZONE, 2)
    if has_zones:
        text = pl.select(pl.when(zoned).then(text.str.extract(ZONE, 1)).otherwise(text)).to_series()
    text = text.str.replace(r"^(\d{4}-\d{2}-\d{2})T", "${1} ")
    read = _parsed(text, form) if form is not None else _parsed(text, ISO[0])
    for other in ISO:
        if other != form and read.null_count() > text.null_count():
            read = pl.select(pl.coalesce(read, _parsed(text, other))).to_series()
    if has_zones:
        read = read - pl.select(pl.duration(minutes=pl.lit(_minutes(zones).fill_null(0)))).to_series()
    return read.rename(column.name)


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
    if form in MONTHS:
        text, form = "1 " + text, f"%d {form}"
    if "%y" in form:  # of two digits: 1.2.3 is a version
        text = pl.select(pl.when(text.str.contains(r"\D\d{2}(?: .*)?$")).then(text)).to_series()
    if "%H" in form or "%I" in form:
        read = text.str.to_datetime(form, strict=False, time_unit="us")
    else:
        read = text.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    return pl.select(pl.when(read.dt.year() >= FIRST_YEAR).then(read)).to_series()  # 1/2/24 is not of the year 1


def date_form(values: pl.Series) -> str | None:
    """The first form that nearly all of these texts have."""
    import polars as pl

    text = values.cast(pl.String)
    sample = text.gather_every(max(1, len(text) // ROWS_TRIED))
    like = sample.str.contains(r"^[\p{L}., ]{0,12}\d{1,4}[-/.,: ]{0,2}[\p{L}\d]") & (sample.str.len_chars() <= 40)
    if like.mean() < SHARE_NEEDED:  # type: ignore[operator]  # a mean of booleans is a number
        return None
    clocks = sample.str.contains(":", literal=True).mean()
    with_clock = bool(clocks >= SHARE_NEEDED)  # type: ignore[operator]  # a mean of booleans is a number
    forms = [f"{date} {clock}" for date, clock in product(DATES, CLOCKS)] if with_clock else [*DATES, *MONTHS, QUARTERS]
    for form in forms:
        if _fits(sample, form) and _fits(text, form):
            return form
    return None


def exchanged(values: pl.Series, form: str) -> str | None:
    """The form with day and month exchanged, where all of these texts have it as well."""
    for one, other in EXCHANGED.items():
        for this, that in ((one, other), (other, one)):
            if form.startswith(this) and _fits(values, form.replace(this, that)):
                return form.replace(this, that)
    return None


def unix_form(name: str, values: pl.Series) -> str | None:
    """Seconds (or thousandths, millionths) since 1970, in a column that is named a time."""
    words = name.lower().replace("-", "_").replace(" ", "_").split("_")
    if not any(word in NAMES_OF_TIMES or word.endswith(("time", "date", "stamp")) for word in words):
        return None
    low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]  # of numbers
    return next((form for form, (least, most) in UNIX_RANGES.items() if least <= low and high <= most), None)


def _fits(text: pl.Series, form: str) -> bool:
    return moments_of_form(text, form).null_count() <= (1 - SHARE_NEEDED) * len(text)


def moments_of_form(text: pl.Series, form: str) -> pl.Series:
    """As `moments`, of this form alone."""
    import polars as pl

    text = text.str.strip_chars()
    zoned = text.str.contains(ZONE)
    if zoned.any():
        text = pl.select(pl.when(zoned).then(text.str.extract(ZONE, 1)).otherwise(text)).to_series()
    return _parsed(text.str.replace(r"^(\d{4}-\d{2}-\d{2})T", "${1} "), form)
