"""Units of one measure: 500 mg and 1 g, 3 mo and 2 yrs, 1.75 m and 175 cm, 20 °C and 68 °F; each in the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goodfit.data.tables.units import singular, units_in, without_unit

if TYPE_CHECKING:
    import polars as pl

UNITS_FORM = "units "  # and the unit that all are read in: the form of a column of several units of one measure
DAY = 86_400.0
YEAR = 365.25 * DAY
MEASURES: tuple[dict[str, float], ...] = (
    {"ng": 1e-6, "µg": 1e-3, "μg": 1e-3, "ug": 1e-3, "mcg": 1e-3, "mg": 1.0, "g": 1e3, "gr": 1e3, "gram": 1e3,
     "kg": 1e6, "kilo": 1e6, "lb": 453_592.37, "pound": 453_592.37, "oz": 28_349.523125, "ounce": 28_349.523125},
    {"µm": 1e-3, "μm": 1e-3, "um": 1e-3, "mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1e3, "meter": 1e3, "metre": 1e3,
     "km": 1e6, "in": 25.4, "inch": 25.4, "inche": 25.4, '"': 25.4, "″": 25.4,
     "ft": 304.8, "yd": 914.4, "mi": 1_609_344.0, "mile": 1_609_344.0},
    {"µl": 1e-3, "μl": 1e-3, "ul": 1e-3, "ml": 1.0, "cl": 10.0, "dl": 100.0, "l": 1e3, "liter": 1e3, "litre": 1e3},
    {"ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "sekunde": 1.0, "min": 60.0, "minute": 60.0, "minuten": 60.0,
     "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "std": 3600.0, "stunde": 3600.0, "stunden": 3600.0, "heure": 3600.0,
     "d": DAY, "day": DAY, "tag": DAY, "tage": DAY, "jour": DAY, "día": DAY, "wk": 7 * DAY, "week": 7 * DAY,
     "woche": 7 * DAY, "wochen": 7 * DAY, "semaine": 7 * DAY, "mo": YEAR / 12, "mth": YEAR / 12, "month": YEAR / 12,
     "monat": YEAR / 12, "monate": YEAR / 12, "moi": YEAR / 12, "mese": YEAR / 12,
     "y": YEAR, "yr": YEAR, "year": YEAR, "jahr": YEAR, "jahre": YEAR, "an": YEAR, "année": YEAR, "año": YEAR},
    {"byte": 1.0, "b": 1.0, "kb": 1024.0, "mb": 1024.0**2, "gb": 1024.0**3, "tb": 1024.0**4, "kib": 1024.0,
     "mib": 1024.0**2, "gib": 1024.0**3, "tib": 1024.0**4},
    {"bit/s": 1e-6, "kbit/s": 1e-3, "mbit/s": 1.0, "gbit/s": 1e3},
    {"cm²": 1e-4, "m²": 1.0, "m^2": 1.0, "m2": 1.0, "km2": 1e6, "ft2": 0.09290304,
     "sqm": 1.0, "sq m": 1.0, "qm": 1.0, "ha": 1e4, "hectare": 1e4, "hektar": 1e4,
     "km²": 1e6, "sqft": 0.09290304, "sq ft": 0.09290304, "sq. ft": 0.09290304, "ft²": 0.09290304, "ft^2": 0.09290304,
     "acre": 4_046.8564224, "ac": 4_046.8564224},
    {"km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "m/s": 3.6, "kt": 1.852, "kn": 1.852, "knot": 1.852},
    {"°c": 1.0, "°f": 5 / 9},
)  # fmt: skip


ZEROS = {"°f": 32.0}  # where the nought of other units of the measure lies


def measure_of(units: Sequence[str]) -> dict[str, float] | None:
    """The units of the measure that all of these are of, with their worth; None: there is none."""
    return next((measure for measure in MEASURES if all(unit in measure for unit in units)), None)


def main_unit(text: pl.Series, units: Sequence[str]) -> str | None:
    """The most frequent unit of these cells, where all of them have one of a single measure; None of others.

    Args:
        text: cells that are not missing, in one kind of signs. units: theirs, as `units_of` gives them.
    """
    measure = measure_of(units)
    if measure is None or len(units) < 2:
        return None
    found = _units(text)
    if found.null_count():
        return None
    counts = dict(found.value_counts().iter_rows())
    return max(units, key=lambda unit: counts.get(unit, 0))


def in_unit(text: pl.Series, unit: str) -> tuple[pl.Series, pl.Series, pl.Series]:
    """The cells without their units, as text, what the unit of each is worth in this one, or null, and its nought."""
    import polars as pl

    measure = measure_of([unit]) or {unit: 1.0}
    units = _units(text)
    plain = text
    for other in units.drop_nulls().unique():
        if other in measure:
            plain = pl.select(pl.when(units == other).then(without_unit(text, other)).otherwise(plain)).to_series()
    worth = {name: value / measure[unit] for name, value in measure.items()}
    factors = units.replace_strict(list(worth), list(worth.values()), default=None, return_dtype=pl.Float64)
    zeros = units.replace_strict(list(ZEROS), list(ZEROS.values()), default=0.0, return_dtype=pl.Float64)
    return plain, factors, zeros


def _units(text: pl.Series) -> pl.Series:
    found = units_in(text)
    different = found.drop_nulls().unique()
    return found.replace_strict(
        different, [singular(unit) for unit in different], default=None, return_dtype=text.dtype
    )
