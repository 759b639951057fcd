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
