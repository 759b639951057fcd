"""Numbers of which some are known as bounds alone: <0.1 of a laboratory, >100, 10+, ~5. They are read as the bound.

Only beside plain numbers: in a column of groups (<18, 18-64, 65+) they are words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

BOUNDS = "bounds"  # the form of a column of numbers and bounds
SIGN = r"^(?:[<>]=?|[≤≥≈~±]|=[<>]|ca\. ?) ?"
MORE = r"(\d)\+$"
PLAIN_AT_LEAST = 0.5  # of the cells are numbers


def are_bounds(text: pl.Series) -> pl.Series:
    """(N,) whether each cell has a sign of a bound, in one kind of spaces."""
    return text.str.contains(SIGN) | text.str.contains(MORE)


def without_bounds(text: pl.Series) -> pl.Series:
    """The cells without these signs."""
    return text.str.replace(SIGN, "").str.replace(MORE, "$1")
