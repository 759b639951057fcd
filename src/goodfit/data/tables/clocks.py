"""Times of day and durations, as hours: 14:30, 8h30, 2:30 PM, 26:05:10, PT90M, 1h 20m.

49:30 is 49 hours and a half, unless the column has longer ones in hours, minutes and seconds: beside 1:02:03 a run of
49:30 took minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

HOURS = "hours"  # the form of a column of times of day or durations: they are read as hours
SHORT_HOURS = "hours, from minutes"  # the same, where cells of two parts are minutes and seconds
CLOCK = r"^([+-]?)(?:(\d+) days?,? )?(\d+):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))? ?([AaPp]\.?[Mm]\.?)?$"
TIMESPAN = r"^([+-]?\d+)[.-](\d\d:[0-5]\d:[0-5]\d(?:\.\d+)?)$"  # 1.02:03:04 of .NET, 1-02:03:04 of Slurm: over a day
BACK = r"^-(\d+) days? \+(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)$"  # -1 days +23:45:00 of pandas is -0:15:00
ISO_DURATION = r"^([+-]?)P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$"

AND = r"(?:(?:and|und|et|y|e) )?"
DAYS, HOURS_SAID = r"days?|[Tt]age?|jours?|días?", r"hrs?\.?|hours?|[Ss]td\.?|[Ss]tunden?|heures?|horas?|ore"
MINUTES = r"[Mm]ins?\.?|minutes?|Minuten?|minutos?|minuti"
SECONDS = r"[Ss]ecs?\.?|[Ss]ek\.?|seconds?|Sekunden?|secondes?|segundos?"
LASTING = (
    rf"^(?:(\d+) ?(?:d|{DAYS})(?:,? {AND}|$))?(?:(\d+) ?(?:h|{HOURS_SAID})(?:,? ?{AND}|$))?"
    rf"(?:(\d+) ?(?:m|{MINUTES})(?:,? ?{AND}|$))?(?:(\d+(?:\.\d+)?) ?(?:s|{SECONDS}))?$"
)  # 1h 20m, 2 days 3 hours, 90 min; which of them are durations and not metres, a column shows by `LASTING_TWICE`
CLOCKS_IN_WORDS = (
    (r"^(\d{1,3})(?: ?[hH] ?| Uhr )([0-5]\d)(?: ?min\.?)?$", "${1}:${2}"),  # 8h30, 8 Uhr 30
    (r"^(\d{1,2})[.:]([0-5]\d) ?(?:Uhr|h)$", "${1}:${2}"),  # 14.30 Uhr
    (r"^(\d{1,2}) Uhr$", "${1}:00"),
    (r"^(1[0-2]|0?[1-9])\.([0-5]\d) ?([AaPp])\.? ?[Mm]\.?$", "${1}:${2} ${3}m"),  # 7.30 p.m.
    (r"^(1[0-2]|0?[1-9]) ?([AaPp])\.? ?[Mm]\.?$", "${1}:00 ${2}m"),  # 9am, 10 p.m.
    (r"(?i)^(?:12 )?(?:noon|midday)$", "12:00"),
    (r"(?i)^(?:12 )?midnight$", "0:00"),
)
MINUTES_AND_PARTS = r"^([+-]?)(\d|[0-5]\d):([0-5]\d)[.,](\d+)$"
LASTING_TWICE = rf"^\d+ ?(?:d|h|m|j|[TtSs]t?[aud])[\p{{L}}.]*,? ?{AND}\d"
OF_A_LAP = r"^(\d|[0-5]\d)['′]([0-5]\d)(?:\"|″|''|\.)(\d{2,3})$"  # 1'23"456
TWO_PARTS = r"^(\d+):[0-5]\d(?:\.\d+)?$"
THREE_PARTS = r"^(\d+):[0-5]\d:[0-5]\d(?:\.\d+)?$"
ONE_TO, RATIOS_AT_LEAST = r"^1:[0-5]\d$", 3  # different ones
ROUND_RATIOS = [f"{part:02d}" for part in (16, 32, *range(10, 60, 5))]
MINUTES_OF_AN_HOUR, HOURS_OF_A_DAY = 60, 24


def hours_form(text: pl.Series) -> str:
    """HOURS, or SHORT_HOURS where the cells of two parts would be longer than all of three, and are below an hour."""
    two, three = _firsts(text, TWO_PARTS), _firsts(text, THREE_PARTS)
    if not len(two) or not len(three) or not HOURS_OF_A_DAY <= two.max() < MINUTES_OF_AN_HOUR:  # type: ignore[operator]  # of numbers
        return HOURS
    return SHORT_HOURS if three.max() < HOURS_OF_A_DAY else HOURS  # type: ignore[operator]  # of numbers


def minutes_doubt(name: str, text: pl.Series) -> tuple[str, str] | None:
    """What is to be said of durations of two parts alone that are more than a day, and less than an hour if minutes."""
    two = _firsts(text, TWO_PARTS)
    if not len(two) or not HOURS_OF_A_DAY < two.max() < MINUTES_OF_AN_HOUR:  # type: ignore[operator]  # of numbers
        return None
    longest = max(two.to_list())
    cell = text.filter(text.str.contains(rf"^{longest}:"))[0]
    what = f"durations such as {cell} in '{name}' are read as hours and minutes; they may be minutes and seconds"
    return what, f"If they are, write them as 0:{cell}"


def ratios_doubt(name: str, text: pl.Series) -> tuple[str, str] | None:
    """What is to be said of a column of 1:10, 1:20 and 1:50 alone: dilutions and scales are written so."""
    seconds = text.filter(text.str.contains(ONE_TO)).str.slice(2)
    if len(seconds) < len(text) or seconds.n_unique() < RATIOS_AT_LEAST or not seconds.is_in(ROUND_RATIOS).all():
        return None
    what = f"cells such as {text[0]} in '{name}' are read as hours and minutes; all of them begin with 1:, as ratios do"
    return what, f"If they are ratios, write what is behind the colon alone, or pass --categorical {name}"


def _firsts(text: pl.Series, pattern: str) -> pl.Series:
    import polars as pl

    return text.str.extract(pattern, 1).cast(pl.Int64, strict=False).drop_nulls()


def plain_clocks(text: pl.Series) -> pl.Series:
    """The cells with 8:30 in place of 8h30, 8.30 Uhr and 8 Uhr 30; 0:01:20.88 in place of 1:20.88, a race's time."""
    text = text.str.replace(OF_A_LAP, "${1}:${2}.${3}")
    text = text.str.replace(MINUTES_AND_PARTS, "${1}0:0${2}:${3}.${4}").str.replace(r"^([+-]?0:)0(\d\d:)", "${1}${2}")
    text = text.str.replace(TIMESPAN, "${1} days ${2}")
    if text.str.contains(r"[hH]|[AaPp]\.? ?[Mm]|(?i:noon|midday)").any():
        for pattern, plain in CLOCKS_IN_WORDS:
            text = text.str.replace(pattern, plain)
    return text


