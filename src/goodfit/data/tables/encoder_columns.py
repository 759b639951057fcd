"""What the training rows teach of each column: mean and range of numbers, levels of categories, parts of dates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from goodfit.data.tables.column_types import ColumnType
from goodfit.data.tables.missing_words import MISSING_BEFORE
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.several_numbers import form_of, place_of
from goodfit.data.tables.words import merges, texts

if TYPE_CHECKING:
    import polars as pl

UNKNOWN, GAP, FIRST = 0, 1, 2  # codes: a level not seen in training, a missing value, the first level
ROWS_OF_A_LEVEL = 2  # at least, in training: rarer ones share the unknown code, which is learnt from them
TRUTH_OF_DIGITS = {"1": "true", "0": "false"}
DATE_NUMBERS = ("days", "day", "hour")
DATE_LEVELS = {"month": [str(at) for at in range(1, 13)], "weekday": [str(at) for at in range(1, 8)]}


class Way(NamedTuple):
    """How a run read the numbers of a column: the decimal mark of text, and the form."""

    column: str
    decimal: str
    form: str | None


@dataclass(frozen=True)
class NumberColumn:
    """mean, deviation, low and high of the training rows; gaps: whether values were missing there.

    format is of dates, or of times of day and durations; decimal is the decimal mark of text; words stand for a missing
    value, besides those that do in every table.
    """

    name: str
    source: str
    part: str | None  # of a date: days, day, hour
    format: str | None
    mean: float
    deviation: float
    gaps: bool
    decimal: str = "."
    words: list[str] = field(default_factory=list)
    low: float | None = None  # of runs of before they are not known
    high: float | None = None


@dataclass(frozen=True)
class CategoryColumn:
    """levels: by falling frequency in the training rows.

    verbatim: text is left as it was written. words_missing: NA, None and others mean a missing value, as they did in
    runs of before; since then only an empty cell does.
    """

    name: str
    source: str
    part: str | None  # of a date: month, weekday
    format: str | None
    levels: list[str]
    verbatim: bool = False
    words_missing: bool = True
    gaps: bool = True  # whether values were missing in training; of runs of before it is not known

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Level -> code. 1 and 0 are true and false where the levels are these, and the reverse."""
        codes = {level: at for at, level in enumerate(self.levels, start=FIRST)}
        if self.part is None and codes.keys() <= {"true", "false"}:
            codes |= {digit: codes[truth] for digit, truth in TRUTH_OF_DIGITS.items() if truth in codes}
        elif self.part is None and codes.keys() <= {"0", "1"}:
            codes |= {truth: codes[digit] for digit, truth in TRUTH_OF_DIGITS.items() if digit in codes}
        if self.words_missing and self.part is None:
            codes |= dict.fromkeys(MISSING_BEFORE, GAP)
        return codes


def learnt_columns(column: pl.Series, kind: ColumnType) -> tuple[list[NumberColumn], list[CategoryColumn]]:
    """What becomes of one column, from its training rows; nothing of numbers that do not differ."""
    name = column.name
    if kind.name == "category":
        verbatim = merges(column)
        words = texts(column, verbatim=verbatim)
        gaps = words.null_count() > 0
        return [], [
            CategoryColumn(name, name, None, kind.format, _levels(words), verbatim, words_missing=False, gaps=gaps)
        ]
    parts: tuple[str | None, ...] = {"number": (None,), "date": DATE_NUMBERS}.get(kind.name, ())
    found = [
        _number_column(column.rename(each), part, of_it, name)
        for part in parts
        for each, of_it in each_number(name, kind)
    ]
    levels_of_dates = DATE_LEVELS if kind.name == "date" else {}
    return [each for each in found if each is not None], [
        CategoryColumn(f"{name} {part}", name, part, kind.format, levels) for part, levels in levels_of_dates.items()
    ]


def each_number(name: str, kind: ColumnType) -> list[tuple[str, ColumnType]]:
    """The columns of numbers that a column becomes, with their names: itself, or one for each number of its cells."""
    place = place_of(kind.format) if kind.name == "number" else None
    if place is None:
        return [(name, kind)]
    return [(f"{name} {at}", replace(kind, format=form_of(at, place[1]))) for at in range(1, place[1] + 1)]


def _number_column(column: pl.Series, part: str | None, kind: ColumnType, source: str) -> NumberColumn | None:
    values = values_of(column, part, kind.format, kind.decimal)
    known = values[~np.isnan(values)]
    if not len(known) or not (deviation := float(known.std())) > 0:
        return None
    return NumberColumn(
        name=column.name if part is None else f"{column.name} {part}",
        source=source,
        part=part,
        format=kind.format,
        mean=float(known.mean()),
        deviation=deviation,
        gaps=len(known) < len(values),
        decimal=kind.decimal,
        words=list(kind.words),
        low=float(known.min()),
        high=float(known.max()),
    )


def values_of(column: pl.Series, part: str | None, form: str | None, decimal: str) -> np.ndarray:
    """(N,) float64, NaN where there is none."""
    import polars as pl

    if part is None:
        values = numbers(column, decimal, form)
    else:
        when = moments(column, form)
        values = {
            "days": lambda: when.dt.epoch("us") / 86_400e6,
            "day": lambda: when.dt.day(),
            "hour": lambda: when.dt.hour() + when.dt.minute() / 60,
        }[part]()
    return values.cast(pl.Float64).to_numpy()  # null is NaN


def _levels(column: pl.Series) -> list[str]:
    counts = column.drop_nulls().alias("level").value_counts().sort(["count", "level"], descending=[True, False])
    return [str(level) for level, count in counts.iter_rows() if count >= ROWS_OF_A_LEVEL]
