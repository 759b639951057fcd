"""One text for one value, whatever holds it: the level of a category, the name of a user.

true, True and TRUE are one value, as are 3, 3.0 and a Decimal of 3, and a date as text, as date or as a moment at
midnight. Other text stays as it was written: 01 is a code, not the number 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import is_nested, numbers
from goodfit.data.tables.visible import CELLS_LOOKED_AT, visible

if TYPE_CHECKING:
    import polars as pl

ROWS_READ_DIRECTLY = 1_000  # with more, each different text is read once
WHOLE_FLOAT_BELOW = 1e15  # whole floats are written without a point: 3.0 is 3
MOMENT = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"
WITH_POINT = r"^[+-]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d[eE][+-]\d+)$"  # as programs write floats: 12e4 is a code
TRUTH = r"^(?i:true|false)$"
NOT_ASCII = r"[^\x00-\x7F]"
NOT_ITS_ONLY_TEXT = f"{WITH_POINT}|{TRUTH}|{MOMENT}"


def texts(column: pl.Series, *, verbatim: bool = False) -> pl.Series:
    """String, null where a cell is empty.

    Args:
        verbatim: leave text as it was written: 1.10 and 1.1 are two versions.
    """
    import polars as pl

    dtype = column.dtype
    if is_nested(dtype) or dtype == pl.Null:
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    if dtype in (pl.Date, pl.Datetime):
        return _of_moments(moments(column, None)).rename(column.name)
    if dtype.is_float():
        return _of_numbers(pl.select(pl.when(column.is_finite()).then(column.cast(pl.String))).to_series())
    if dtype == pl.Duration:
        return _of_numbers(numbers(column).cast(pl.String))
    text = column.cast(pl.String)
    if dtype == pl.Boolean or dtype.is_integer():
        return text
    if len(column) > ROWS_READ_DIRECTLY:
        different = text.drop_nulls().unique()
        if len(different) < len(column) / 2:
            return text.replace_strict(different, _of_text(different, verbatim), default=None, return_dtype=pl.String)
    return _of_text(text, verbatim)


def _of_text(text: pl.Series, verbatim: bool) -> pl.Series:
    import polars as pl

    text = visible(text)
    if len(text) <= CELLS_LOOKED_AT:
        cells = text.to_list()
        if all(cell is None or _is_its_only_text(cell) for cell in cells):
            return pl.Series(text.name, [cell or None for cell in cells], dtype=pl.String)
    if (text == "").any():
        text = pl.select(pl.when(text != "").then(text)).to_series()
    if not text.str.contains(rf"{NOT_ASCII}|{NOT_ITS_ONLY_TEXT}").any():
        return text
    text = text.str.normalize("NFC")  # é of two signs, as macOS writes names of files, is é, and 각 of three is 각
    if verbatim or not text.str.contains(NOT_ITS_ONLY_TEXT).any():
        return text
    truth, numeric, moment = (text.str.contains(pattern) for pattern in (TRUTH, WITH_POINT, MOMENT))
    as_moment = pl.coalesce(_of_moments(moments(text, None)), text) if moment.any() else text
    read = (
        pl.when(truth)
        .then(text.str.to_lowercase())
        .when(numeric)
        .then(_of_numbers(text) if numeric.any() else text)
        .when(moment)
        .then(as_moment)
        .otherwise(text)
    )
    return pl.select(read).to_series().rename(text.name)


def _is_its_only_text(cell: str) -> bool:
    """Whether a text without spaces around it plainly is of none of the forms that `_of_text` writes in another way.

    A float as programs write it and a moment begin with a digit or a sign, and hold a point, a plus or a minus. A text
    of which this is not so may still be its only text: the patterns say.
    """
    starts_otherwise = cell[:1].isalpha() or not any(sign in cell for sign in ".+-")
    return cell.isascii() and starts_otherwise and cell.lower() not in ("true", "false")


def _of_numbers(text: pl.Series) -> pl.Series:
    """Of text that is numbers: by way of Float64, so that the digits of Float32 and of a file are the same."""
    import polars as pl

    values = text.cast(pl.Float64, strict=False)
    whole = (values.abs() < WHOLE_FLOAT_BELOW) & (values == values.round())
    as_whole = pl.select(pl.when(whole).then(values)).to_series().cast(pl.Int64, strict=False).cast(pl.String)
    return pl.select(pl.coalesce(as_whole, values.cast(pl.String))).to_series().rename(text.name)


def _of_moments(when: pl.Series) -> pl.Series:
    """ISO: the date alone at midnight, else with the time of day, without zeros at the end of a fraction."""
    text = when.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
    return text.str.strip_suffix(" 00:00:00.000000").str.replace(r"(:\d{2}(?:\.\d*[1-9])?)\.?0*$", "${1}")


def merges(column: pl.Series) -> bool:
    """Whether two texts of this column are one value, such as 1.10 and 1.1: then it is words, not numbers."""
    import polars as pl

    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return False
    written = texts(column, verbatim=True).drop_nulls().unique()
    numeric = written.filter(written.str.contains(WITH_POINT) & ~written.str.contains(r"[eE]"))
    if not len(numeric) or numeric.str.contains(r"\.0*$").all():
        return False  # 3.0 beside 3 is a whole number written by a program
    return texts(written).n_unique() < len(written)
