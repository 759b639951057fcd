"""Exports of survey tools, and what a workbook says besides its cells."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.doubtful_words import dates_among_ranges_doubt, several_values_doubt

openpyxl = pytest.importorskip("openpyxl")

QUALTRICS = [
    ["StartDate", "Q2", "Q3"],
    ["Start Date", "How old are you?", "Do you own, or rent?"],
    ['{"ImportId":"startDate","timeZone":"Z"}', '{"ImportId":"QID2_TEXT"}', '{"ImportId":"QID3"}'],
    *([f"2024-03-{at % 28 + 1:02d}", str(20 + at), "own" if at % 3 else "rent"] for at in range(30)),
]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_questions_of_qualtrics_are_no_rows(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"survey.{ending}"
    if ending == "csv":
        pl.DataFrame(QUALTRICS[1:], schema=QUALTRICS[0], orient="row").write_csv(path)
    else:
        book = openpyxl.Workbook()
        for row in QUALTRICS:
            book.active.append(row)
        book.save(path)
    source = gf.table(path, target="Q3")
    source.prepare()
    assert len(source) == 30
    assert set(source.targets or ()) == {"own", "rent"}
    assert ("left out", "2 lines", "questions of Qualtrics below the names of the columns") in source.notes


def test_hidden_rows_and_sheets_merged_cells_and_formulas_are_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Report", None, None])
    sheet.merge_cells("A1:C1")
    sheet.append(["region", "units", "twice"])
    for at in range(12):
        sheet.append(["North" if at == 0 else "South" if at == 6 else None, at, f"=B{at + 3}*2"])
    sheet.merge_cells("A3:A8")
    sheet.merge_cells("A9:A14")
    sheet.row_dimensions[5].hidden = sheet.row_dimensions[6].hidden = True
    hidden = book.create_sheet("lookup & more")
    hidden.append(["k", "v"])
    hidden.append([1, 2])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "d.xlsx")
    notes = {name: value for name, value, _ in gf.table(tmp_path / "d.xlsx", target="units").notes}
    assert notes["hidden rows"] == "2"
    assert notes["merged cells"] == "2 blocks (A3:A8, A9:A14)"
    assert notes["formulas"] == "12 cells without a value"
    assert notes["sheet"] == "Sheet"
    assert len(gf.table(tmp_path / "d.xlsx", target="v", sheet="lookup & more")) == 1


def test_an_ordinary_workbook_has_nothing_to_say(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["a", "y"], *([at, at % 3] for at in range(12))):
        book.active.append(row)
    book.save(tmp_path / "d.xlsx")
    assert gf.table(tmp_path / "d.xlsx", target="y").notes == []


@pytest.mark.parametrize(
    ("cells", "doubted"),
    [
        (["Bus;Car", "Bus", "Car;Train", "Bus;Train", "Train", "Bus;Car;Train"], True),
        (["Bus, Car", "Bus", "Car, Train", "Bus, Train", "Train", "Bus, Car, Train"], True),
        (["Paris, France", "Lyon, France", "Rome, Italy", "Bari, Italy", "Bonn, Germany", "Köln, Germany"], False),
        (["red", "green", "blue"], False),
        (["1;2", "2;3", "1;3", "1;2;3", "3"], False),  # numbers with commas, versions, coordinates
        (["[a, b]", "[a]", "[b, c]", "[a, c]", "[a, b, c]"], False),
    ],
)
def test_cells_of_several_answers_are_doubted(cells: list[str], doubted: bool) -> None:
    assert (several_values_doubt(pl.Series("q", cells * 10)) is not None) == doubted


@pytest.mark.parametrize(
    ("cells", "doubted"),
    [(["0-5", "16-20", "Oct-15"], True), (["05-Sep", "10-14", "21-30"], True), (["05-Sep", "Oct-15"], False)],
)
def test_dates_among_ranges_are_doubted(cells: list[str], doubted: bool) -> None:
    assert (dates_among_ranges_doubt(pl.Series("age", cells * 5)) is not None) == doubted


def sheet_of(path: Path, cells: dict[str, object], merged: list[str] = []) -> Path:  # noqa: B006  # not written to
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    for block in merged:
        book.active.merge_cells(block)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("left", "top", "title"), [("B", 5, True), ("A", 3, True), ("B", 5, False), ("D", 9, True), ("D", 40, False)]
)
def test_a_table_may_begin_anywhere_in_its_sheet(tmp_path: Path, left: str, top: int, title: bool) -> None:
    names = [chr(ord(left) + at) for at in range(3)]
    cells: dict[str, object] = {f"{names[0]}2": "Sales of 2024"} if title else {}
    cells |= {f"{column}{top}": name for column, name in zip(names, ("town", "size", "y"), strict=True)}
    for at in range(30):
        row = (f"town {at % 3}", at * 1.5, at * 2.5)
        cells |= {f"{column}{top + 1 + at}": value for column, value in zip(names, row, strict=True)}
    cells[f"{names[0]}{top + 34}"] = "Source: own counts"
    source = gf.table(sheet_of(tmp_path / "d.xlsx", cells), target="y")
    source.prepare()
    assert source.column_names == ["town", "size", "y"]
    assert list(source.targets or ()) == [at * 2.5 for at in range(30)]
    notes = {value: why for name, value, why in source.notes if name == "left out"}
    assert notes["1 line"] == f"below the table, such as line {top + 34}: Source: own counts"
    assert ("1 line at the top" in notes or f"{top - 2} lines at the top" in notes) == title


@pytest.mark.parametrize("left", ["A", "C"])
def test_merged_cells_have_the_value_of_the_first_in_each_row(tmp_path: Path, left: str) -> None:
    names = [chr(ord(left) + at) for at in range(3)]
    cells: dict[str, object] = {f"{left}1": "Sales"}
    cells |= {f"{column}3": name for column, name in zip(names, ("region", "units", "y"), strict=True)}
    for at in range(30):
        cells |= {f"{names[1]}{4 + at}": at * 1.5, f"{names[2]}{4 + at}": at * 2.5}
    cells |= {f"{left}4": "North", f"{left}14": "South", f"{left}24": "East"}
    blocks = [f"{left}{first}:{left}{first + 9}" for first in (4, 14, 24)]
    path = sheet_of(tmp_path / "d.xlsx", cells, [f"{left}1:{names[2]}1", *blocks])
    source = gf.table(path, target="y")
    shown = f"3 blocks ({', '.join(blocks)})"
    assert ("merged cells", shown, "the value of the first cell is read in each of them") in source.notes
    assert [row["region"] for row in source.values(range(30))] == ["North"] * 10 + ["South"] * 10 + ["East"] * 10
