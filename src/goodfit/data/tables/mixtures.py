"""Columns of numbers with other values among them: what they hold, for those who may want the numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodfit.data.tables.naming_numbers import is_code
from goodfit.data.tables.number_forms import first_null
from goodfit.data.tables.numbers import numbers
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

SHARE_OF_ODD_WORDS, ODD_WORDS, NUMBERS_BESIDE_WORDS = 0.1, 2, 5  # of the cells; different ones


def few_words_among_numbers(present: pl.Series, decimal: str) -> str:
    """What is said of a category of few different numbers, next to all of its cells, and a word or two: 'ERR'."""
    values = numbers(present, decimal)
    odd = present.filter(values.is_null())
    few = len(odd) <= SHARE_OF_ODD_WORDS * len(present) and odd.n_unique() <= ODD_WORDS
    if not few or values.n_unique() <= NUMBERS_BESIDE_WORDS or (mixture := mixture_of(present, decimal)) is None:
        return ""
    return f": {mixture}; --numeric {present.name} reads those as missing"


def mixture_of(present: pl.Series, decimal: str) -> str | None:
    """What a column of numbers and other values holds; None where numbers are the smaller part, or codes."""
    values = numbers(present, decimal)
    odd = values.null_count()
    if 2 * odd >= len(values) or not odd or is_code(present.filter(values.is_not_null())):
        return None
    what = f"{counted(odd, 'value')} such as '{first_null(present, values)}'"
    return f"{counted(len(values) - odd, 'number')}, and {what} that {'is not' if odd == 1 else 'are not'}"
