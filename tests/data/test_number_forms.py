"""Numbers that are written as fractions, ranges or percent; and new rows that are written otherwise than the run's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.errors import DataError

ROWS = 120
X = [at * 7 % 101 + 0.25 for at in range(ROWS)]


def fitted(path: Path, cells: list[Any], name: str = "c", target: str = "y") -> Table:
    """A table of x, the column, and y."""
    lines = [f"x;{name};y", *(f"{x};{cell};{'ab'[at % 2]}" for at, (x, cell) in enumerate(zip(X, cells, strict=True)))]
    path.write_text("\n".join(lines) + "\n")
    source = table(path, target)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def values_of(source: Table, name: str = "c") -> list[float]:
    """The values of a column of numbers in its own units, by hand from the z-scores."""
    column = next(column for column in source.encoder.numbers if column.name == name)
    values = source.columns()[name] * column.deviation + column.mean
    return [float(value) for value in values]


def said(source: Table) -> str:
    return "\n".join(" ".join(line) for line in [*source.notes, *source.doubts])


def repeated(kinds: dict[str, float]) -> tuple[list[str], list[float]]:
    cells = [list(kinds)[at % len(kinds)] for at in range(ROWS)]
    return cells, [kinds[cell] for cell in cells]


@pytest.mark.parametrize(
    ("kinds", "example"),
    [
        ({"1/4": 0.25, "1/2": 0.5, "3/4": 0.75, "1 1/2": 1.5, "2": 2, "2-1/4": 2.25}, "'1/4' is read as 0.25"),
        ({"½": 0.5, "1½": 1.5, "¾": 0.75, "2": 2, "⅓": 1 / 3}, "'½' is read as 0.5"),
        ({f"{at}/64": at / 64 for at in range(1, 64)}, "'1/64' is read as 0.01562"),
        ({f"{at}/20": at / 20 for at in range(21)}, "'0/20' is read as 0"),
        ({**{f"{at}": at for at in range(30)}, "30-40": 35, "1–3": 2}, "'30-40' are read as the middle, 35"),
        ({f"{10 * at}-{10 * at + 9}": 10 * at + 4.5 for at in range(30)}, "'0-9' is read as 4.5"),
        ({f"{at},5 - {at + 10},5": at + 5.5 for at in range(1, 40)}, "'1,5 - 11,5' is read as 6.5"),
        ({"45%": 0.45, "0.45": 0.45, "0.2": 0.2, "7.5%": 0.075}, "'45%' is read as 0.45, as the shares are"),
    ],
)
def test_fractions_ranges_and_shares_are_numbers_and_said(
    tmp_path: Path, kinds: dict[str, float], example: str
) -> None:
    cells, values = repeated(kinds)
    source = fitted(tmp_path / "t.csv", cells)
    np.testing.assert_allclose(values_of(source), values, atol=1e-5)
    assert example in said(source)


@pytest.mark.parametrize(
    "cells",
    [
        ["18-24", "25-34", "35-44", "65+"],  # groups
        ["1-3", "4-6", "7-9", "10-12"],
        ["126/83", "120/80", "140/90", "118/76"],  # pairs
        [f"{1 + at % 12}/{1 + at * 5 % 28}" for at in range(ROWS)],  # days of months, perhaps
        ["1/2", "1/4"],  # two groups
        [f"{1 + at % 12:02d}/{20 + at % 5}" for at in range(ROWS)],  # months of years
        [f"{10 + at % 9}-{100 + at % 70}" for at in range(ROWS)],  # codes
        [f"{70 + at % 40}-{60 + at * 7 % 50}" for at in range(ROWS)],  # results of games
    ],
)
def test_groups_pairs_and_days_are_no_numbers(tmp_path: Path, cells: list[str]) -> None:
    source = fitted(tmp_path / "t.csv", [cells[at % len(cells)] for at in range(ROWS)])
    assert "c" not in [column.name for column in source.encoder.numbers]


def test_targets_in_these_forms_are_numbers(tmp_path: Path) -> None:
    cells = [f"{at + 1}/128" for at in range(ROWS)]
    source = fitted(tmp_path / "t.csv", cells, target="c")
    assert list(source.targets or ()) == pytest.approx([(at + 1) / 128 for at in range(ROWS)])
    assert "as numbers" in said(source)
    cells = [f"{100 + at}" if at % 9 else f"{100 + at}-{120 + at}" for at in range(ROWS)]
    source = fitted(tmp_path / "t.csv", cells, target="c")
    assert list(source.targets or ())[:2] == [110, 101]


@pytest.mark.parametrize(("run", "new"), [("{:.1f}%", "{:.3f}"), ("{:.3f}", "{:.1f}%")])
def test_percent_signs_of_new_rows_are_those_of_the_run_or_refused(tmp_path: Path, run: str, new: str) -> None:
    source = fitted(tmp_path / "t.csv", [run.format(x) for x in X])
    for data in (
        pl.DataFrame({"x": X, "c": [new.format(x / 100) for x in X]}),
        pl.DataFrame({"x": X[:1], "c": [new.format(X[0] / 100)]}),
    ):
        with pytest.raises(DataError, match="percent sign"):
            table(data).prepare(source.schema())
    some = [new.format(x / 100) if at % 5 == 0 else run.format(x) for at, x in enumerate(X)]
    with pytest.raises(DataError, match="percent sign"):
        table(pl.DataFrame({"x": X, "c": some})).prepare(source.schema())
    again = table(pl.DataFrame({"x": X, "c": [run.format(x) for x in X]}))
    again.prepare(source.schema())
    np.testing.assert_array_equal(again.whole(), source.whole())


def test_percent_as_numbers_of_a_workbook_is_refused(tmp_path: Path) -> None:
    source = fitted(tmp_path / "t.csv", [f"{x:.1f}%" for x in X])
    with pytest.raises(DataError, match=r"'c' has no percent sign \(0.0025\)"):
        table(pl.DataFrame({"x": X, "c": [x / 100 for x in X]})).prepare(source.schema())


def test_new_targets_with_the_other_decimal_mark_are_read_and_words_are_counted(tmp_path: Path) -> None:
    source = fitted(tmp_path / "t.csv", [f"{1000 + x}" for x in X], target="c")
    commas = [f"{1000 + x:,.2f}".translate(str.maketrans(",.", ".,")) for x in X]  # 1.000,25
    new = pl.DataFrame({"x": X, "c": commas, "y": ["a", "b"] * (ROWS // 2)})
    for decimal in (None, ","):
        scored = table(new, decimal=decimal)
        scored.prepare(source.schema())
        assert list(scored.targets or ()) == [1000 + x for x in X]
    words = table(new.with_columns(c=pl.Series(["soon", *[f"{1000 + x}" for x in X[1:]]])))
    words.prepare(source.schema())
    assert ("not used", "target c: 1 of 120", "'soon' is not a number: a row without one is not scored") in words.notes


def test_days_of_excel_in_a_column_of_dates_are_dates(tmp_path: Path) -> None:
    days = [45_000 + at * 37 % 500 for at in range(ROWS)]
    source = fitted(tmp_path / "t.csv", days, "order date")
    assert "45000 is read as 2023-03-15; --numeric order date reads numbers" in said(source)
    dates = pl.Series(days) - 45_000 + (pl.Series([0]).cast(pl.Int64)[0])
    as_dates = [f"{day:%Y-%m-%d}" for day in (pl.select(pl.date(2023, 3, 15) + pl.duration(days=dates)).to_series())]
    again = table(pl.DataFrame({"x": X, "order date": as_dates}))
    again.prepare(source.schema())
    np.testing.assert_array_equal(again.whole(), source.whole())
    assert "date" not in said(fitted(tmp_path / "t.csv", days, "price"))


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        (["ja", "nein", "Ja", "NEIN"], "'ja' and 'Ja'; 'nein' and 'NEIN'"),
        (["yes", "no", "Y", "0"], "'yes' and 'Y'; 'no' and '0'"),
        (["New York", "new-york", "Bern"], "'New York' and 'new-york'"),
    ],
)
def test_words_that_may_be_one_value_are_said(tmp_path: Path, cells: list[str], shown: str) -> None:
    source = fitted(tmp_path / "t.csv", [cells[at % len(cells)] for at in range(ROWS)])
    assert f"the column 'c' has {shown}: each is a category of its own" in said(source)
