"""A row of units below the names of columns (cm, kg, EUR), as laboratories and offices have it: it is no row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.present_cells import without_missing

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_LEAST = 5
OF_POINTS = r"(?i)^\s*(?:points possible|max(?:imum|imal)?\.? ?(?:points|score|punkte|punktzahl)|out of)\b.{0,20}$"


def units_below_names(frame: pl.DataFrame, ways: Mapping[str, tuple[str, str | None]]) -> tuple[str, str] | None:
    """What is to be said of a first row that has words where all other rows have numbers; None where it is a row.

    Args:
        ways: column of numbers -> decimal mark and form.
    """
    import polars as pl

    if frame.height < ROWS_AT_LEAST:
        return None
    for column in frame.iter_columns():
        if column.name not in ways and column.dtype == pl.String and column[:1].str.contains(OF_POINTS).any():
            what = f"the first row is called '{column[0].strip()[:40]}'; it is read as a row like the others"
            return what, "Remove it if it holds the points that can be reached"
    words: dict[str, str] = {}
    for name, (decimal, form) in ways.items():
        column = frame.get_column(name)
        if column.dtype != pl.String or not len(without_missing(column[:1])):
            continue
        if numbers(column[:1], decimal, form)[0] is not None:
            return None  # a number in the first row
        if (without_missing(column[1:]) == column[0]).any():
            continue  # a word that others have too
        words[name] = str(column[0])
    if not words:
        return None
    name, word = next(iter(words.items()))
    what = f"the first row has no numbers where the others have ('{word[:40]}' in '{name}'); it is read as a row"
    return what, "Remove it if it holds units or the like"
