"""Ratings as people write them: 3 stars, 4/5, 8 out of 10, ★★★☆☆. Read where all cells are written in one way.

Nothing is converted: 4/5 is a 4, and a column with 4/5 and 8/10 is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goodfit.data.tables.fractions import FRACTIONS, form_of_fractions
from goodfit.data.tables.magnitudes import MAGNITUDES, has_magnitudes
from goodfit.data.tables.numbers import numbers, unified
from goodfit.data.tables.units import UNIT_FORM, unit_of, without_unit
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

OF_FORM = "of "  # and the highest rating: the form of 4/5
GLYPHS_FORM = "glyphs"  # the form of ★★★☆☆
DIGITS = r"\d+(?:[.,]\d+)?"
OF = rf"(?i)^({DIGITS}) ?(?:/|of|out of) ?({DIGITS})(?: ?(?:stars?|points?))?$"
GLYPHS = r"^[★⭐\x{FE0F}]*½?☆*$"
FULL, HALF = r"[★⭐]", "½"
WAYS_SHOWN = 3


def rating_form(cells: pl.Series, decimal: str) -> str | None:
    """The way in which ratings are written; None: as plain numbers, or in none of these ways.

    Args:
        cells: that are not missing.

    Raises:
        DataError: ratings out of several highest ones, such as 4/5 beside 8/10.
    """
    import polars as pl

    if not len(cells) or cells.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return None
    if not numbers(cells, decimal).is_null().any():
        return None
    text = unified(cells.cast(pl.String))
    if (text.str.contains(GLYPHS) & text.str.contains(f"{FULL}|{HALF}|☆")).all():
        return GLYPHS_FORM
    highest = text.str.extract(OF, 2).drop_nulls().unique(maintain_order=True).to_list()
    if len(highest) > 1:
        shown = " and ".join(f"of {each}" for each in highest[:WAYS_SHOWN])
        raise DataError(
            f"there are ratings {shown}", where=f"column '{cells.name}'", fix="Write all of them on one scale"
        )
    for other in (MAGNITUDES if has_magnitudes(text) else None, form_of_fractions(text)):
        if other is not None and not highest and not rating_values(cells, decimal, other).is_null().any():
            return other
    unit = unit_of(text) if not highest else None
    form = f"{OF_FORM}{highest[0]}" if highest else None if unit is None else f"{UNIT_FORM}{unit}"
    return form if form is not None and not rating_values(cells, decimal, form).is_null().any() else None


def number_parts(column: pl.Series) -> pl.Series:
    """The cells with what stands before "/5" or "out of 5" alone, so that their decimal mark shows."""
    import polars as pl

    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return column
    return unified(column.cast(pl.String)).str.replace(OF, "$1")


def rating_values(column: pl.Series, decimal: str, form: str | None) -> pl.Series:
    """Float64 of ratings written so; null where a cell is not, or lies above the highest rating."""
    import polars as pl

    if form is None or column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return numbers(column, decimal)
    text = unified(column.cast(pl.String))
    if form == GLYPHS_FORM:
        count = text.str.count_matches(FULL).cast(pl.Float64) + 0.5 * text.str.count_matches(HALF)
        return pl.select(pl.when(text.str.contains(GLYPHS) & (text != "")).then(count)).to_series().rename(column.name)
    if form == MAGNITUDES or form.startswith(FRACTIONS):
        return numbers(text, decimal, form).rename(column.name)
    if form.startswith(UNIT_FORM):
        return numbers(without_unit(text, form.removeprefix(UNIT_FORM)), decimal)
    highest = form.removeprefix(OF_FORM)
    plain = text.str.replace(rf"(?i)^({DIGITS}) ?(?:/|of|out of) ?{re.escape(highest)}(?: ?(?:stars?|points?))?$", "$1")
    values = numbers(plain, decimal)
    most = numbers(pl.Series([highest]), decimal)[0]
    return pl.select(pl.when(values <= most).then(values)).to_series().rename(column.name)


def words_of(form: str, example: str) -> str:
    """What is said of ratings that are written so."""
    import polars as pl

    if form == GLYPHS_FORM:
        return f"written as '{example}': read as the number of stars"
    if form == MAGNITUDES or form.startswith(FRACTIONS):
        value = rating_values(pl.Series([example]), ".", form)[0]
        return f"written as '{example}': read as the number that it is" + ("" if value is None else f", {value:g}")
    if form.startswith(OF_FORM):
        return f"written as '{example}': read as the number before '{form}'"
    return f"written as '{example}': read as numbers of {form.removeprefix(UNIT_FORM)}s"
