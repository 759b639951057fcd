"""New numbers with the other decimal mark than the run's: read where they show it, refused where they may be either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from goodfit.data.sources.table import Table, table
from goodfit.errors import DataError

ROWS = 60
SIZES = [10 + row * 0.25 for row in range(ROWS)]  # 10 to 24.75
GAUGES = [1 + row / 125 for row in range(ROWS)]  # 1.000 to 1.472, with three decimals


def written(values: list[float], decimals: int, mark: str) -> list[str]:
    return [f"{value:.{decimals}f}".replace(".", mark) for value in values]


def fitted(mark: str = ".", **changed: Any) -> Table:
    columns = {"size": written(SIZES, 2, mark), "gauge": written(GAUGES, 3, mark), "y": ["a", "b"] * (ROWS // 2)}
    source = table(pl.DataFrame({**columns, **changed}), "y")
    source.prepare()
    source.learn(torch.arange(ROWS))
    return source


def read(run: Table, columns: dict[str, list[str]], **options: Any) -> Table:
    new = table(pl.DataFrame(columns), **options)
    new.prepare(run.schema())
    return new


@pytest.mark.parametrize(("mark", "other", "name"), [(".", ",", ("comma", "point")), (",", ".", ("point", "comma"))])
@pytest.mark.parametrize("rows", [ROWS, 2, 1])
def test_numbers_that_show_the_other_mark_are_read_and_it_is_said(
    mark: str, other: str, name: tuple[str, str], rows: int
) -> None:
    """The gauges have three decimals, and show nothing themselves; the sizes show it for all columns."""
    run = fitted(mark)
    new = read(run, {"size": written(SIZES, 2, other)[:rows], "gauge": written(GAUGES, 3, other)[:rows]})
    np.testing.assert_array_equal(new.whole(), run.whole()[:rows])
    first = written(SIZES, 2, other)[0]
    of_run = f"the run's data has a decimal {name[1]} (--decimal {name[1]} reads it so)"
    assert new.notes == [("decimals", name[0], f"{first} in 'size' is read as 10.00; {of_run}")]


def test_a_file_of_the_other_mark_is_read_in_memory_and_piece_by_piece(tmp_path: Path) -> None:
    run = fitted()
    lines = zip(written(SIZES, 2, ","), written(GAUGES, 3, ","), strict=True)
    (tmp_path / "new.csv").write_text("size;gauge\n" + "".join(f"{size};{gauge}\n" for size, gauge in lines))
    for stream in (False, True):
        new = table(tmp_path / "new.csv", stream=stream)
        new.prepare(run.schema())
        np.testing.assert_array_equal(new.whole(), run.whole())
        assert ("decimals", "comma") in [note[:2] for note in new.notes]


def test_a_column_that_keeps_the_runs_mark_speaks_for_itself() -> None:
    run = fitted()
    new = read(run, {"size": written(SIZES, 2, ","), "gauge": written(GAUGES, 4, ".")})
    np.testing.assert_array_equal(new.whole(), run.whole())
    unclear = read(run, {"size": written(SIZES, 2, "."), "gauge": written(GAUGES, 3, ".")})
    assert unclear.notes == []
    np.testing.assert_array_equal(unclear.whole(), run.whole())


def test_where_most_cells_can_be_read_in_both_ways_nothing_is_guessed() -> None:
    run = fitted()
    slip = [*written(SIZES, 2, "."), "12,5"]  # one cell of a column that has points
    new = read(run, {"size": slip, "gauge": [*written(GAUGES, 3, "."), "1.5"]})
    assert ("not used", "size: 1 of 61", "'12,5' is not a number: it counts as missing") in new.notes
    few = {"size": ["12", "12,5", *["13"] * 58], "gauge": written(GAUGES, 3, ".")}
    with pytest.raises(DataError, match=r"'size' has a decimal comma \(12,5\).* 1\.000 in the column 'gauge' can be"):
        read(run, few)
    assert read(run, few, decimal=".").notes == [
        ("not used", "size: 1 of 60", "'12,5' is not a number: it counts as missing")
    ]
    commas = read(run, few, decimal=",")
    first = run.encoder.numbers[0]
    assert (commas.whole()[:2, 0].double() * first.deviation + first.mean).tolist() == pytest.approx([12, 12.5])


def test_targets_are_read_as_the_columns_beside_them() -> None:
    """1,250 beside 10,25 is 1.25; alone it is the 1250 of a run with points."""
    run = fitted(y=written(GAUGES, 3, "."))
    new = read(run, {"size": written(SIZES, 2, ","), "gauge": written(GAUGES, 3, ","), "y": written(GAUGES, 3, ",")})
    np.testing.assert_allclose(np.asarray(new.targets), GAUGES)
    alone = read(run, {"size": written(SIZES, 2, "."), "gauge": written(GAUGES, 4, "."), "y": written(GAUGES, 2, ",")})
    np.testing.assert_allclose(np.asarray(alone.targets), np.round(GAUGES, 2))
    assert [note[:2] for note in alone.notes] == [("decimals", "comma")]


@pytest.mark.parametrize(
    ("trained", "new", "said"),
    [
        ("${}", "{} €", ["price: €"]),
        ("${}", "USD {}", []),
        ("US$ {}", "{}", []),
        ("{}", "£{}", []),
        ("Rs. {}", "₹{}", []),
        ("{} zł", "{} EUR", ["price: €"]),
    ],
)
def test_amounts_in_another_currency_are_said(trained: str, new: str, said: list[str]) -> None:
    prices = written(SIZES, 2, ".")
    run = table(pl.DataFrame({"price": [trained.format(each) for each in prices], "y": ["a", "b"] * (ROWS // 2)}), "y")
    run.prepare()
    run.learn(torch.arange(ROWS))
    source = read(run, {"price": [new.format(each) for each in prices]})
    np.testing.assert_array_equal(source.whole(), run.whole())
    assert [value for name, value, _ in source.notes if name == "doubtful"] == said
