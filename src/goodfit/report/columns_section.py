"""The columns of a table on the page of a run: what `goodfit stats` says of them, folded away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from goodfit.formatting import capital, counted, is_years, number, year
from goodfit.tasks.section import Histogram, Section, Table

PROFILE = "profile"  # among a run's analyses
NUMBERS = (
    "column", "how it is spread", "missing", "mean", "deviation", "min", "median", "max", "within 1", "2", "3",
    "outliers",
)  # fmt: skip
OTHERS = ("column", "what it holds", "missing", "different")


def columns_section(profile: Mapping[str, Any]) -> Section:
    """Two tables, of numbers and of all else.

    Args:
        profile: what `goodfit.analysis.profile.columns_of_run` gave.
    """
    columns: Sequence[Mapping[str, Any]] = profile["columns"]
    numbers = [column for column in columns if "mean" in column]
    others = [column for column in columns if "mean" not in column]
    tables = []
    if numbers:
        tables.append(
            Table(
                NUMBERS, [_of_numbers(column) for column in numbers], text_columns=2,
                summary=f"{counted(len(numbers), 'column')} of numbers", unfolded=False,
            )
        )  # fmt: skip
    if others:
        summary = counted(len(others), "other column" if numbers else "column")
        rows = [
            (column["name"], _words(column), number(column["missing"]), number(column["distinct"])) for column in others
        ]
        tables.append(Table(OTHERS, rows, text_columns=2, summary=summary, unfolded=False))
    return Section("columns", "Columns", " ".join(_text(profile, numbers)), tables)


def _text(profile: Mapping[str, Any], numbers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows, sampled, columns = profile["rows"], profile["sampled"], len(profile["columns"])
    if sampled < rows:
        yield f"Of {sampled:,} of the {rows:,} rows."
    if columns < profile["columns_in_all"]:
        all_columns = counted(profile["columns_in_all"], "column")
        yield f"The first {columns:,} of {all_columns}; goodfit stats DATA lists them all."
    if numbers:
        normal = sum(bool(column["normal"]) for column in numbers)
        yield (
            "The line is a normal curve: 68% of its values lie within one standard deviation of the mean, 95% within "
            f"two and 99.7% within three. {capital(_how_many(normal, len(numbers)))} like that."
        )


def _how_many(normal: int, columns: int) -> str:
    """How many of so many columns of numbers are spread as the normal curve is, and the verb."""
    if columns == 1:
        return f"the column of numbers is {'' if normal else 'not '}spread"
    if normal in (0, columns):
        start = "none of the" if normal == 0 else "all"
        return f"{start} {columns:,} columns of numbers {'is' if normal == 0 else 'are'} spread"
    return f"{normal:,} of the {columns:,} columns of numbers {'is' if normal == 1 else 'are'} spread"


def _of_numbers(column: Mapping[str, Any]) -> tuple[Any, ...]:
    within = (f"{100 * share:.1f}%" for share in column["within"])
    low, high = column["min"], column["max"]
    years = low is not None and high is not None and is_years(column["name"], float(low), float(high))
    figures = (
        year(column[name]) if years and name in ("mean", "min", "median", "max") else _written(column[name])
        for name in ("missing", "mean", "deviation", "min", "median", "max")
    )
    return (column["name"], _histogram(column), *figures, *within, _written(column["outliers"]))


def _written(value: float | None) -> str | None:
    return None if value is None else number(value)


def _histogram(column: Mapping[str, Any]) -> Histogram:
    counts = column["histogram"]
    low, high, mean, deviation = (column[name] for name in ("min", "max", "mean", "deviation"))
    if None in (low, high, mean, deviation) or not (deviation > 0 and high > low):
        return Histogram(tuple(counts))
    width = (high - low) / len(counts)
    curve = []
    for at in range(len(counts)):
        z = (low + width * (at + 0.5) - mean) / deviation
        curve.append(sum(counts) * width * math.exp(-z * z / 2) / (deviation * math.sqrt(2 * math.pi)))
    return Histogram(tuple(counts), tuple(curve))


def _words(column: Mapping[str, Any]) -> str:
    """The most frequent values, from the first to the last date, or why it is left out."""
    if "levels" in column:
        listed = ", ".join(f"{level['value']} ({level['rows']:,})" for level in column["levels"])
        more = column["distinct"] - len(column["levels"])
        return f"{listed}, and {counted(more, 'other value')}" if more > 0 else listed
    if "first" in column:
        return f"{column['first']} to {column['last']}"
    return f"{column['kind']}: {column['why']}"
