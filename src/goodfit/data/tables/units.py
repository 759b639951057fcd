"""Numbers with a unit behind them: 45 cm, 12,5 kg, 36 months, in one unit in the whole column.

A cell without a unit is in the unit of the others. Cells in several units of one measure are in `same_measure`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

UNIT_FORM = "unit "  # and the unit: the form of a column of numbers
LETTERS = r"[\p{L}µ°Ω‰\"'][\p{L}µ°Ω‰²³\"']{0,11}\.?"
UNIT = rf"{LETTERS}(?:[/ ·]{LETTERS}|\^[23])?"  # cm, m², km/h, sq. ft, m^2
FOR_EACH = rf"(?:\p{{Sc}} ?)?(?:/|per )\s?{LETTERS}"  # $1,200/mo
WITH_UNIT = rf"^[^\p{{L}}]*\d(?:[eE][+-]?\d+|[.,])? ?({UNIT}|{FOR_EACH})$"
SHARE_WITH_UNIT = 0.5  # of the cells; the others have none
UNITS_AT_MOST = 5  # of more it is not known that they are units


def unit_of(text: pl.Series) -> str | None:
    """The one unit in which cells of text are written; None: there is none, or more than one."""
    units = units_of(text)
    return units[0] if len(units) == 1 else None


def units_of(text: pl.Series) -> list[str]:
    """Units of which most cells have one, lower case, without the s of several, the first to come first.

    Args:
        text: cells that are not missing, in one kind of spaces.
    """
    units = text.str.extract(WITH_UNIT, 1).drop_nulls()
    if len(units) <= SHARE_WITH_UNIT * len(text):
        return []
    known = list(dict.fromkeys(singular(unit) for unit in units.unique(maintain_order=True).to_list()))
    return known if len(known) <= UNITS_AT_MOST else []


def without_unit(text: pl.Series, unit: str) -> pl.Series:
    """The cells without this unit behind their number; others as they are."""
    return text.str.replace(rf"(?i)(\d[.,]?) ?{re.escape(unit)}(?:s|es)?\.?$", "$1")


def singular(unit: str) -> str:
    """A unit in small letters, without the s of several and the point behind it."""
    unit = unit.lower().rstrip(".")
    return unit[:-1] if len(unit) > 2 and unit.endswith("s") and not unit.endswith("ss") else unit
