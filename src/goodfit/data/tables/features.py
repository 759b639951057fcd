"""Side features: a table with a row for each user (or item), which says what is known besides the ratings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.conventions import convention
from goodfit.data.tables.encoder import Encoder
from goodfit.data.tables.excel import sheet_with
from goodfit.data.tables.header import NAMELESS
from goodfit.data.tables.reading import EXCEL_ENDINGS, Dialect, read_table
from goodfit.data.tables.words import texts
from goodfit.errors import DataError

if TYPE_CHECKING:  # imported where they are used: `goodfit fit --help` lists the options of every source
    from torch import Tensor


class Described(NamedTuple):
    """What is known of each code (row 0, and every code that the table does not have: all 0).

    Attributes:
        numbers: (codes, n) float32 z-scores and flags for missing values.
        levels: (codes, m) int64: which level of all m columns together, from 1 on.
        sizes: n, m and the number of levels.
    """

    numbers: Tensor
    levels: Tensor
    sizes: tuple[int, int, int]


class Features:
    """The table of one option.

    Args:
        place: a path or a frame.
        key: the column of the ratings; the table's column of this name, or else its first, says whose row it is.
        option: how the user named the table.

    Raises:
        DataError: no table, a user (or item) with two rows, or no column that can be read.
    """

    def __init__(self, place: Any, key: str, option: str) -> None:
        self.sheet = sheet_with(Path(place), [key]) if _is_workbook(place) else None
        frame = read_table(place, Dialect(sheet=self.sheet))
        named = key in frame.columns and not key.startswith(NAMELESS)
        self.key = key if named else frame.columns[0]
        self.option = option
        self.names: list[str | None] = texts(frame[self.key]).to_list()
        first: dict[str, int] = {}
        for row, name in enumerate(self.names):
            if name is None:
                raise DataError(
                    f"{option}: no name in row {row}", where=f"column '{self.key}'", fix="Give every row a name"
                )
            if first.setdefault(name, row) != row:
                raise DataError(
                    f"{option}: '{name}' stands in rows {first[name]} and {row}",
                    where=f"column '{self.key}'",
                    fix="Keep one row of each name",
                )
        self._row_of = first
        self._frame = frame[[name for name in frame.columns if name != self.key]]
        marks = convention(self._frame, separator=None, decimal=None)
        self.doubts = list(marks.doubts)  # what was assumed of its numbers
        self._kinds = {column.name: _kind(column, marks.of(column.name)) for column in self._frame.iter_columns()}

    def learn(self, names: Sequence[str]) -> None:
        """Means, deviations and levels, from those that have ratings in the training rows.

        Raises:
            DataError: not one of them is in the table.
        """
        rows = np.array([self._row_of[name] for name in names if name in self._row_of], dtype=np.int64)
        if not len(rows):
            raise DataError(
                f"{self.option}: not one of the training ratings is of a name in the column '{self.key}'",
                fix="Put the names into the first column, or into one that is called as in the ratings",
            )
        self._encoder = Encoder.learn(self._frame, self._kinds, rows)

    @property
    def note(self) -> tuple[str, str, str]:
        """The line that is printed."""
        left_out = [f"{name}: {kind.why}" for name, kind in self._kinds.items() if kind.name == "left out"]
        used = ", ".join(name for name, kind in self._kinds.items() if kind.name != "left out")
        sheet = [f"of the sheet '{self.sheet}', which has the column '{self.key}'"] if self.sheet is not None else []
        what = "; ".join([used, *left_out, *sheet])
        return self.option.removeprefix("--").replace("-", " "), f"{len(self.names):,}", what

    def describe(self, names: Sequence[str]) -> Described:
        """Of these, whose codes are 1, 2, ... in this order."""
        import torch

        values = self._encoder.encode(self._frame)
        width = values.shape[1] - len(self._encoder.categories)
        offsets = np.cumsum([1, *self._encoder.cardinalities])
        numbers = np.zeros((len(names) + 1, width), dtype=np.float32)
        levels = np.zeros((len(names) + 1, len(self._encoder.categories)), dtype=np.int64)
        code_and_row = [(code, self._row_of[name]) for code, name in enumerate(names, start=1) if name in self._row_of]
        codes, rows = np.array(code_and_row).T
        numbers[codes] = values[rows, :width]
        levels[codes] = values[rows, width:].astype(np.int64) + offsets[:-1]
        sizes = (width, levels.shape[1], int(offsets[-1]))
        return Described(torch.from_numpy(numbers), torch.from_numpy(levels), sizes)


def _is_workbook(place: Any) -> bool:
    """Whether this is a path of an Excel file."""
    return (
        isinstance(place, (str, os.PathLike)) and Path(place).suffix.lower() in EXCEL_ENDINGS and Path(place).is_file()
    )


def _kind(column: Any, decimal: str) -> ColumnType:
    """As for tables; titles and other text, which such tables have by nature, are left out."""
    kind = infer_type(column, categorical=(), numeric=(), ignore=(), decimal=decimal)
    return ColumnType("left out", kind.why) if kind.name == "text" else kind