def hours(text: pl.Series, *, minutes_first: bool = False) -> pl.Series:
    """Hours of 14:30, 8h30, 2:30 PM, 26:05:10, 1 days 02:03:04, PT90M and 1h 20m; null of all else.

    Args:
        minutes_first: 49:30 is minutes and seconds.
    """
    import polars as pl

    text = plain_clocks(text)

    def number(pattern: str, group: int) -> pl.Series:
        return text.str.extract(pattern, group).cast(pl.Float64, strict=False)

    clock = text.str.contains(CLOCK)
    half = text.str.extract(CLOCK, 6).str.to_lowercase().str.slice(0, 1)
    of_clock = pl.when(half.is_null()).then(number(CLOCK, 3)).otherwise(
        number(CLOCK, 3) % 12 + (half == "p").cast(pl.Float64) * 12
    )  # fmt: skip
    clocked = (
        number(CLOCK, 2).fill_null(0) * 24
        + of_clock
        + number(CLOCK, 4) / 60
        + number(CLOCK, 5).fill_null(0) / 3600
    )  # fmt: skip
    lasting = sum(
        (number(ISO_DURATION, group).fill_null(0) * unit for group, unit in ((2, 24.0), (3, 1.0), (4, 1 / 60))),
        start=number(ISO_DURATION, 5).fill_null(0) / 3600,
    )
    iso = text.str.contains(ISO_DURATION) & (text.str.len_chars() > 2)
    units = ((1, 24.0), (2, 1.0), (3, 1 / 60), (4, 1 / 3600))
    parts = sum((number(LASTING, group).fill_null(0) * unit for group, unit in units), start=text.str.len_chars() * 0.0)
    spoken = text.str.contains(LASTING) & (text.str.len_chars() > 0)
    short = text.str.contains(TWO_PARTS) & minutes_first
    clocked = pl.when(short).then(clocked / 60).otherwise(clocked)
    back = number(BACK, 2) + number(BACK, 3) / 60 + number(BACK, 4) / 3600 - 24 * number(BACK, 1)
    values = pl.when(clock).then(clocked).when(iso).then(lasting).when(spoken).then(parts)
    signed = pl.when(text.str.starts_with("-")).then(-values).otherwise(values)
    return pl.select(pl.when(back.is_not_null()).then(back).otherwise(signed)).to_series()
