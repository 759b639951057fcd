"""Files as banks, servers, portals and workbooks write them, and files that are another than they are called."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.side_by_side import side_by_side_doubt
from goodfit.errors import DataError

ROWS = 40


def test_a_statement_of_a_bank_has_a_head_of_pairs(tmp_path: Path) -> None:
    path = tmp_path / "statement.csv"
    head = "Konto:;DE12 5001\nZeitraum:;01.01.2023\nKontostand:;1.234,56 EUR\n\n"
    rows = "".join(f"{at % 28 + 1:02}.01.2023;Miete;Text {at};-{at}.123,45;a\n" for at in range(1, ROWS + 1))
    path.write_text(f"{head}Tag;Art;Zweck;Betrag;Gruppe\n{rows}")
    read = read_delimited(path)
    assert read.separator == ";"
    assert read.frame.columns == ["Tag", "Art", "Zweck", "Betrag", "Gruppe"]
    assert read.frame.height == ROWS
    assert ("left out", "3 lines at the top", "fewer cells than all lines below") in read.notes


def test_sentences_below_an_empty_line_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    rows = "".join(f"{at},{at * 2},{at % 3}\n" for at in range(ROWS))
    path.write_text(f'a,b,c\n{rows}\n\n"Opportunities Report"\n"Confidential - Do Not Distribute"\n')
    read = read_delimited(path)
    assert read.frame.height == ROWS
    assert any("Opportunities Report" in why for _, _, why in read.notes)
    path.write_text(f"a,b,c\n{rows}\n12\n")  # a row that was cut off
    with pytest.raises(DataError, match="has 1 cell where the first has 3"):
        read_delimited(path)


def test_lines_in_two_encodings_are_read_each_in_its_own(tmp_path: Path) -> None:
    path = tmp_path / "joined.csv"
    names = ["Köln".encode(), "Köln".encode("cp1252"), b"Bonn"]
    path.write_bytes(b"x,city\n" + b"".join(b"%d,%s\n" % (at, names[at % 3]) for at in range(ROWS)))
    read = read_delimited(path)
    assert set(read.frame["city"]) == {"Köln", "Bonn"}
    assert read.notes[0][:2] == ("encoding", "UTF-8 and Windows-1252")
    path.write_bytes("x,city\n1,Köln\n2,Größe\n3,Bär\n".encode("cp1252"))
    assert read_delimited(path).notes[0][:2] == ("encoding", "Windows-1252")


def doubts(frame: pl.DataFrame) -> list[str]:
    source = gf.table(frame, target="y")
    source.prepare()
    return [what for what, _ in source.doubts]


def test_words_saved_in_a_wrong_encoding_are_said() -> None:
    wrong = "Köln".encode().decode("cp1252")
    y = [at * 7 % 13 + 0.5 for at in range(ROWS)]
    [said] = doubts(pl.DataFrame({"c": [(wrong, "Bonn", "Ulm")[at % 3] for at in range(ROWS)], "y": y}))
    assert said.startswith(f"the column 'c' has '{wrong}', which was 'Köln' before")
    assert doubts(pl.DataFrame({"c": [("ÃO", "São", "Ânimo")[at % 3] for at in range(ROWS)], "y": y})) == []


def test_two_tables_beside_each_other_are_said() -> None:
    ended = [*range(15), *[None] * (ROWS - 15)]
    frame = pl.DataFrame({"x": range(ROWS), "y": range(ROWS), "city": map(str, range(ROWS)), "a": ended, "b": ended})
    said = side_by_side_doubt(frame)
    assert said is not None
    assert said[0].startswith("the columns 'a', 'b' end in row 15 of 40")
    assert side_by_side_doubt(frame.select("a", "b", "x", "y")) is not None
    gap = frame.with_columns(pl.Series("a", [None, *ended[1:]]))
    assert side_by_side_doubt(gap) is None
    assert side_by_side_doubt(frame.select("x", "y", "a")) is None  # one column may end


def test_times_of_web_servers_and_zones_of_europe() -> None:
    column = pl.Series("t", [f"[{at % 28 + 1:02}/Oct/2023:13:55:{at:02} -0700]" for at in range(ROWS)])
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "date"
    assert str(moments(column, kind.format)[3]) == "2023-10-04 20:55:03"
    column = pl.Series("t", [f"2023/05/{at % 28 + 1:02} 3:{at:02}:00 pm EET" for at in range(ROWS)])
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert str(moments(column, kind.format)[3]) == "2023-05-04 13:03:00"


@pytest.mark.parametrize("cell", ["${:,}/mo", "{} €/m²", "£{:,} per week", "{} per month"])
def test_amounts_for_each_month_or_metre_are_numbers(cell: str) -> None:
    column = pl.Series("rent", [cell.format(800 + 37 * at) for at in range(ROWS)])
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "number"
    frame = pl.DataFrame({"rent": column, "y": [float(at * 3 % 17) for at in range(ROWS)]})

    assert numbers(frame["rent"], kind.decimal, kind.format).to_list() == [800 + 37 * at for at in range(ROWS)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a pointer of Git LFS"),
        ("{\\rtf1\\ansi x,label\\par 1,a}", "a document of a word processor"),
    ],
)
def test_files_that_are_no_tables_are_named(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "t.csv").write_text(content)
    with pytest.raises(DataError, match=says):
        read_delimited(tmp_path / "t.csv")


def test_durations_and_times_of_a_workbook_with_a_title(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (["Report 2023"], [], ["start", "lasted", "label"]):
        sheet.append(line)
    for at in range(ROWS):
        sheet.append([time(at % 24, 30), timedelta(minutes=70 * at + 5), "ab"[at % 2]])
    sheet.append(["Total", None, None])
    book.save(tmp_path / "t.xlsx")
    source = gf.table(tmp_path / "t.xlsx", target="label")
    source.prepare()
    [types] = [value + why for name, value, why in source.notes if name == "numbers"]
    assert types.startswith("2start, lasted")
    lasted = source._frame.column("lasted")
    assert lasted.dtype == pl.Duration
    assert lasted[3] == timedelta(minutes=215)
    assert source._frame.column("start")[1] == "01:30:00"
