"""Which cells of a column have a value: neither empty nor a word for a missing one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from goodfit.data.tables.missing_words import LONGEST_MISSING, MISSING, words_among_numbers
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.visible import visible

if TYPE_CHECKING:
    import polars as pl


def without_empty(column: pl.Series) -> pl.Series:
    """The values of the cells that are not empty: NA and others are words."""
    import polars as pl

    kept = column.drop_nulls()
    if not len(kept):
        return kept
    if kept.dtype in (pl.String, pl.Categorical, pl.Enum):
        return kept.filter(visible(kept) != "")
    return kept.filter(kept.is_finite()) if kept.dtype.is_float() else kept


def without_missing(column: pl.Series) -> pl.Series:
    """The values that are not missing, where NA and others mean that: in numbers and dates."""
    import polars as pl

    kept = without_empty(column)
    if len(kept) and kept.dtype in (pl.String, pl.Categorical, pl.Enum):
        return kept.filter(~visible(kept).is_in(MISSING))
    return kept


def strays_of(present: pl.Series) -> list[str]:
    """A few different words among numbers or dates; none where the column is otherwise."""
    import polars as pl

    if present.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return []
    return words_among_numbers(visible(present))


def without_words(present: pl.Series, words: Collection[str]) -> pl.Series:
    """The values without these."""
    return present.filter(~visible(present).is_in(list(words)))


def missing_cells(column: pl.Series, words: Collection[str] | None) -> dict[str, int]:
    """What counts as missing in a column -> in how many cells: empty ones, NA and others.

    Args:
        words: that stand for a missing value besides the known ones, in a column of numbers or dates; None of others.
    """
    import polars as pl

    if is_nested(column.dtype):
        return {}
    empty = len(column) - len(without_empty(column))
    counts = {"empty": empty} if empty else {}
    if words is not None and column.dtype in (pl.String, pl.Categorical, pl.Enum):
        known = [*MISSING[1:], *words]
        longest = max(LONGEST_MISSING, *(len(word.encode()) for word in known))
        text = column.cast(pl.String)
        short = visible(text.filter(text.str.len_bytes() <= longest))
        for word, count in short.filter(short.is_in(known)).alias("word").value_counts(sort=True).iter_rows():
            counts[f"'{word}'"] = int(count)
    return counts
