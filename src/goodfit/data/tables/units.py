"""Numbers with a unit: 45 cm, 12,5 kg, 36 months, kg 72, 4.5 out of 5 stars, in one unit in the whole column.

A cell without a unit is in the unit of the others. Cells in several units of one measure are in `same_measure`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

UNIT_FORM = "unit "  # and the unit: the form of a column of numbers
LETTERS = r"[\p{L}µ°Ω‰\"″'][\p{L}µ°Ω‰²³\"']{0,11}\.?"
UNIT = rf"(?:{LETTERS}(?:[/ ·]{LETTERS}|\^[23])?|(?:[cdk]?m|ft|in)[23])"  # cm, m², km/h, sq. ft, m^2
FOR_EACH = rf"(?:\p{{Sc}} ?)?(?:/|per )\s?{LETTERS}"  # $1,200/mo
OUT_OF = r"(?:out of|of|von|sur|de|su|av) \d{1,3}(?: \p{L}{1,12})?"  # 4.5 out of 5 stars
WITH_UNIT = rf"^[^\p{{L}}]*\d(?:[eE][+-]?\d+|[.,])?\+? ?({UNIT}|{FOR_EACH}|{OUT_OF})$"
SIGN_BEHIND = r"\d[.,]?\+? ?[^\d\s.,+]"  # a cell without has no unit behind its number
BEFORE = r"^(\p{L}{2,8}|°[CF])\.? [+-]?\d[\d.,' ]*$"  # kg 72
SHARE_WITH_UNIT = 0.5  # of the cells; the others have none
HYPHEN = r"(\d)-(\p{L}{3,12}\.?)$"  # 15.6-inch
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
    units = units_in(text).drop_nulls()
    if len(units) <= SHARE_WITH_UNIT * len(text):
        return []
    known = list(dict.fromkeys(singular(unit) for unit in units.unique(maintain_order=True).to_list()))
    return known if len(known) <= UNITS_AT_MOST else []


def units_in(text: pl.Series) -> pl.Series:
    """(N,) the unit behind the number of each cell, as it is written; null where there is none."""
    if not text.str.contains(SIGN_BEHIND).any():  # what looks for units takes longer to build than to use
        return text.clear(len(text))
    return text.str.replace(HYPHEN, "$1 $2").str.extract(WITH_UNIT, 1)


def unit_before(text: pl.Series) -> str | None:
    """The one unit that stands before the numbers of most cells, in small letters; None: there is none, or several."""
    units = text.str.extract(BEFORE, 1).drop_nulls()
    if len(units) <= SHARE_WITH_UNIT * len(text):
        return None
    known = {singular(unit) for unit in units.unique().to_list()}
    return known.pop() if len(known) == 1 else None


def without_unit(text: pl.Series, unit: str) -> pl.Series:
    """The cells without this unit behind or before their number; others as they are."""
    name = re.escape(unit)
    text = text.str.replace(HYPHEN, "$1 $2")
    text = text.str.replace(rf"(?i)(\d[.,]?\+?) ?{name}(?:s|es)?\.?$", "$1")
    return text.str.replace(rf"(?i)^{name}(?:s|es)?\.? ?([+-]?\d)", "$1")


def singular(unit: str) -> str:
    """A unit in small letters, without the s of several and the point behind it."""
    unit = unit.lower().rstrip(".")
    return unit[:-1] if len(unit) > 2 and unit.endswith("s") and unit[-2] not in "s/" else unit  # m/s
