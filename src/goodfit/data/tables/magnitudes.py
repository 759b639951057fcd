"""Numbers written short: 92.7K, 1.2M, 3 million, 5 lakh. 500 beside them is not half a million.

A letter alone may be a unit as well (300 K, 18 m): it is a magnitude where it touches the number (92.7k), or stands
in a column with another one (20K and 5M), or behind an amount of money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

MAGNITUDES = "magnitudes"  # the form of a column of such numbers
LETTERS = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12, "l": 1e5, "cr": 1e7}  # L and Cr are of India
WORDS = {
    "thousand": 1e3, "thousands": 1e3, "tsd": 1e3, "mille": 1e3, "mil": 1e3, "lakh": 1e5, "lakhs": 1e5,
    "lac": 1e5, "crore": 1e7, "crores": 1e7, "mn": 1e6, "mm": 1e6, "mln": 1e6, "mio": 1e6, "mill": 1e6,
    "million": 1e6, "millions": 1e6, "millionen": 1e6, "millones": 1e6, "milioni": 1e6, "milhões": 1e6,
    "bn": 1e9, "bln": 1e9, "mrd": 1e9, "mld": 1e9, "billion": 1e9, "billions": 1e9, "milliarde": 1e9,
    "milliarden": 1e9, "milliard": 1e9, "milliards": 1e9, "tn": 1e12, "trn": 1e12, "trillion": 1e12,
    "trillions": 1e12, "тыс": 1e3, "млн": 1e6, "млрд": 1e9, "千": 1e3, "천": 1e3, "万": 1e4, "萬": 1e4,
    "만": 1e4, "億": 1e8, "亿": 1e8, "억": 1e8,
}  # fmt: skip
WORDS |= {
    "tys": 1e3, "bin": 1e3, "ribu": 1e3, "rb": 1e3, "mi": 1e6, "milhão": 1e6, "millón": 1e6, "jt": 1e6,
    "juta": 1e6, "milyon": 1e6, "miljoen": 1e6, "miljon": 1e6, "miljoner": 1e6, "millioner": 1e6, "bi": 1e9,
    "bilhão": 1e9, "bilhões": 1e9, "milyar": 1e9, "miliar": 1e9, "miljard": 1e9, "miljarder": 1e9, "milliarder": 1e9,
    "mil millones": 1e9, "triliun": 1e12, "triệu": 1e6, "tỷ": 1e9,
}  # fmt: skip
UNITS_TOO = ("mm", "mil", "mi", "bi", "bin", "rb")  # millimetres, miles: magnitudes beside others or money alone
MONEY_BEHIND = r"\p{Sc}|[A-Z]{3}|[Kk]r\.?|zł|Kč|Ft|[Ll]ei|(?:руб|грн|лв)\.?|(?i:euros?|dollars?)|円|元|원"
FACTORS = LETTERS | WORDS
OF_FRANCE = {"md": 1e9, "mds": 1e9}  # Md and Mds: MD are days of work, and doctors
SHORT = "|".join(sorted(FACTORS, key=len, reverse=True))
FACTORS |= OF_FRANCE
BEHIND = rf"(\d[.,]?)( ?)((?i:{SHORT})|Mds?)\.?( ?(?:{MONEY_BEHIND}))?(\)?)$"
MONEY = r"^\(?[+-]? ?(?:\p{Sc}|[A-Z]{1,3}\$|[A-Z]{3} )"


def has_magnitudes(text: pl.Series) -> bool:
    """Whether some of these cells, in one kind of spaces, are numbers written short."""
    short = text.filter(text.str.contains(BEHIND))
    if not len(short):
        return False
    signs = short.str.extract(BEHIND, 3)
    known = set(signs.str.to_lowercase().unique().to_list())
    if known - LETTERS.keys() - set(UNITS_TOO) or known >= {"cr", "l"} or ("k" in known and known & {"m", "b", "mm"}):
        return True
    if short.str.contains(MONEY).all() or short.str.extract(BEHIND, 4).is_not_null().all():
        return True
    if short.str.extract(BEHIND, 2).str.contains(" ").any():
        return False
    return known == {"k"} or (known <= {"m", "b", "t"} and bool(signs.is_in(["M", "B", "T"]).all()))


def magnitudes(text: pl.Series) -> pl.Series:
    """(N,) Float64: 1,000 of a cell that ends in K, 1 of one without such a sign."""
    import polars as pl

    sign = text.str.extract(BEHIND, 3).str.to_lowercase()
    factors = sign.replace_strict(list(FACTORS), list(FACTORS.values()), default=None, return_dtype=pl.Float64)
    return factors.fill_null(1.0)


def without_magnitudes(text: pl.Series) -> pl.Series:
    """The cells without these signs."""
    return text.str.replace(BEHIND, "${1}${4}${5}")
