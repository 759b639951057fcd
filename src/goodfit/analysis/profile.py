"""What the columns of a table hold: counts, mean and deviation, shares under the normal curve, outliers, levels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from goodfit.data.source import Source
from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.conventions import convention
from goodfit.data.tables.encoder_columns import each_number
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.present_cells import missing_cells
from goodfit.data.tables.reading import Dialect, read_parts
from goodfit.data.tables.remarks import doubts_of, type_notes
from goodfit.data.tables.targets import WORDS, TargetForm
from goodfit.data.tables.words import texts
from goodfit.errors import DataError
from goodfit.formatting import is_years
from goodfit.stats.describe import distance_from_normal, outliers, sample_deviation, shares_within
from goodfit.store.run_folder import RECORD

if TYPE_CHECKING:
    import polars as pl

LEVELS_LISTED = 8
NOTED = ("numbers", "dates", "missing")  # of what is said of columns: the table of them shows the rest
BINS_AT_MOST = 40
BLOCKS = " ▁▂▃▄▅▆▇█"
COLUMNS_KEPT, ROWS_LOOKED_AT = 200, 10_000  # of a run: a second's work, and a tenth of a megabyte
VALUES_THAT_TELL = 20  # of which chance alone gives a distance of 0.23
NORMAL_DISTANCE = 0.05  # of shares: nearer is like the normal curve
LILLIEFORS_AT_1_PERCENT = 1.035  # over the root of the rows: what chance gives of normal values (Stephens 1974)


@dataclass(frozen=True)
class NumberProfile:
    """Of the numbers of a column.

    Attributes:
        deviation: sample standard deviation.
        quartiles: minimum, first quartile, median, third quartile, maximum.
        within: shares within 1, 2 and 3 deviations of the mean; of the normal curve 0.683, 0.954 and 0.997.
        distance: `goodfit.stats.distance_from_normal`.
        outliers: beyond Tukey's fences.
        edges, counts: of a histogram.
    """

    mean: float
    deviation: float
    quartiles: tuple[float, float, float, float, float]
    within: tuple[float, ...]
    distance: float
    outliers: int
    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @property
    def is_few(self) -> bool:
        """Whether so few values can look like the normal curve whatever they are drawn from."""
        return sum(self.counts) < VALUES_THAT_TELL

    @property
    def is_normal(self) -> bool:
        """Whether the values lie as the normal curve does, as far as their number can tell."""
        rows = sum(self.counts)
        chance = LILLIEFORS_AT_1_PERCENT / math.sqrt(rows) if rows else 1.0
        return not self.distance > max(NORMAL_DISTANCE, chance)


@dataclass(frozen=True)
class ColumnProfile:
    """A column.

    Attributes:
        kind: number, category, date, text or left out; why: in a few words.
        rows: of the table; missing: cells without a value; distinct: different values.
        numbers: of a column of numbers.
        levels: of categories, the most frequent values and their counts.
        first, last: of dates, as ISO text.
    """

    name: str
    kind: str
    why: str
    rows: int
    missing: int
    distinct: int
    numbers: NumberProfile | None = None
    levels: tuple[tuple[str, int], ...] = ()
    first: str | None = None
    last: str | None = None

    @property
    def holds_years(self) -> bool:
        """Whether its numbers are years, which are written without a comma."""
        ends = (0.5, 0.5) if self.numbers is None else (self.numbers.quartiles[0], self.numbers.quartiles[4])
        return is_years(self.name, *ends)

    def to_json(self) -> dict[str, Any]:
        """All of it, without what does not apply."""
        plain: dict[str, Any] = {
            "name": self.name, "kind": self.kind, "why": self.why, "rows": self.rows, "missing": self.missing,
            "distinct": self.distinct,
        }  # fmt: skip
        if self.numbers is not None:
            each = self.numbers
            low, first, median, third, high = each.quartiles
            plain |= {
                "mean": each.mean, "deviation": each.deviation, "min": low, "q1": first, "median": median, "q3": third,
                "max": high, "within": list(each.within), "distance_from_normal": each.distance,
                "normal": each.is_normal, "outliers": each.outliers,
                "histogram": {"edges": list(each.edges), "counts": list(each.counts)},
            }  # fmt: skip
        if self.levels:
            plain["levels"] = [{"value": value, "rows": count} for value, count in self.levels]
        if self.first is not None:
            plain |= {"first": self.first, "last": self.last}
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in plain.items()
        }


def profile(
    data: Any, *, dialect: Dialect | None = None, decimal: str | None = None, date_order: str | None = None
) -> list[ColumnProfile]:
    """A profile of every column, read as `goodfit.fit` would read it: decimal commas, dates, missing words.

    Args:
        data: a path of CSV, Parquet, Excel and others, or a frame of any library.
        dialect: of delimited text; detected when None.
        decimal: the decimal mark; decided from all columns when None.
        date_order: day or month: what 03/04/2024 begins with, where both can be.

    Raises:
        DataError: not a table.
    """
    return described(data, dialect=dialect, decimal=decimal, date_order=date_order).columns


class Described(NamedTuple):
    """A table's columns, what was guessed when it was read (name, value, why), and doubts: what is assumed, and what
    settles it.
    """

    columns: list[ColumnProfile]
    notes: list[tuple[str, str, str]]
    doubts: list[tuple[str, str]]


def described(
    data: Any, *, dialect: Dialect | None = None, decimal: str | None = None, date_order: str | None = None
) -> Described:
    """The same with what `goodfit fit` prints of the reading."""
    if isinstance(data, Path) and (data / RECORD).is_file():
        raise DataError(
            "this is a run folder, and a table is needed",
            where=data,
            fix=f"Give what it was fitted on; goodfit report {data} writes the page with the run's own profile of it",
        )
    table = read_parts(data, valid=None, test=None, stream=False, dialect=dialect)
    frame = table.frame.sample()
    separator = None if table.delimited is None else table.delimited.separator
    marks = convention(frame, separator=separator, decimal=decimal)
    types = {
        column.name: infer_type(
            column, categorical=(), numeric=(), ignore=(), decimal=marks.of(column.name), date_order=date_order
        )
        for column in frame.iter_columns()
    }
    columns = [
        _of_column(frame[name].rename(each_name), marks.of(name), each)
        for name, kind in types.items()
        for each_name, each in each_number(name, kind)
    ]
    notes = [*table.notes, *([] if marks.note is None else [marks.note])]
    read = {name: kind for name, kind in types.items() if kind.name != "left out" or kind.doubt}
    notes += [note for note in type_notes(read, frame) if note[0] in NOTED]
    doubts = [*marks.doubts, *doubts_of(types, frame, TargetForm(WORDS), [], whole=True)]
    return Described(columns, notes, doubts)


def columns_of_run(source: Source) -> dict[str, Any]:
    """What a run keeps of the columns of its data, for its page: as `profile` has them, of a sample of many rows.

    Returns:
        columns (see `ColumnProfile.to_json`; of a histogram its counts alone), rows, sampled (rows that were looked
        at), and columns_in_all; nothing where the data is not a table.
    """
    described = []
    names = source.column_names
    for column, kind in source.columns_as_read(COLUMNS_KEPT, ROWS_LOOKED_AT):
        for name, each in each_number(column.name, kind):
            made = _of_column(column.rename(name), each.decimal, each).to_json()
            if "histogram" in made:
                made["histogram"] = made["histogram"]["counts"]
            described.append(made)
    if not described:
        return {}
    return {
        "columns": described, "rows": len(source), "sampled": described[0]["rows"], "columns_in_all": len(names),
    }  # fmt: skip


def _of_column(column: pl.Series, mark: str, kind: ColumnType) -> ColumnProfile:
    rows = len(column)
    if kind.name == "left out":  # a running number is described too, though nothing is learnt from it
        values = numbers(column, mark).drop_nulls()
        if values.n_unique() > 1 and len(values) == len(column.drop_nulls()):
            return _of_numbers(column, values.to_numpy(), kind)
    if kind.name == "number":
        return _of_numbers(column, numbers(column, kind.decimal, kind.format).drop_nulls().to_numpy(), kind)
    if kind.name == "date":
        instants = moments(column, kind.format).drop_nulls().sort()
        ends = [instants[at].isoformat(sep=" ") for at in (0, -1)] if len(instants) else [None, None]
        return ColumnProfile(
            column.name,
            kind.name,
            kind.why,
            rows,
            rows - len(instants),
            instants.n_unique(),
            first=ends[0],
            last=ends[1],
        )
    words = texts(column).drop_nulls()
    gaps = max(rows - len(words), sum(missing_cells(column, kind.words_for_missing).values()))
    levels = words.value_counts(sort=True) if kind.name == "category" else None
    listed = [] if levels is None else levels.head(LEVELS_LISTED).iter_rows()
    return ColumnProfile(
        column.name, kind.name, kind.why, rows, gaps, words.n_unique(),
        levels=tuple((str(value), int(count)) for value, count in listed),
    )  # fmt: skip


def _of_numbers(column: pl.Series, values: np.ndarray, kind: ColumnType) -> ColumnProfile:
    values = np.asarray(values, dtype=np.float64)
    low, first, median, third, high = (float(each) for each in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    counts, edges = _histogram(values)
    described = NumberProfile(
        mean=float(values.mean()),
        deviation=sample_deviation(values),
        quartiles=(low, first, median, third, high),
        within=shares_within(values),
        distance=distance_from_normal(values),
        outliers=len(outliers(values)),
        edges=tuple(edges.tolist()),
        counts=tuple(counts.tolist()),
    )
    rows = len(column)
    return ColumnProfile(column.name, kind.name, kind.why, rows, rows - len(values), len(np.unique(values)), described)


def drawn_in_text(counts: Sequence[float], bars: int = 8) -> str:
    """A histogram as a line of blocks, from the smallest values to the largest; the highest one is the commonest."""
    cumulative = np.concatenate([[0.0], np.cumsum(counts)])
    if cumulative[-1] == 0:
        return ""
    bars = min(bars, len(counts))
    heights = np.diff(np.interp(np.linspace(0, len(counts), bars + 1), np.arange(len(counts) + 1), cumulative))
    levels = np.ceil(heights / heights.max() * (len(BLOCKS) - 1)).astype(int)  # a value that is there is seen
    return "".join(BLOCKS[level] for level in levels)


def _histogram(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts and edges; of numbers as far apart as float64 can tell them, each bin is at least two steps wide."""
    step = 2 * float(np.spacing(np.abs(values).max()))
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - max(step, 0.5), high + max(step, 0.5)
    return np.histogram(values, bins=max(1, min(_bins(values), int((high - low) / step))), range=(low, high))


def _bins(values: np.ndarray) -> int:
    """By Freedman and Diaconis 1981: 2 interquartile ranges over the cube root of the rows is the width."""
    first, third = np.quantile(values, [0.25, 0.75])
    width = 2 * (third - first) / len(values) ** (1 / 3)
    reach = values.max() - values.min()
    return int(np.clip(np.ceil(reach / width), 5, BINS_AT_MOST)) if width > 0 and np.isfinite(reach / width) else 10
