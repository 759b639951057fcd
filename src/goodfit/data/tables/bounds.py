"""Numbers of which some are known as bounds alone: <0.1 of a laboratory, >100, 10+, ~5, 10-20.

They are read as the bound, a range as its middle; only beside plain numbers, or in a column of many different ranges:
in a column of groups (<18, 18-64, 65+) they are words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

BOUNDS = "bounds"  # the form of a column of numbers and bounds
AROUND = r"ca?\.|circa|approx\.?|about|around|etwa|env\.|environ"
BEFORE = (
    r"(?:from|starting at|starting from|ab|dès|à partir de|desde|a partir de|vanaf|från"
    r"|under|below|less than|fewer than|up to|over|above|more than|at least|at most|unter|bis zu|über|mehr als"
    r"|weniger als|mindestens|höchstens|moins de|plus de|menos de|más de|meno di|più di|mais de|minder dan|meer dan"
    r"|mindre än|poniżej|powyżej|до|более|менее) "
)
SIGN = rf"^(?:[<>]=?|[≤≥≈~±]|=[<>]|(?i:(?:{AROUND}) ?|{BEFORE})) ?"
BEHIND = (
    r"(?:and|or) (?:over|more|above|older|up|upwards|under|less|fewer|below|younger)"
    r"|(?:und|oder) (?:mehr|älter|darüber|weniger|jünger|darunter)|(?:et|ou) (?:plus|moins)|[yo] (?:más|menos)"
    r"|[eo] (?:più|oltre|meno)|(?:e|ou) (?:mais|menos)|(?:en|of) (?:ouder|meer|minder)|(?:i|lub) (?:więcej|mniej)"
    r"|och (?:mer|äldre)|и (?:более|старше)|以上|以下|이상|이하"
)
YEARS = r"(?: ?(?i:years?|yrs?|jahre?|ans|años|anni|anos|jaar|år|lat|лет))?"  # 85 years and over, in a column of ages
MORE = rf"(\d)(?:\+|{YEARS} ?(?i:{BEHIND}))$"
PLAIN_AT_LEAST = 0.5  # of the cells are numbers
END = r"\p{Sc}? ?\d[\d.,']*[kKM]?"
UPPER_END = r"\p{Sc}? ?(?:[1-9][\d.,']*|0[.,]\d[\d.,']*)[kKM]?"  # 24-031 is a code
RANGE = rf"(?i)^({END}) ?(?:-|to|bis|until|hasta|\.\.|…) ?({UPPER_END})$"
BOUND = rf"(?:{SIGN})|(?:{MORE})|(?:{RANGE})"
RANGES_AT_LEAST = 20  # different ones, in a column of ranges alone: fewer are groups
TIMES_AT_MOST, TIMES_OF_ONE_DIGIT = 5, 20  # of its beginning that a range ends at: 12-345 is a code, 1-10 is none


def are_bounds(text: pl.Series) -> pl.Series:
    """(N,) whether each cell has a sign of a bound or is a range, in one kind of spaces."""
    return text.str.contains(BOUND)


def without_bounds(text: pl.Series) -> pl.Series:
    """The cells without these signs."""
    return text.str.replace(SIGN, "").str.replace(MORE, "$1")


def one_end(text: pl.Series) -> pl.Series:
    """The cells without signs of bounds, and of a range its beginning: a number, whose decimal mark can be seen."""
    return without_bounds(text).str.replace(RANGE, "${1}") if are_bounds(text).any() else text


def ends_of_ranges(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Where each range begins and ends, as text; null of what is none."""
    return text.str.extract(RANGE, 1), text.str.extract(RANGE, 2)


def in_thousands(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The cells without a K or M behind their digits, and what that is worth: $50K, 1.2M."""
    import polars as pl

    sign = text.str.extract(r"\d([kKM])$", 1).str.to_uppercase()
    worth = sign.replace_strict(["K", "M"], [1e3, 1e6], default=1.0, return_dtype=pl.Float64)
    return text.str.replace(r"(\d)[kKM]$", "${1}"), worth


def middles(low: pl.Series, high: pl.Series) -> pl.Series:
    """Of ranges: Float64, null where the end does not lie above the beginning."""
    import polars as pl

    begins, ends = pl.lit(low), pl.lit(high)  # expressions alone: polars 1.20 knows no `Series | Expr`
    most = pl.when(begins < 10).then(TIMES_OF_ONE_DIGIT).otherwise(TIMES_AT_MOST)
    rising = (begins < ends) & ((begins < 1) | (ends <= most * begins))
    return pl.select(pl.when(rising).then((begins + ends) / 2)).to_series()
