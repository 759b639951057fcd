"""Columns to numbers and codes: what training rows teach (means, levels) and how any row is written in those terms.

A row becomes D float32 values: the numbers as z-scores (0 where missing), a flag for each number column that had gaps
in training, and the codes of the categories. Code 0 stands for a level that training did not have (or had once), 1 for
a missing value. Columns are found by name: their order, and columns that are not asked for, do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from goodfit.data.tables import encode_few as cells
from goodfit.data.tables.column_types import MISSING, ColumnType, moments, numbers
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

UNKNOWN, GAP, FIRST = 0, 1, 2  # codes: a level not seen in training, a missing value, the first level
DEVIATIONS_AT_MOST = 1e6  # from the mean: further out, float32 would end in infinity
ROWS_OF_A_LEVEL = 2  # at least, in training: rarer ones share the unknown code, which is learnt from them
DATE_NUMBERS = ("days", "day", "hour")
DATE_LEVELS = {"month": [str(at) for at in range(1, 13)], "weekday": [str(at) for at in range(1, 8)]}


@dataclass(frozen=True)
class NumberColumn:
    """mean and deviation of the training rows; gaps: whether values were missing there."""

    name: str
    source: str
    part: str | None  # of a date: days, day, hour
    format: str | None
    mean: float
    deviation: float
    gaps: bool


@dataclass(frozen=True)
class CategoryColumn:
    """levels: by falling frequency in the training rows."""

    name: str
    source: str
    part: str | None  # of a date: month, weekday
    format: str | None
    levels: list[str]


@dataclass(frozen=True)
class Encoder:
    """Written and read as JSON; see the module."""

    numbers: tuple[NumberColumn, ...]
    categories: tuple[CategoryColumn, ...]

    @classmethod
    def learn(cls, frame: pl.DataFrame, kinds: Mapping[str, ColumnType], rows: np.ndarray) -> Self:
        """From the training rows of a frame.

        Raises:
            DataError: no column is left to learn from.
        """
        learnt = frame[rows]
        number_columns: list[NumberColumn] = []
        category_columns: list[CategoryColumn] = []
        for name, kind in kinds.items():
            parts: tuple[tuple[str | None, bool], ...] = ()
            if kind.name == "number":
                parts = ((None, True),)
            elif kind.name == "category":
                parts = ((None, False),)
            elif kind.name == "date":
                parts = (*((part, True) for part in DATE_NUMBERS), *((part, False) for part in DATE_LEVELS))
            for part, is_number in parts:
                label = name if part is None else f"{name} {part}"
                if is_number:
                    values = _numbers(learnt[name], part, kind.format)
                    known = values[~np.isnan(values)]
                    if len(known) and (deviation := float(known.std())) > 0:
                        gaps = len(known) < len(values)
                        number_columns.append(
                            NumberColumn(label, name, part, kind.format, float(known.mean()), deviation, gaps)
                        )
                else:
                    levels = DATE_LEVELS[part] if part else _levels(texts(learnt[name]))
                    category_columns.append(CategoryColumn(label, name, part, kind.format, levels))
        if not number_columns and not category_columns:
            raise DataError("no column is left to learn from", fix="Give columns besides the target")
        return cls(tuple(number_columns), tuple(category_columns))

    @property
    def flags(self) -> list[int]:
        """Which number columns have a flag for missing values."""
        return [at for at, column in enumerate(self.numbers) if column.gaps]

    @property
    def names(self) -> list[str]:
        """Of the D values of a row."""
        return [
            *(column.name for column in self.numbers),
            *(f"{self.numbers[at].name} missing" for at in self.flags),
            *(column.name for column in self.categories),
        ]

    @property
    def cardinalities(self) -> list[int]:
        """Number of codes of each category."""
        return [len(column.levels) + FIRST for column in self.categories]

    def encode(self, frame: pl.DataFrame) -> np.ndarray:
        """(N, D) float32.

        Raises:
            DataError: a column that the run was fitted on is not there.
        """
        self._refuse_absent(frame.columns)
        if frame.height <= cells.FEW and not self._has_dates:
            return self._encode_few(frame)
        first_flag, first_code = len(self.numbers), len(self.numbers) + len(self.flags)
        rows = np.zeros((frame.height, first_code + len(self.categories)), dtype=np.float32)
        flag = first_flag
        for at, number in enumerate(self.numbers):
            values = _numbers(frame[number.source], number.part, number.format)
            gone = np.isnan(values)
            rows[:, at] = np.where(
                gone, 0.0, np.clip((values - number.mean) / number.deviation, -DEVIATIONS_AT_MOST, DEVIATIONS_AT_MOST)
            )
            if number.gaps:
                rows[:, flag] = gone
                flag += 1
        for at, category in enumerate(self.categories):
            column = frame[category.source]
            if category.part is not None:
                when = moments(column, category.format)
                column = when.dt.month() if category.part == "month" else when.dt.weekday()
            rows[:, first_code + at] = _codes(texts(column), category.levels)
        return rows

    def _encode_few(self, frame: pl.DataFrame) -> np.ndarray:
        """The same for a few rows, cell by cell: thirty times as fast for one row as an expression a column."""
        numbers = [
            [cells.number(cell) for cell in frame.get_column(column.source).to_list()] for column in self.numbers
        ]
        codes = [
            [GAP if (level := cells.text(cell)) is None else known.get(level, UNKNOWN) for cell in column.to_list()]
            for known, column in zip(
                self._codes_of, (frame.get_column(column.source) for column in self.categories), strict=True
            )
        ]
        scores = [
            [
                0.0
                if value is None
                else min(DEVIATIONS_AT_MOST, max(-DEVIATIONS_AT_MOST, (value - column.mean) / column.deviation))
                for value in values
            ]
            for column, values in zip(self.numbers, numbers, strict=True)
        ]
        gaps = [[float(value is None) for value in numbers[at]] for at in self.flags]
        return np.array([*scores, *gaps, *codes], dtype=np.float32).T.copy()

    @cached_property
    def _has_dates(self) -> bool:
        return any(column.part for column in self.numbers) or any(column.part for column in self.categories)

    @cached_property
    def _codes_of(self) -> list[dict[str, int]]:
        return [{level: at for at, level in enumerate(column.levels, start=FIRST)} for column in self.categories]

    def unseen(self, rows: np.ndarray) -> dict[str, int]:
        """How many rows have a level that training did not have, by column."""
        codes = rows[:, len(self.numbers) + len(self.flags) :]
        counts = (codes == UNKNOWN).sum(axis=0)
        return {column.name: int(count) for column, count in zip(self.categories, counts, strict=True) if count}

    def _refuse_absent(self, columns: Sequence[str]) -> None:
        wanted = dict.fromkeys(
            [column.source for column in self.numbers] + [column.source for column in self.categories]
        )
        absent = [name for name in wanted if name not in set(columns)]
        if absent:
            raise DataError(
                f"the column '{absent[0]}' is missing"
                + (f", and {len(absent) - 1} more" if len(absent) > 1 else "")
                + "; the run was fitted on it",
                fix="Add it (empty where you do not know the value)",
            )

    def to_json(self) -> dict[str, Any]:
        return {
            "numbers": [asdict(column) for column in self.numbers],
            "categories": [asdict(column) for column in self.categories],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            tuple(NumberColumn(**column) for column in values["numbers"]),
            tuple(CategoryColumn(**column) for column in values["categories"]),
        )


def _numbers(column: pl.Series, part: str | None, form: str | None) -> np.ndarray:
    """(N,) float64, NaN where there is none."""
    import polars as pl

    if part is None:
        values = numbers(column)
    else:
        when = moments(column, form)
        values = {
            "days": lambda: when.dt.epoch("us") / 86_400e6,
            "day": lambda: when.dt.day(),
            "hour": lambda: when.dt.hour() + when.dt.minute() / 60,
        }[part]()
    return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def texts(column: pl.Series) -> pl.Series:
    """Text, null where it is missing. Whole numbers are written without a point: 1.0 and 1 are one level."""
    import polars as pl

    if column.dtype.is_float():
        column = pl.select(pl.when(column.is_finite()).then(column)).to_series()
    text = column.cast(pl.String).str.strip_chars().str.replace(r"^(-?\d+)\.0+$", "$1")
    return pl.select(pl.when(~text.is_in(MISSING)).then(text)).to_series()


def _levels(column: pl.Series) -> list[str]:
    counts = column.drop_nulls().alias("level").value_counts().sort(["count", "level"], descending=[True, False])
    return [str(level) for level, count in counts.iter_rows() if count >= ROWS_OF_A_LEVEL]


def _codes(column: pl.Series, levels: Sequence[str]) -> np.ndarray:
    import polars as pl

    codes = column.replace_strict(
        pl.Series(levels, dtype=pl.String),
        pl.Series(range(FIRST, FIRST + len(levels)), dtype=pl.Int64),
        default=UNKNOWN,
        return_dtype=pl.Int64,
    )
    return np.where(column.is_null().to_numpy(), GAP, codes.fill_null(UNKNOWN).to_numpy())
