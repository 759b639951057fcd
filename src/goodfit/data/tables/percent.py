"""Percent signs in a column of numbers: in all cells, or in some beside shares (45% beside 0.45).

45% is read as 45, which a net does not mind, as long as new data has the sign too. Beside plain numbers that are all
from 0 to 1 it is a share: 0.45.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goodfit.data.tables.visible import CELLS_LOOKED_AT

if TYPE_CHECKING:
    import polars as pl

PERCENT, BESIDE, SHARES = "percent", "percent beside plain", "shares"  # the forms of columns of numbers
SIGN = "[%٪％]"
SLIPS_AT_MOST = 0.02  # of the cells: a forgotten sign, or one too many


def has_sign(text: pl.Series) -> pl.Series:
    """(N,) whether each cell has a percent sign, null of an empty one."""
    return text.str.contains(SIGN)


def has_signs(text: pl.Series) -> bool:
    """Whether any cell has one; a few are looked at one by one, which is quicker than a call of polars."""
    if len(text) > CELLS_LOOKED_AT:
        return bool(has_sign(text).any())
    return any(cell is not None and re.search(SIGN, cell) is not None for cell in text.to_list())


def percent_form(text: pl.Series, values: pl.Series) -> str | None:
    """The form of a column of numbers, of which some have a percent sign; None: none has, or but for slips.

    Args:
        text: its cells. values: what they are as plain numbers: 45 of 45%.
    """
    signed = has_sign(text)
    count = int(signed.sum())
    if count <= SLIPS_AT_MOST * len(text):
        return None
    plain, percent = values.filter(~signed).drop_nulls(), values.filter(signed).drop_nulls()
    if len(plain) > SLIPS_AT_MOST * len(text) and len(percent):
        inside = bool(plain.is_between(-1, 1).all()) and not bool(plain.is_in([0.0, 1.0, -1.0]).all())
        if inside and not bool(percent.is_between(-1, 1).all()):
            return SHARES
    return PERCENT if count >= (1 - SLIPS_AT_MOST) * len(text) else BESIDE


def as_shares(text: pl.Series, values: pl.Series) -> pl.Series:
    """A hundredth of each value whose cell has the sign."""
    import polars as pl

    return pl.select(pl.when(has_sign(text)).then(values / 100).otherwise(values)).to_series()
