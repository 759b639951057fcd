"""What spreadsheets bring: a title above the names of columns, units behind numbers, a last row of sums."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from goodfit.data import open_data
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.totals import sum_of_the_others
from goodfit.data.tables.units import unit_of, units_of
from goodfit.errors import UsageError


def prepared(path: Path, text: str, **options: Any) -> Any:
    path.write_text(text)
    source = open_data(path, kind="table", **options)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


def number_column(source: Any, name: str) -> Any:
    return next(column for column in source.encoder.numbers if column.source == name)


def test_a_title_above_the_names_of_columns_is_left_out_and_said(tmp_path: Path) -> None:
    rows = "".join(f"S{at};{at + 1};{at % 2}\n" for at in range(20))
    text = f"Sales 2024;;\n;;\nshop;staff;good\n{rows}"
    path = tmp_path / "sales.csv"
    path.write_text(text)
    read = read_delimited(path)
    assert read.frame.columns == ["shop", "staff", "good"]
    assert read.frame.height == 20
    assert read.lines[0] == 4  # of the file, as its editor counts
    assert ("left out", "2 lines at the top", "they have one cell, as a title has") in read.notes
    assert read_delimited(path, header=False).frame.height == 23


def test_a_first_row_with_gaps_is_no_title(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("a,b,c\n1,,\n2,3,4\n5,,\n")
    assert read_delimited(path).frame["a"].to_list() == ["1", "2", "5"]
    path.write_text("a,b\n1,\n2,3\n")
    assert read_delimited(path).frame.height == 2


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["45 cm", "7cm", "120 cm"], "cm"),
        (["36 months", "1 month", "60 months"], "month"),
        (["12,5 kg", "3 Kg", "0,75 KG"], "kg"),
        (["80 km/h", "120 km/h", "45"], "km/h"),
        (["100 m²", "64.5 m²"], "m²"),
        (["1200 sq ft", "850 sq. ft."], None),  # two ways of writing one unit are two units
        (["1 m", "80 cm"], None),
        (["18-24 years", "25-34 years"], "year"),  # a unit; whether the rest is a number is asked by others
        (["red", "5 blue", "green"], None),
        (["A1", "B2"], None),
        (["12", "13"], None),
    ],
)
def test_the_one_unit_of_cells(cells: list[str], unit: str | None) -> None:
    assert unit_of(pl.Series(cells)) == unit


def test_units_of_several() -> None:
    assert sorted(units_of(pl.Series(["1 m", "80 cm", "3 m"]))) == ["cm", "m"]
    assert units_of(pl.Series([f"{at} {letter}x" for at, letter in enumerate("abcdefgh")])) == []  # not units


@given(
    st.lists(st.decimals(min_value=-9999, max_value=9999, places=2), min_size=3, max_size=20),
    st.sampled_from(["cm", "kg", "km/h", "%vol", "m²", "months"]),
    st.sampled_from([".", ","]),
)
def test_a_number_with_a_unit_is_the_number_without(values: list[Any], unit: str, mark: str) -> None:
    if unit == "%vol":
        return
    cells = [f"{value} {unit}".replace(".", mark) for value in values]
    form = f"unit {unit_of(pl.Series(cells))}"
    assert numbers(pl.Series(cells), mark, form).to_list() == [float(value) for value in values]


def test_columns_and_targets_with_units_are_numbers_and_a_row_alone_is_read_the_same(tmp_path: Path) -> None:
    heights = [150.5 + at for at in range(40)]
    rows = "".join(
        f"{height} cm;{at % 7 + 1},5 kg;{at * 3} months\n".replace(".", ",") for at, height in enumerate(heights)
    )
    source = prepared(tmp_path / "units.csv", f"height;weight;age\n{rows}", target="age")
    assert source.targets == [float(at * 3) for at in range(40)]
    column = number_column(source, "height")
    assert (column.format, column.decimal) == ("unit cm", ",")
    assert column.mean == pytest.approx(np.mean(heights), rel=1e-6)
    assert any("numbers in cm; the unit is left out" in why for _, _, why in source.notes)
    alone = tmp_path / "alone.csv"
    alone.write_text("height;weight;age\n160,5 cm;4,5 kg;30 months\n")
    row = open_data(alone, kind="table", target="age")
    row.prepare(source.schema())
    assert row.targets == [30.0]
    assert torch.equal(row.read(torch.arange(1)), source.read(torch.tensor([10])))


def test_the_other_decimal_mark_is_read_with_units_too(tmp_path: Path) -> None:
    rows = "".join(f"{at}.5 cm,{at % 2}\n" for at in range(30))
    source = prepared(tmp_path / "points.csv", f"height,tall\n{rows}", target="tall")
    commas = tmp_path / "commas.csv"
    commas.write_text("height;tall\n" + "".join(f"{at},5 cm;0\n" for at in range(5)))
    new = open_data(commas, kind="table", target="tall")
    new.prepare(source.schema())
    assert torch.equal(new.read(torch.arange(5)), source.read(torch.arange(5)))


def test_numbers_in_several_units_are_left_out_with_the_reason(tmp_path: Path) -> None:
    rows = "".join(f"{at + 100} cm,{at % 2},{at}.5\n" if at % 3 else f"{at}.5 kg,{at % 2},{at}.5\n" for at in range(60))
    source = prepared(tmp_path / "two.csv", f"size,y,x\n{rows}", target="y")
    assert ("left out", "size", "numbers in several units (kg and cm): write them in one") in source.notes


def test_a_last_row_of_sums_is_said(tmp_path: Path) -> None:
    values = [120.5, 80.25, 99.0, 140.0, 60.0, 75.5]
    rows = "".join(f"shop {at},{value},{'ab'[at % 2]}\n" for at, value in enumerate(values * 4))
    text = f"shop,sales,town\n{rows}Total,{sum(values * 4)},a\n"
    source = prepared(tmp_path / "sums.csv", text, target="town")
    (doubt, _), *more = source.doubts
    assert doubt.startswith("the last row holds the sum of the rows above it: 2,301 in the column 'sales'")
    assert more == []
    target = prepared(tmp_path / "target.csv", text, target="sales")
    assert len(target.doubts) == 1
    plain = prepared(tmp_path / "plain.csv", f"shop,sales,town\n{rows}", target="town")
    assert plain.doubts == []


@pytest.mark.parametrize("word", ["Total", "Zwischensumme", "sous-total", "Итого", "小计"])
def test_sums_below_each_group_are_said(tmp_path: Path, word: str) -> None:
    groups = [[120.5, 80.25, 99.0], [140.0, 60.0, 75.5, 1.25], [7.0, 8.0]] * 4
    lines = [
        line
        for group in groups
        for line in (*(f"shop,{value},{'ab'[at % 2]}" for at, value in enumerate(group)), f"{word},{sum(group)},a")
    ]
    source = prepared(tmp_path / "sums.csv", "site,sales,town\n" + "\n".join(lines), target="town")
    (doubt, _), *more = source.doubts
    assert doubt.startswith(f"12 rows called '{word}' in the column 'site' hold the sums of rows above in 'sales'")
    assert more == []


def test_rows_that_are_called_totals_and_hold_no_sums_are_not_doubted(tmp_path: Path) -> None:
    lines = [f"{['shop', 'Total'][at % 4 == 3]},{at * 7 % 31},{'ab'[at % 2]}" for at in range(48)]
    source = prepared(tmp_path / "kinds.csv", "site,sales,town\n" + "\n".join(lines), target="town")
    assert source.doubts == []


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50))
def test_a_column_is_hardly_ever_taken_for_one_with_sums(values: list[float]) -> None:
    total = sum_of_the_others(pl.Series("x", values), ".", None)
    if total is not None:
        assert total == pytest.approx(sum(values[:-1]), rel=1e-6)
        assert total > 2 * max(values[:-1])


def test_two_colons_separate_as_in_movielens(tmp_path: Path) -> None:
    path = tmp_path / "movies.dat"
    path.write_text("1::Toy Story (1995)::Animation|Comedy\n2::Jumanji (1995), a game::Adventure\n")
    read = read_delimited(path, header=False)
    assert read.frame.rows() == [
        ("1", "Toy Story (1995)", "Animation|Comedy"),
        ("2", "Jumanji (1995), a game", "Adventure"),
    ]
    assert ("separator", "two colons", "all lines have as many of them") in read.notes
    path.write_text("1,std::map,a\n2,std::set,b\n")  # commas cut the lines as well
    assert read_delimited(path).frame.width == 3
    path.write_text("id,ratio\n1,2::3\n2,4\n")  # not in all lines
    assert read_delimited(path).frame.columns == ["id", "ratio"]


LABORATORY = ["0.5", "<0.1", "1.25", ">100", "~3", "7.5", "12.0", "8.1", "0.9", "10+"] * 5


def test_bounds_among_numbers_are_read_as_the_bound_and_said(tmp_path: Path) -> None:
    rows = "".join(f"{cell},{at % 2}\n" for at, cell in enumerate(LABORATORY))
    source = prepared(tmp_path / "lab.csv", f"lead,y\n{rows}", target="y")
    column = number_column(source, "lead")
    assert column.format == "bounds"
    assert column.mean == pytest.approx(np.mean([0.5, 0.1, 1.25, 100, 3, 7.5, 12, 8.1, 0.9, 10]), rel=1e-6)
    assert any("20 values such as '<0.1' are read as the bound, 0.1" in why for _, _, why in source.notes)


def test_bounds_of_decimal_commas_and_targets(tmp_path: Path) -> None:
    cells = [f"{at},5" if at % 6 else f"< {at},5" for at in range(40)]
    source = prepared(
        tmp_path / "lab.csv", "x;lead\n" + "".join(f"{at % 7};{c}\n" for at, c in enumerate(cells)), target="lead"
    )
    assert source.targets == [at + 0.5 for at in range(40)]


@pytest.mark.parametrize("cells", [["<18", "18-64", "65+"], ["<=50", ">50"], ["<50K", ">=50K", "50K"], ["1", "1+"]])
def test_groups_are_words_and_not_bounds(tmp_path: Path, cells: list[str]) -> None:
    rows = "".join(f"{cells[at % len(cells)]},{at}.5\n" for at in range(60))
    text = f"age,x\n{rows}"
    assert prepared(tmp_path / "groups.csv", text, target="x").encoder.categories[0].source == "age"
    assert set(prepared(tmp_path / "target.csv", text, target="age").targets) == set(cells)


def test_amounts_in_two_currencies_and_percent_beside_plain_numbers_are_said(tmp_path: Path) -> None:
    def doubts(cells: list[str]) -> list[str]:
        rows = "".join(f"{cells[at % len(cells)]};{at % 2}\n" for at in range(60))
        return [what for what, _ in prepared(tmp_path / "t.csv", f"price;y\n{rows}", target="y").doubts]

    assert doubts(["$5.50", "€7.25", "$8.00"]) == [
        "the column 'price' has amounts in $ and €; they are read as numbers, without conversion"
    ]
    assert doubts(["45.5%", "50.5", "12.5%"]) == [
        "the column 'price' has 40 values with a percent sign and 20 without; 45% is read as 45"
    ]
    for fine in (
        ["$5.50", "$7.25", "8.00"],
        ["45.5%", "7.5%"],
        ["1e-5", "2.5e3", "7.5"],
        ["5.5 cm", "7.5 cm", "1.5 cm"],
    ):
        assert doubts(fine) == []


def test_a_table_of_who_rated_what_is_shown_how_to_be_fitted(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("userId,movieId,rating\n" + "".join(f"{at % 5},{at % 3},{at % 4}\n" for at in range(20)))
    with pytest.raises(UsageError, match="give --user userId --item movieId --target rating"):
        open_data(path, kind="table").prepare()
    path.write_text("height,weight\n1,2\n2,3\n")
    with pytest.raises(UsageError, match=r"The columns are height, weight\.?$"):
        open_data(path, kind="table").prepare()
