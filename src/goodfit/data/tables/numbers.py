"""Numbers as people write them: decimal point or comma, thousands, currencies, percent, brackets of accounts.

A number has one value wherever it stands: text of a CSV, a number of Parquet, a Decimal of a frame. What a mark means
(1,234) is decided for a whole file in `conventions.py`, and then holds for every cell.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.arrows import ARROWS, BELOW, OF_METAR, arrow_signs, without_arrows
from goodfit.data.tables.bounds import BOUNDS, ends_of_ranges, in_thousands, middles, without_bounds
from goodfit.data.tables.cents import CENTS, cents_worth, without_cents
from goodfit.data.tables.clocks import HOURS, SHORT_HOURS, hours
from goodfit.data.tables.compound import COMPOUND, in_small_units
from goodfit.data.tables.fractions import FRACTIONS, fractions, without_unit_of_fractions
from goodfit.data.tables.magnitudes import MAGNITUDES, magnitudes, without_magnitudes
from goodfit.data.tables.number_signs import TO_MAKE_PLAIN, plain_signs
from goodfit.data.tables.percent import BESIDE, PERCENT, SHARES, as_shares
from goodfit.data.tables.same_measure import UNITS_FORM, ZEROS, in_unit
from goodfit.data.tables.several_numbers import numbers_in, place_of
from goodfit.data.tables.sides import SIDES_FORM, sides, without_sides
from goodfit.data.tables.units import UNIT_FORM, without_unit
from goodfit.data.tables.visible import INVISIBLE, TO_CLEAR, visible

if TYPE_CHECKING:
    import polars as pl

CURRENCY = (
    r"(?:\p{Sc}|[A-Z]{1,3}\$|(?i:AED|ARS|AUD|BDT|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|DZD|EGP|EUR|GBP|GHS|HKD|HUF|IDR"
    r"|ILS|INR|IQD|IRR|ISK|JOD|JPY|KES|KRW|KWD|KZT|LKR|MAD|MXN|MYR|NGN|NOK|NPR|NZD|OMR|PEN|PHP|PKR|PLN|QAR|RMB|RON|RSD|RUB"
    r"|SAR|SEK|SGD|THB|TND|TRY|TWD|TZS|UAH|UGX|USD|UYU|VND|XAF|XOF|ZAR)|[Kk]r\.?|zł|Kč|Ft|Fr\.|Rs\.?|R\$|Rp\.?|RM? "
    r"|(?i:euros?|dollars?)|[KTU][Ss]h\.?|S/\.?|[Ll]ei|лв\.?|руб\.?|грн\.?|円|元|원)"
)
PLAIN = r"^[+-]?\d+$"
ORDINALS = "ordinals"  # the form of a column of 1st, 2nd, 3rd, ...
ORDINAL = r"(?i)^(\d{1,5})(?:st|nd|rd|th)\.?$"
FLAGS = "flags"  # the form of numbers some of which have a letter behind: 12.3 b (a break) of statistics, 5.6 H (high)
OF_LABORATORIES = "HH?|LL?"
FLAGGED = rf"^(\S*\d) ?([bcdefimnprsuz]{{1,2}}|{OF_LABORATORIES}|\([a-z]\))$"
UNDERSCORES = "thousands between underscores"  # the form of 1_234_567 of source code; 1_000 alone may be a name
WITH_UNDERSCORES = r"^[+-]?[1-9]\d{0,2}(?:_\d{3})*(?:[.,]\d*)?$"


ENTITY = r"&#?\w{2,6};"  # of web pages
ENTITIES = {
    f"&{name};": sign
    for names, sign in (
        (("nbsp", "#160", "#xa0", "#xA0", "thinsp", "ensp"), " "), (("euro", "#8364", "#x20AC", "#x20ac"), "€"),
        (("pound", "#163"), "£"), (("yen", "#165"), "¥"), (("cent", "#162"), "¢"), (("minus", "#8722"), "-"),
        (("ndash", "#8211"), "-"), (("plusmn", "#177"), "±"), (("lt", "#60"), "<"), (("gt", "#62"), ">"),
        (("deg", "#176"), "°"), (("quot", "#34"), '"'), (("#39", "apos"), "'"), (("sup2",), "²"), (("amp",), "&"),
    )
    for name in names
}  # fmt: skip


def types_of(frame: pl.DataFrame) -> dict[str, pl.DataType]:
    """The type of each column. (frame.schema has the same, and takes three times as long, as long as to read a row.)"""
    return dict(zip(frame.columns, frame.dtypes, strict=True))


def is_nested(dtype: pl.DataType) -> bool:
    """Whether cells are lists, structs, bytes or Python objects, which are not read."""
    import polars as pl

    return dtype.is_nested() or dtype in (pl.Binary, pl.Object)


def numbers(column: pl.Series, decimal: str = ".", form: str | None = None) -> pl.Series:
    """Float64, null where there is none: missing, infinite, or no number.

    Args:
        decimal: the decimal mark of text; the other of point and comma separates thousands.
        form: HOURS for text of times of day and durations, SHORT_HOURS where 49:30 among them is not 49 hours;
            one of COMPOUND for text of feet and inches and their like; UNIT_FORM and a unit for text with that unit,
            UNITS_FORM with others of its measure;
            BOUNDS where some cells are bounds or ranges; MAGNITUDES where some end in K, M, million and so on;
            FRACTIONS; ARROWS and BELOW where a sign is an arrow or a word; CENTS; UNDERSCORES;
            PERCENT and SHARES where some have a percent sign; `several_numbers.form_of`
            where cells have several numbers, of which one is read.
    """
    import polars as pl

    dtype = column.dtype
    if dtype == pl.Time:
        values = column.cast(pl.Int64).cast(pl.Float64) / 3.6e12
    elif dtype == pl.Duration:
        values = column.dt.total_microseconds().cast(pl.Float64) / 3.6e9
    elif dtype.is_temporal() or is_nested(dtype) or dtype == pl.Null:
        return pl.Series(column.name, [None] * len(column), dtype=pl.Float64)
    elif dtype == pl.Boolean or dtype.is_numeric():
        values = column.cast(pl.Float64)
    else:
        values = _in_form(visible(column), decimal, form)
    cells = values.to_numpy()  # null is NaN; by NumPy, since one row is read in less than an expression of polars takes
    return pl.Series(column.name, np.where(np.isfinite(cells), cells, np.nan), nan_to_null=True)


def _in_form(text: pl.Series, decimal: str, form: str | None) -> pl.Series:
    """Of text of a form."""
    import polars as pl

    if form in (None, PERCENT, BESIDE):
        return _of_text(text, decimal)
    if form in (HOURS, SHORT_HOURS):
        return hours(text, minutes_first=form == SHORT_HOURS)
    text = unified(text)
    if form in COMPOUND:
        return in_small_units(text, form, decimal)
    if form.startswith(UNIT_FORM):
        return _with_bounds(without_unit(text, form.removeprefix(UNIT_FORM)), decimal)
    if form.startswith(UNITS_FORM):
        unit = form.removeprefix(UNITS_FORM)
        without, worth, zero = in_unit(text, unit)
        return (_of_text(without, decimal) - zero) * worth + ZEROS.get(unit, 0.0)
    if place_of(form) is not None:
        return _of_text(numbers_in(text, form), decimal)
    if form == SIDES_FORM:
        return _of_text(without_sides(text), decimal) * sides(text)
    if form in (ARROWS, BELOW, OF_METAR):
        return _of_text(without_arrows(text, form), decimal) * arrow_signs(text, form)
    if form == CENTS:
        return _of_text(without_cents(text), decimal) * cents_worth(text)
    if form == ORDINALS:
        return _of_text(text.str.replace(ORDINAL, "${1}"), decimal)
    if form == FLAGS:
        return _of_text(text.str.replace(FLAGGED, "${1}"), decimal)
    if form == MAGNITUDES:
        return _of_text(without_magnitudes(text), decimal) * magnitudes(text)
    if form == UNDERSCORES:
        plain = pl.when(text.str.contains(WITH_UNDERSCORES)).then(text.str.replace_all("_", "")).otherwise(text)
        return _of_text(pl.select(plain).to_series(), decimal)
    if form == SHARES:
        return as_shares(text, _of_text(text, decimal))
    if form.startswith(FRACTIONS):
        text = without_unit_of_fractions(text, form)
        return pl.select(pl.coalesce(fractions(text), _of_text(text, decimal))).to_series()
    if form == BOUNDS:
        return _bounds(text, decimal)
    return _of_text(text, decimal)  # of a later version: dates, which are read elsewhere


def _bounds(text: pl.Series, decimal: str) -> pl.Series:
    """Of numbers, of bounds such as <5, and the middles of ranges."""
    import polars as pl

    ends = [in_thousands(end) for end in ends_of_ranges(text)]
    low, high = (_of_text(digits, decimal) * worth for digits, worth in ends)
    digits, worth = in_thousands(without_bounds(text))
    return pl.select(pl.coalesce(middles(low, high), _of_text(digits, decimal) * worth)).to_series()


def _with_bounds(text: pl.Series, decimal: str) -> pl.Series:
    """Of plain numbers; of the cells that are none, as bounds."""
    values = _of_text(text, decimal)
    left = values.is_null() & text.is_not_null()
    return values.scatter(left.arg_true(), _bounds(text.filter(left), decimal)) if left.any() else values


def _of_text(text: pl.Series, decimal: str) -> pl.Series:
    """By the quick rule where that holds (most cells of most files), else by the whole one, each cell for itself."""
    import polars as pl

    if decimal == ".":
        quick = text.cast(pl.Float64, strict=False)
    else:
        plain = pl.when(text.str.contains(r"^[+-]?\d+(,\d*)?$")).then(text)
        quick = pl.select(plain.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)).to_series()
    left = quick.is_null() & text.is_not_null() & (text != "")
    if not left.any():
        return quick
    rest = text.filter(left)
    return quick.scatter(left.arg_true(), _written(rest, decimal)) if len(rest) else quick


@cache
def body(decimal: str) -> str:
    """The digits of a number: grouped by one mark or not at all, with decimals, with an exponent."""
    point, group = (r"\.", ",") if decimal == "." else (",", r"\.")
    grouped = "|".join(rf"\d{{1,3}}(?:{mark}\d{{3}})+" for mark in (group, "'", " "))
    indian = rf"\d{{1,2}}(?:{group}\d{{2}})+{group}\d{{3}}"
    return rf"(?:(?:{grouped}|{indian}|\d+)(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"


def framed(inner: str) -> str:
    """What may stand around the digits; group 1 are the digits."""
    before = rf"(?:[+-] ?(?:{CURRENCY})?|(?:{CURRENCY})? ?[+-]?)"
    return rf"^(?:{CURRENCY} ?\()?\(? ?(?:{before}|% ?[+-]?|[+-]? ?% ?) ?({inner}) ?(?:{CURRENCY}|%)? ?-? ?\)?$"


UNUSUAL = rf"{TO_CLEAR}|[\u00a0\u2007\u2009\u202f’‘ʼ´`−–－﹣]|{ENTITY}|{TO_MAKE_PLAIN}"


def unified(text: pl.Series) -> pl.Series:
    """One kind of space, apostrophe, minus sign and digit, without what is not seen or only decorates (5*, 12,-)."""
    if not text.str.contains(UNUSUAL).any():  # one call of polars in the place of ten: it is asked of each column often
        return text
    if text.str.contains(ENTITY).any():
        text = text.str.replace_many(list(ENTITIES), list(ENTITIES.values()))
    return plain_signs(
        text.str.replace_all(INVISIBLE, "")
        .str.replace_all("[\u00a0\u2007\u2009\u202f]", " ")
        .str.replace_all("[’‘ʼ´`]", "'")
        .str.replace_all("[−–－﹣]", "-")
        .str.strip_chars()
    )


def _written(text: pl.Series, decimal: str) -> pl.Series:
    import polars as pl

    text = unified(text).str.replace(rf"^{CURRENCY} ?-$", "0")  # the format of accounts shows nought so
    digits = text.str.extract(framed(body(decimal)), 1).str.replace_all(r"[' ]", "")
    if decimal == ".":
        digits = digits.str.replace_all(",", "", literal=True)
    else:
        digits = digits.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    values = digits.cast(pl.Float64, strict=False)
    negative = text.str.contains(r"\(.*\)$|^[^\d]*-|-\s?\)?$")
    paired = text.str.contains("(", literal=True) == text.str.ends_with(")")
    return pl.select(pl.when(~paired).then(None).when(negative).then(-values).otherwise(values)).to_series()
