"""Amounts below one in their own coin: 99¢ beside $1.05 and 50p beside £1.20 are 0.99 and 0.5."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

CENTS = "cents"  # the form of a column of amounts some of which are in cents
IN_CENTS = r"^([+-]? ?\d+(?:[.,]\d+)?) ?(?:¢|(?i:c|ct|cts|cents?|p|pence|pf|kr\. øre|øre|öre))\.?$"
WHOLE = r"^[+-]? ?(?:[A-Z]{0,2}[$€£])|[$€£]$"


def has_cents(text: pl.Series) -> bool:
    """Whether all cells, in one kind of spaces, are amounts, some of them in cents and others in $, € or £."""
    coins, whole = text.str.contains(IN_CENTS), text.str.contains(WHOLE)
    return bool(coins.any()) and bool(whole.any()) and bool((coins | whole | text.str.contains(r"^[\d.,]+$")).all())


def without_cents(text: pl.Series) -> pl.Series:
    """The cells without the sign of cents."""
    return text.str.replace(IN_CENTS, "${1}")


def cents_worth(text: pl.Series) -> pl.Series:
    """(N,) Float64: a hundredth of cells in cents, 1 of all else."""
    import polars as pl

    return pl.select(pl.when(text.str.contains(IN_CENTS)).then(0.01).otherwise(1.0)).to_series()
