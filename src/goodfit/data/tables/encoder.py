"""Columns to numbers and codes: what training rows teach (means, levels) and how any row is written in those terms.

A row becomes D float32 values: the numbers as z-scores (0 where missing), a flag for each number column that had gaps
in training, its places along the directions of each column of text, and the codes of the categories. Code 0 stands for
a level that training did not have (or had once), 1 for a missing value. Columns are found by name: their order, and
columns that are not asked for, do not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.encoder_columns import (
    FIRST,
    GAP,
    UNKNOWN,
    CategoryColumn,
    NumberColumn,
    Way,
    learnt_columns,
    values_of,
)
from goodfit.data.tables.few_rows import ROWS_LOOKED_UP, CodesRead, FewRows, few_rows
from goodfit.data.tables.free_text import FreeText
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import types_of
from goodfit.data.tables.words import texts
from goodfit.errors import DataError
from goodfit.formatting import nearest

if TYPE_CHECKING:
    import polars as pl

DEVIATIONS_AT_MOST = 1e6  # from the mean: further out, float32 would end in infinity
ROWS_ENCODED_AT_ONCE = 100_000  # the float64 on the way take thrice the memory of the rows
CELLS_AT_ONCE = 200_000  # of text, read in one call: a call for each column would take longer than one row may
REASONS_LISTED = 3  # why columns are left out, in an error


class Encoded(NamedTuple):
    """rows: (N, D) float32. gone: (N, numbers) bool, where a number is missing or cannot be read.

    terms: (N, lanes) float32, numbers and weights, in turn, of the terms of each row's texts.
    """

    rows: np.ndarray
    gone: np.ndarray
    terms: np.ndarray


class Ranges(NamedTuple):
    """Of numbers of the training rows, as z-scores: (columns,) each; places: which of the numbers. NaN: not known."""

    places: np.ndarray
    low: np.ndarray
    high: np.ndarray
    span: np.ndarray


@dataclass(frozen=True)
class Encoder:
    """Written and read as JSON; see the module."""

    numbers: tuple[NumberColumn, ...]
    categories: tuple[CategoryColumn, ...]
    texts: tuple[FreeText, ...] = ()

    @classmethod
    def learn(cls, frame: pl.DataFrame, kinds: Mapping[str, ColumnType], rows: np.ndarray) -> Self:
        """From the training rows of a frame.

        Raises:
            DataError: no column is left to learn from.
        """
        learnt = frame[rows]
        number_columns: list[NumberColumn] = []
        category_columns: list[CategoryColumn] = []
        text_columns = [FreeText.learn(learnt[name]) for name, kind in kinds.items() if kind.name == "text"]
        for name, kind in kinds.items():
            of_numbers, of_levels = learnt_columns(learnt[name], kind)
            number_columns += of_numbers
            category_columns += of_levels
        if not number_columns and not category_columns and not any(text_columns):
            reasons = "; ".join(f"{name}: {kind.why}" for name, kind in list(kinds.items())[:REASONS_LISTED])
            raise DataError(
                f"no column is left to learn from{f' ({reasons})' if reasons else ''}",
                fix="Give columns besides the target, or read one with --numeric or --categorical",
            )
        return cls(tuple(number_columns), tuple(category_columns), tuple(filter(None, text_columns)))

    @cached_property
    def sources(self) -> list[str]:
        """The columns of the table that are read, each once."""
        return list(dict.fromkeys(self.sources_of_values))

    @property
    def only_text(self) -> str | None:
        """The column of text that is all that is read; None where others are, or several."""
        return self.texts[0].source if len(self.texts) == 1 and self.sources == [self.texts[0].source] else None

    @cached_property
    def knows_nothing(self) -> bool:
        """Whether each column had gaps in training, so that a row without any value may have been there as well."""
        gaps = [*(column.gaps for column in self.numbers), *(column.gaps for column in self.categories)]
        return not self.texts and all(gaps)

    @cached_property
    def flags(self) -> list[int]:
        """Which number columns have a flag for missing values."""
        return [at for at, column in enumerate(self.numbers) if column.gaps]

    @cached_property
    def names(self) -> list[str]:
        """Of the D values of a row."""
        return [
            *(column.name for column in self.numbers),
            *(f"{self.numbers[at].name} missing" for at in self.flags),
            *(name for column in self.texts for name in column.names),
            *(column.name for column in self.categories),
        ]

    @cached_property
    def sources_of_values(self) -> list[str]:
        """The column of the table that each of the D values of a row is from."""
        return [
            *(column.source for column in self.numbers),
            *(self.numbers[at].source for at in self.flags),
            *(column.source for column in self.texts for _ in column.names),
            *(column.source for column in self.categories),
        ]

    @cached_property
    def places_of_texts(self) -> list[tuple[FreeText, slice]]:
        """The columns of text, each with where its places stand in a row."""
        ends = np.cumsum([len(self.numbers) + len(self.flags), *(len(text.names) for text in self.texts)]).tolist()
        return [(text, slice(*at)) for text, at in zip(self.texts, pairwise(ends), strict=True)]

    @cached_property
    def lanes_of_texts(self) -> list[tuple[FreeText, slice]]:
        """The columns of text, each with where its terms stand behind a row."""
        ends = np.cumsum([0, *(2 * text.width for text in self.texts)]).tolist()
        return [(text, slice(*at)) for text, at in zip(self.texts, pairwise(ends), strict=True)]

    @cached_property
    def lanes(self) -> int:
        """How many values stand behind a row: see `goodfit.data.source.Terms`."""
        return sum(2 * text.width for text in self.texts)

    @cached_property
    def first_code(self) -> int:
        """Where the codes of the categories begin in a row."""
        return len(self.names) - len(self.categories)

    @cached_property
    def cardinalities(self) -> list[int]:
        """Number of codes of each category."""
        return [len(column.levels) + FIRST for column in self.categories]

    def with_decimals(self, marks: Mapping[str, str]) -> Self:
        """The same, for text in which these columns have another decimal mark."""
        if not marks:
            return self
        numbers = (replace(each, decimal=marks.get(each.source, each.decimal)) for each in self.numbers)
        return replace(self, numbers=tuple(numbers))

    def with_date_forms(self, forms: Mapping[str, str]) -> Self:
        """The same, for text in which the dates of these columns have another form."""
        numbers = (
            replace(at, format=forms[at.source]) if at.part and at.source in forms else at for at in self.numbers
        )
        levels = (
            replace(at, format=forms[at.source]) if at.part and at.source in forms else at for at in self.categories
        )
        return replace(self, numbers=tuple(numbers), categories=tuple(levels))

    def encode(self, frame: pl.DataFrame) -> np.ndarray:
        """(N, D) float32.

        Raises:
            DataError: a column that the run was fitted on is not there.
        """
        self._refuse_absent(frame.columns)
        return self.read_all(frame).rows

    def read_all(self, frame: pl.DataFrame) -> Encoded:
        """The same with what stands beside them, however many rows there are."""
        self._refuse_absent(frame.columns)
        widths = (len(self.names), len(self.numbers), self.lanes)
        types = (np.float32, np.bool_, np.float32)
        whole = Encoded(*(np.empty((frame.height, width), of) for width, of in zip(widths, types, strict=True)))
        for start in range(0, frame.height, ROWS_ENCODED_AT_ONCE):
            block = slice(start, start + ROWS_ENCODED_AT_ONCE)
            for values, read in zip(whole, self.read(frame[block]), strict=True):
                values[block] = read
        return whole

    def read(self, frame: pl.DataFrame, types: Mapping[str, pl.DataType] | None = None) -> Encoded:
        """The rows, and which numbers were not there.

        Args:
            types: of all columns, where they are known.
        """
        types = types_of(frame) if types is None else types
        self._refuse_absent(types)
        few = few_rows(frame, types)
        numbers = self._number_values(frame, types, few)
        gone = np.isnan(numbers)
        means, deviations = self._scale
        scores = np.clip((numbers - means) / deviations, -DEVIATIONS_AT_MOST, DEVIATIONS_AT_MOST)
        scores[gone] = 0.0
        rows = np.empty((frame.height, len(self.names)), dtype=np.float32)
        rows[:, : len(self.numbers)] = scores
        rows[:, len(self.numbers) : len(self.numbers) + len(self.flags)] = gone[:, self.flags]
        terms = np.empty((frame.height, self.lanes), dtype=np.float32)
        first = 0
        for (text, at), (_, lanes) in zip(self.places_of_texts, self.lanes_of_texts, strict=True):
            rows[:, at], terms[:, lanes] = text.read(frame.get_column(text.source))
            terms[:, lanes][:, ::2] += first
            first += len(text.terms)
        rows[:, self.first_code :] = self._codes(frame, few)
        return Encoded(rows, gone, terms)

    @cached_property
    def ranges(self) -> Ranges:
        """Of the numbers that stand in a row as they are, and of the days of dates, which have none."""
        places = np.flatnonzero([column.part in (None, "days") for column in self.numbers])
        means, deviations = (values[places] for values in self._scale)
        ends = [
            (np.nan, np.nan)
            if None in (column.low, column.high) or column.part is not None
            else (column.low, column.high)
            for column in (self.numbers[at] for at in places)
        ]
        low, high = (np.array(ends, dtype=float).reshape(-1, 2).T - means) / deviations
        slack = 1e-4 * (high - low)  # of values that went through float32
        return Ranges(places, low - slack, high + slack, high - low)

    @cached_property
    def ways(self) -> list[Way]:
        """How columns of numbers were read; of dates there is none."""
        return [Way(number.source, number.decimal, number.format) for number in self.numbers if number.part is None]

    @cached_property
    def first_numbers(self) -> dict[str, int]:
        """Column -> the place of the first number that it gives."""
        first: dict[str, int] = {}
        for at, number in enumerate(self.numbers):
            first.setdefault(number.source, at)
        return first

    @cached_property
    def _as_they_are(self) -> list[int]:
        """The places of numbers that columns of numbers give."""
        return [at for at, number in enumerate(self.numbers) if number.part is None and number.format is None]

    @cached_property
    def _codes_read(self) -> CodesRead:
        """What texts of few rows were read as."""
        return CodesRead([category.source for category in self.categories])

    @cached_property
    def source_of_each(self) -> np.ndarray:
        """The column of each number and each category."""
        names = [*(column.source for column in self.numbers), *(column.source for column in self.categories)]
        return np.array(names, dtype=object)

    @cached_property
    def _scale(self) -> tuple[np.ndarray, np.ndarray]:
        """(numbers,) means and deviations."""
        scale = np.array([(column.mean, column.deviation) for column in self.numbers]).reshape(-1, 2)
        return scale[:, 0], scale[:, 1]

    def number_values(self, frame: pl.DataFrame) -> np.ndarray:
        """(N, numbers) float64 in the columns' own units, NaN where there is none."""
        types = types_of(frame)
        return self._number_values(frame, types, few_rows(frame, types))

    def _number_values(self, frame: pl.DataFrame, types: Mapping[str, pl.DataType], few: FewRows | None) -> np.ndarray:
        """The same. Columns of one type are read several in one call, and those of few rows with none."""
        import polars as pl

        values = np.empty((frame.height, len(self.numbers)), order="F")
        at_once: set[int] = set()
        if few is not None and (plain := [at for at in self._as_they_are if self.numbers[at].source not in few.texts]):
            values[:, plain] = few.numbers([self.numbers[at].source for at in plain])
            at_once.update(plain)
        alike: dict[tuple[pl.DataType, str], list[int]] = {}
        for at, column in enumerate(self.numbers) if len(at_once) < len(self.numbers) else ():
            if at in at_once:
                continue
            if column.part is not None or column.format is not None:
                cells = frame.get_column(column.source)
                values[:, at] = values_of(cells, column.part, column.format, column.decimal)
            else:
                alike.setdefault((types[column.source], column.decimal), []).append(at)
        for (dtype, decimal), places in alike.items():
            together = dtype in (pl.Boolean, pl.String) or dtype.is_numeric()
            for block in _blocks(places, frame.height) if together else ([at] for at in places):
                stacked = pl.concat([frame.get_column(self.numbers[at].source) for at in block])
                values[:, block] = values_of(stacked, None, None, decimal).reshape(len(block), frame.height).T
        return values

    def _codes(self, frame: pl.DataFrame, few: FewRows | None) -> np.ndarray:
        """(N, categories) codes."""
        import polars as pl

        if few is not None and (read_before := self._codes_read.of(few)) is not None:
            return read_before
        codes = np.empty((frame.height, len(self.categories)), dtype=np.int64, order="F")
        of_text: list[int] = []
        for at, category in enumerate(self.categories):
            column = frame.get_column(category.source)
            if category.part is not None:
                when = moments(column, category.format)
                column = when.dt.month() if category.part == "month" else when.dt.weekday()
            elif column.dtype == pl.String and not category.verbatim:
                of_text.append(at)
                continue
            codes[:, at] = _coded(texts(column, verbatim=category.verbatim), category)
        for block in _blocks(of_text, frame.height):
            stacked = texts(pl.concat([frame.get_column(self.categories[at].source) for at in block]))
            words = stacked.to_list() if frame.height <= ROWS_LOOKED_UP else None
            for place, at in enumerate(block):
                cells = slice(place * frame.height, (place + 1) * frame.height)
                codes[:, at] = _coded(stacked[cells] if words is None else words[cells], self.categories[at])
        if few is not None:
            self._codes_read.keep(few, codes)
        return codes

    def unseen(self, rows: np.ndarray) -> dict[str, int]:
        """How many rows have a level that training did not have, by column."""
        codes = rows[:, self.first_code :]
        counts = (codes == UNKNOWN).sum(axis=0)
        return {column.name: int(count) for column, count in zip(self.categories, counts, strict=True) if count}

    def _refuse_absent(self, columns: Collection[str]) -> None:
        absent = [name for name in self.sources if name not in columns]
        if absent:
            present = set(columns)
            near, others = nearest(absent[0], present - {*self.sources}, 1), len(absent) - 1
            raise DataError(
                f"the column '{absent[0]}' is missing{f', and {others} more' * (others > 0)}; the run was fitted on it",
                fix=f"If '{near[0]}' is it, name it so" if near else "Add it (empty where you do not know the value)",
            )

    def to_json(self) -> dict[str, Any]:
        return {
            "numbers": [asdict(column) for column in self.numbers],
            "categories": [asdict(column) for column in self.categories],
            "texts": [asdict(column) for column in self.texts],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(
            tuple(NumberColumn(**column) for column in values["numbers"]),
            tuple(CategoryColumn(**column) for column in values["categories"]),
            tuple(FreeText(**column) for column in values.get("texts", ())),
        )


def _blocks(places: Sequence[int], height: int) -> Iterator[Sequence[int]]:
    """Places of columns that are read together."""
    together = max(1, CELLS_AT_ONCE // max(1, height))
    for start in range(0, len(places), together):
        yield places[start : start + together]


def _coded(column: pl.Series | list[str | None], category: CategoryColumn) -> np.ndarray:
    """(N,) codes of texts: each different one is looked up once."""
    import polars as pl

    code_of = category.code_of
    if len(column) <= ROWS_LOOKED_UP:
        cells = column if isinstance(column, list) else column.to_list()
        return np.array([GAP if cell is None else code_of.get(cell, UNKNOWN) for cell in cells], dtype=np.int64)
    column = pl.Series(column, dtype=pl.String)
    codes = column.replace_strict(
        pl.Series(list(code_of), dtype=pl.String),
        pl.Series(list(code_of.values()), dtype=pl.Int64),
        default=UNKNOWN,
        return_dtype=pl.Int64,
    )
    return np.where(column.is_null().to_numpy(), GAP, codes.fill_null(UNKNOWN).to_numpy())
