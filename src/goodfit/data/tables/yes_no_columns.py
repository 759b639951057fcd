"""Columns of yes and no, in whatever words: what each cell says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.columns import MISSING as NO_CODE
from goodfit.data.columns import of_texts
from goodfit.data.tables.missing_words import MISSING
from goodfit.data.tables.spelt_alike import NO, YES
from goodfit.data.tables.words import texts

if TYPE_CHECKING:
    import polars as pl

MINUS = "-1"  # no, where the columns hold 1 and -1 alone, as those of CelebA; beside 0 it is something else
ROWS_LOOKED_AT = 1_000  # of columns of many numbers these show already that they are no yes and no


@dataclass(frozen=True)
class Sides:
    """What the cells of a column of yes and no say.

    Attributes:
        codes: (N,) which of the cells; -1 where one is empty.
        cells: the different ones. sides: of each True, False, None where it is missing, or the cell itself.
    """

    name: str
    codes: np.ndarray
    cells: Sequence[str]
    sides: Sequence[bool | str | None]

    @property
    def strange(self) -> list[str]:
        """Cells that are neither yes, nor no, nor missing."""
        return [side for side in self.sides if isinstance(side, str)]

    def count_strange(self) -> int:
        """In how many rows they are."""
        return int(np.isin(self.codes, [at for at, side in enumerate(self.sides) if isinstance(side, str)]).sum())

    def values(self) -> np.ndarray:
        """(N,) int8: 1 of yes, 0 of no, -1 of all others."""
        sides = [int(side) if isinstance(side, bool) else NO_CODE for side in self.sides]
        values: np.ndarray = np.array([*sides, NO_CODE], dtype=np.int8)[self.codes]
        return values

    def with_minus(self) -> Sides:
        """The same where -1 is no."""
        return replace(self, sides=[False if side == MINUS else side for side in self.sides])


def sides_of(columns: Sequence[pl.Series], *, minus: bool) -> list[Sides]:
    """What these columns say.

    Args:
        minus: whether -1 is no.
    """
    sides = [_sides_of(column) for column in columns]
    return [each.with_minus() for each in sides] if minus else sides


def yes_no_columns(columns: Sequence[pl.Series]) -> tuple[list[Sides], bool]:
    """What these columns say, and whether -1 is no in them; of some rows alone, where these show other cells."""
    for rows in (ROWS_LOOKED_AT, None):
        sides = sides_of([column if rows is None else column.head(rows) for column in columns], minus=False)
        minus = are_signs(sides)
        sides = [each.with_minus() for each in sides] if minus else sides
        if any(each.strange for each in sides):
            break
    return sides, minus


def are_signs(sides: Sequence[Sides]) -> bool:
    """Whether columns hold 1 and -1 alone."""
    return {cell for each in sides for cell in each.cells if cell not in MISSING} == {MINUS, "1"}


def _sides_of(column: pl.Series) -> Sides:
    import polars as pl

    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        values = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
        finite = np.isfinite(values)
        different = np.unique(values[finite])
        codes = np.where(finite, np.searchsorted(different, values), NO_CODE)
        cells = texts(pl.Series(different)).to_list()
    else:
        codes, cells = of_texts(texts(column))
    return Sides(column.name, codes, cells, [_side(cell) for cell in cells])


def _side(cell: str) -> bool | str | None:
    word = cell.casefold()
    if word in YES or word in NO:
        return word in YES
    return None if cell in MISSING else cell
