"""Amounts whose sign is an arrow or a word: ▲ 1.2% and ▼ 0.8%, ↑3 and ↓2, up 5 and down 7, minus 3 among 5 and 12.

A triangle that points up says "more" where others point down. Where none does, among plain numbers, it is the minus of
Japanese accounts: ▲1,234 is below 0. So is M05 beside 12 among temperatures of METAR.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ARROWS, BELOW = "arrows", "triangles below 0"  # the forms of columns of such amounts
UP, DOWN = r"[▲△⬆↑⇧🔺⏶]\x{FE0F}?|(?i:up|plus)\b", r"[▼▽⬇↓⇩🔻⏷]\x{FE0F}?|(?i:down|minus)\b"
OF_METAR = "M below 0 of METAR"  # the form of such temperatures
MINUS_OF_METAR, TEMPERATURE = r"^M(\d\d)$", r"^M?\d\d$"
CALLED_A_TEMPERATURE = r"(?i)temp|tmp|dew|dwp|^td?$"
TRIANGLE = r"^[▲△] ?"
SIGNED = rf"^(?:{UP}|{DOWN}) ?"
SIGNED_BEHIND = r" ?(?:[▲△⬆↑⇧🔺⏶▼▽⬇↓⇩🔻⏷]\x{FE0F}?)$"
ODD = "[▲△⬆↑⇧🔺⏶▼▽⬇↓⇩🔻⏷]|(?i:up|down|plus|minus) "
PLAIN_AT_LEAST = 0.5  # of the cells, beside triangles that are a minus


def arrows_form(text: pl.Series) -> str | None:
    """The form of cells, in one kind of spaces, some of which have such a sign; None where none has, or one alone."""
    signed = text.filter(text.str.contains(ODD))
    if not len(signed):
        below = int(text.str.contains(MINUS_OF_METAR).sum())
        of_metar = 0 < below < len(text) and re.search(CALLED_A_TEMPERATURE, text.name) is not None
        return OF_METAR if of_metar and text.str.contains(TEMPERATURE).all() else None
    up, down = (bool(signed.str.contains(rf"^(?:{side})|(?:{side})$").any()) for side in (UP, DOWN))
    if down:
        return ARROWS
    triangles = int(text.str.contains(TRIANGLE).sum())
    return BELOW if up and 0 < triangles == len(signed) <= (1 - PLAIN_AT_LEAST) * len(text) else None


def arrow_signs(text: pl.Series, form: str) -> pl.Series:
    """(N,) Float64: -1 of cells that point down (of a triangle in BELOW), 1 of all else."""
    import polars as pl

    if form == OF_METAR:
        return pl.select(pl.when(text.str.starts_with("M")).then(-1.0).otherwise(1.0)).to_series()
    below = text.str.contains(TRIANGLE if form == BELOW else rf"^(?:{DOWN})|(?:{DOWN})$")
    return pl.select(pl.when(below).then(-1.0).otherwise(1.0)).to_series()


def without_arrows(text: pl.Series, form: str) -> pl.Series:
    """The cells without these signs; what has a minus as well is no such number."""
    import polars as pl

    if form == OF_METAR:
        return text.str.replace(MINUS_OF_METAR, "${1}")
    plain = text.str.replace(SIGNED, "").str.replace(SIGNED_BEHIND, "")
    return pl.select(pl.when((plain != text) & plain.str.contains(r"^[-(]")).then(None).otherwise(plain)).to_series()
