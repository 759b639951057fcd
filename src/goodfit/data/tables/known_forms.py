"""New numbers in another form than the run's, of which it is clear what they are.

31k, <31, 31000 g in a run of kg, 90 min in a run of 1:30:00, 45 percent in one of 45%.
"""

from __future__ import annotations

from collections.abc import Sequence

from goodfit.data.tables.bounds import BOUNDS
from goodfit.data.tables.clocks import HOURS, SHORT_HOURS
from goodfit.data.tables.magnitudes import MAGNITUDES, has_magnitudes
from goodfit.data.tables.numbers import numbers, unified
from goodfit.data.tables.percent import BESIDE, PERCENT, SHARES
from goodfit.data.tables.same_measure import UNITS_FORM
from goodfit.data.tables.units import UNIT_FORM

DIGITS = 15  # as many as a float64 keeps
PERCENT_IN_WORDS = r"(?i)^(.*\d) ?(?:percent|per cent|pct\.?|prozent|pour ?cent|por ?ciento|per ?cento|procent)$"


def in_known_form(cells: Sequence[str], decimal: str, form: str | None) -> dict[str, str]:
    """Cell -> the same number as the run writes its numbers; of those that it can read in no other way.

    Args:
        cells: different ones of a column, which are no numbers in the run's form.
        decimal, form: of the run's column.
    """
    import polars as pl

    if form in (HOURS, SHORT_HOURS):
        text = unified(pl.Series(cells, dtype=pl.String))
        spans = numbers(text, decimal, f"{UNITS_FORM}h")
        units = text.str.contains(r"\p{L}").to_list()  # of a bare number it is not known what it counts
        known = zip(cells, spans, units, strict=True)
        return {cell: f"PT{3600 * span:.6f}S" for cell, span, unit in known if span is not None and unit}
    if form in (PERCENT, BESIDE, SHARES):
        signed = unified(pl.Series(cells, dtype=pl.String)).str.replace(PERCENT_IN_WORDS, "${1}%")
        values = numbers(signed, decimal, form)
        of_signs = zip(cells, signed, values, strict=True)
        return {cell: sign for cell, sign, value in of_signs if value is not None and sign.endswith("%")}
    unit = form.removeprefix(UNIT_FORM) if form is not None and form.startswith(UNIT_FORM) else None
    if unit is None and form not in (None, BOUNDS, MAGNITUDES):
        return {}
    text = unified(pl.Series(cells, dtype=pl.String))
    readings = [numbers(text, decimal, BOUNDS if unit is None else f"{UNITS_FORM}{unit}")]
    if unit is None and has_magnitudes(text):
        readings.append(numbers(text, decimal, MAGNITUDES))
    values = pl.select(pl.coalesce(readings)).to_series()
    return {
        cell: f"{value:.{DIGITS}g}".replace(".", decimal)
        for cell, value in zip(cells, values, strict=True)
        if value is not None
    }
