"""A second table in one file is refused by its line; titles, marks and notes around a table are not part of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.reading import read_table
from goodfit.errors import DataError

ROWS = 30


def rows(pattern: str, count: int = ROWS) -> str:
    return "".join(pattern.format(at % 7, at * 13 % 50, at / 4) + "\n" for at in range(count))


def test_the_names_in_another_order_begin_another_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("age,income,kind\n" + rows("{0},{1},a") + "income,age,kind\n" + rows("{1},{0},b"))
    with pytest.raises(DataError, match=r"line 32 \(income, age, kind\) holds the names of the columns in another ord"):
        read_delimited(path)


def test_the_same_in_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in [("age", "kind"), *((at, "a") for at in range(9)), ("kind", "age"), *(("b", at) for at in range(9))]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match=r"row 9 \(kind, age\) holds the names of the columns in another order"):
        read_table(tmp_path / "a.xlsx")


def test_words_where_numbers_are_above_begin_another_table_below_an_empty_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("peak,rt,area\n" + rows("p{0},{2},{1}") + "\nsample,conc,unit\n" + rows("s{0},{2},mg"))
    with pytest.raises(DataError, match=r"line 33 \(sample, conc, unit\) stands below an empty line"):
        read_delimited(path)


def test_rows_below_an_empty_line_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("peak,rt,area\n" + rows("p{0},{2},{1}") + "\n" + rows("p{0},,NA") + "\n" + 'p1,1.5,"3"\n')
    assert read_delimited(path).frame.height == 2 * ROWS + 1


def test_names_behind_columns_without_names_are_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",,k,\n" + rows("{0},{1},x,"))
    read = read_delimited(path)
    assert read.frame.columns == ["Unnamed: 0", "Unnamed: 1", "k", "Unnamed: 3"]
    assert read.frame.height == ROWS


def test_two_marks_before_a_quoted_name_are_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('\ufeff\ufeff"cust","a b"\n' + rows('"c{0}",{1}'), encoding="utf-8")
    assert read_delimited(path).frame.columns == ["cust", "a b"]


def test_an_instruments_lines_above_and_below_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    head = "##BLOCKS= 1\nPlate:\tPlate1\nInstrument:\tX3\n\nWell\tOD600\tTemp\tGroup\n"
    path.write_text(head + rows("A{0}\t{1}\t{2}\tctrl") + "~End\nOriginal Filename: x.pda; Date Last Saved: 3/5/2024\n")
    read = read_delimited(path)
    assert read.frame.columns == ["Well", "OD600", "Temp", "Group"]
    assert read.frame.height == ROWS


def test_two_lines_of_names_give_one_name_to_each_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Region,2022,,2023,\n,Q1,Q2,Q1,Q2\n" + rows("N{0},{1},{0},{2},{1}"))
    assert read_delimited(path).frame.columns == ["Region", "2022 Q1", "2022 Q2", "2023 Q1", "2023 Q2"]


def test_the_same_of_merged_cells_in_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    below = ((f"N{at % 5}", at, at * 3 % 20, at / 4, at % 9) for at in range(ROWS))
    for row in (("Region", 2022, None, 2023, None), (None, "Q1", "Q2", "Q1", "Q2"), *below):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    book.save(tmp_path / "a.xlsx")
    frame = read_table(tmp_path / "a.xlsx")
    assert frame.columns == ["Region", "2022 Q1", "2022 Q2", "2023 Q1", "2023 Q2"]
    assert frame["2022 Q1"].to_list() == list(range(ROWS))


def test_numbers_that_all_stand_in_brackets_are_doubted() -> None:
    cells = [f"({at * 3 % 40 + 1})" for at in range(30)]
    source = gf.table(pl.DataFrame({"n": cells, "y": [at % 7 + 0.5 for at in range(30)]}), target="y")
    source.prepare()
    assert [what for what, _ in source.doubts if "all numbers of 'n' stand in brackets, such as (1)" in what]
    mixed = gf.table(pl.DataFrame({"n": [*cells[:-1], "30"], "y": [at % 7 + 0.5 for at in range(30)]}), target="y")
    mixed.prepare()
    assert not [what for what, _ in mixed.doubts if "in brackets" in what]


def test_few_percentages_are_a_target_of_numbers() -> None:
    source = gf.table(pl.DataFrame({"x": range(40), "y": [f"{at % 4 * 10 + 10}%" for at in range(40)]}), target="y")
    source.prepare()
    assert list(source.targets or [])[:2] == [10, 20]


def test_amounts_of_money_are_a_target_of_numbers() -> None:
    frame = pl.DataFrame({"m2": range(40), "price": [f"${[950, 1100, 1250][at % 3]:,}" for at in range(40)]})
    source = gf.table(frame, target="price")
    source.prepare()
    assert list(source.targets or [])[:3] == [950, 1100, 1250]
    assert (
        "target",
        "price, as numbers",
        "amounts of money; --task classification reads them as classes",
    ) in source.notes
