"""What of new rows a run could not use: cells of another form, and levels that training did not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.bounds import BOUNDS
from goodfit.data.tables.column_types import without_missing
from goodfit.data.tables.conventions import MARKS, OTHER, evidence
from goodfit.data.tables.encoder import UNKNOWN, Encoded, Encoder
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.units import UNIT_FORM
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

CELLS_THAT_PROVE = 2  # numbers or dates of a column that all have another form: not one row that is odd
LEVELS_THAT_PROVE = 20  # cells of a column, of which not one is a level that is known
LONGEST_CELL = 40  # characters in a message


@dataclass
class Unusable:
    """Cells of one column.

    Attributes:
        cells: how many have a value that could not be used.
        present: how many have a value.
        example: the first of them.
        wanted: what the run reads there, such as "a number"; None: a level that training had.
    """

    column: str
    cells: int
    present: int
    example: str
    wanted: str | None

    @property
    def note(self) -> tuple[str, str, str]:
        """The line that is printed."""
        why = "was not in training, or in one row: it is read as an unknown value"
        if self.wanted is not None:
            why = f"is not {self.wanted}: it counts as missing"
        return "not used", f"{self.column}: {self.cells:,} of {self.present:,}", f"'{self.example}' {why}"


class Unused:
    """Counts over the pieces of a table."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._counts: dict[str, Unusable] = {}
        self._present: dict[str, int] = {}

    def add(self, piece: pl.DataFrame, encoded: Encoded) -> None:
        """Count in these rows."""
        encoder = self._encoder
        counted: set[str] = set()
        for at, number in enumerate(encoder.numbers):
            if number.source in counted:
                continue
            counted.add(number.source)
            column = piece.get_column(number.source)
            gone = encoded.gone[:, at]
            if gone.any():
                form = f" of the form {number.format}" if number.format else ""
                self._add(column, gone, "a number" if number.part is None else f"a date{form}")
            else:
                self._present[number.source] = self._present.get(number.source, 0) + len(column)
        first = len(encoder.numbers) + len(encoder.flags)
        for at, category in enumerate(encoder.categories):
            if category.part is None:
                unknown = encoded.rows[:, first + at] == UNKNOWN
                if unknown.any():
                    self._add(piece.get_column(category.source), unknown, None)
                else:
                    self._present[category.source] = self._present.get(category.source, 0) + piece.height

    def _add(self, column: pl.Series, odd: np.ndarray, wanted: str | None) -> None:
        import polars as pl

        if is_nested(column.dtype):
            cells, present, example = int(column.is_not_null().sum()), len(column.drop_nulls()), "a list or bytes"
        else:
            bad = column.filter(pl.Series(odd)).drop_nulls()
            bad = bad if wanted is None else without_missing(bad)
            cells, present = len(bad), len(without_missing(column))
            example = str(bad[0]) if cells else ""
        self._present[column.name] = self._present.get(column.name, 0) + present
        if cells:
            short = example if len(example) <= LONGEST_CELL else f"{example[:LONGEST_CELL]}..."
            known = self._counts.setdefault(column.name, Unusable(column.name, 0, 0, short, wanted))
            known.cells += cells

    def counted(self) -> list[Unusable]:
        """A line a column.

        Raises:
            DataError: not one of the cells of a column could be used.
        """
        for name, each in self._counts.items():
            each.present = max(self._present[name], each.cells)
            enough = LEVELS_THAT_PROVE if each.wanted is None else CELLS_THAT_PROVE
            if each.cells == each.present >= enough:
                what = "was in training" if each.wanted is None else f"is {each.wanted}"
                raise DataError(
                    f"not one of the {each.present:,} values of the column '{name}' {what}, such as '{each.example}'",
                    fix="Write them as in the data that the run was fitted on, or leave the cells empty",
                )
        return list(self._counts.values())


def refuse_other_decimals(frame: pl.DataFrame, encoder: Encoder) -> None:
    """Numbers that are written by another convention than the run's would be read a thousandfold.

    Raises:
        DataError: a column shows the other decimal mark.
    """
    import polars as pl

    if frame.height < CELLS_THAT_PROVE:
        return
    for number in encoder.numbers:
        column = frame.get_column(number.source)
        plain = number.format is None or number.format == BOUNDS or number.format.startswith(UNIT_FORM)
        if number.part is not None or not plain or column.dtype != pl.String:
            continue
        if not column.str.contains(OTHER[number.decimal], literal=True).any():
            continue
        shown = evidence(column)
        if shown is not None and shown.mark == OTHER[number.decimal] and shown.cells[shown.mark] >= CELLS_THAT_PROVE:
            raise DataError(
                f"the column '{number.source}' has a decimal {MARKS[shown.mark]} ({shown.examples[shown.mark]}); the "
                f"run was fitted on numbers with a decimal {MARKS[number.decimal]}",
                fix=f"Write them as in the training data, or open them with goodfit.table(..., decimal='{shown.mark}')",
            )
