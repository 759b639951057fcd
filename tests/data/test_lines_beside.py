"""What stands in files beside the rows: comments, titles, names again, units; and files of other kinds and cuts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from goodfit.data import open_data
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.reading import read_table
from goodfit.errors import DataError, UsageError

NAMES = "name,x,y\n"
LINES = [f"n{at % 3},{at}.5,{'ab'[at % 2]}\n" for at in range(30)]
BODY = "".join(LINES)


def x_of(path: Path, text: str) -> list[float]:
    path.write_text(text)
    return [float(cell) for cell in read_delimited(path).frame["x"].to_list()]


VALUES = [at + 0.5 for at in range(30)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"# by a tool\n# version 2, of May\n{NAMES}{BODY}", "comments, such as line 1"),
        (f"% by a tool\n{NAMES}{BODY}", "comments, such as line 1"),
        (f"{NAMES}{''.join(LINES[:9])}# from here on, another day\n{''.join(LINES[9:])}", "comments, such as line 11"),
        (f"Report of May\n\n{NAMES}{BODY}", "fewer cells than all lines below"),
        (f"{NAMES}{''.join(LINES[:9])}{NAMES}{''.join(LINES[9:])}", "the names of the columns again, as in line 11"),
        (f"{NAMES}{NAMES}{BODY}", "the names of the columns again, as in line 2"),
    ],
)
def test_lines_that_are_no_rows_are_left_out_and_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.csv"
    assert x_of(path, text) == VALUES
    assert said in [why for name, _, why in read_delimited(path).notes if name == "left out"]


def test_names_of_columns_from_r_and_separators_at_the_ends_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    assert x_of(path, NAMES + "".join(f"{at},{line}" for at, line in enumerate(LINES, start=1))) == VALUES
    assert read_delimited(path).frame.columns == ["Unnamed: 0", "name", "x", "y"]
    assert ("first column", "names of rows") in [note[:2] for note in read_delimited(path).notes]
    assert x_of(path, NAMES + BODY.replace("\n", ",\n")) == VALUES
    assert read_delimited(path).frame.columns == ["name", "x", "y"]


@pytest.mark.parametrize("rows", [("1", "2", "3", "4"), ("17", "3", "120", "44"), ("car 1", "car 2", "a", "b")])
@pytest.mark.parametrize("separator", [" ", "\t", ";"])
def test_a_table_of_r_has_names_of_rows_that_its_first_line_does_not_name(
    tmp_path: Path, rows: tuple[str, ...], separator: str
) -> None:
    """write.table(frame, "t.txt") writes them, of a part of a table too, in quotes and with one name less."""
    path = tmp_path / "t.txt"
    names, below = (
        ['"x"', '"city"', '"y"'],
        [[f'"{row}"', f"{at}.5", '"New York, NY"', "NA"] for at, row in enumerate(rows)],
    )
    path.write_text("".join(separator.join(cells) + "\n" for cells in (names, *below)))
    read = read_delimited(path)
    assert read.frame.columns == ["Unnamed: 0", "x", "city", "y"]
    assert read.frame.rows() == [(row, f"{at}.5", "New York, NY", "NA") for at, row in enumerate(rows)]
    assert ("first column", "names of rows") in [note[:2] for note in read.notes]


@pytest.mark.parametrize(
    "text",
    [
        "value,y\n1,5,2\n3,7,4\n6,25,8\n",  # decimal commas without quotes: no names of rows
        f"{NAMES}{BODY}n1,2\n",  # a line that lost a cell
        f"{NAMES}{BODY}n1,2,a,b\n",
        f"{NAMES}{BODY.replace('n', '#')}#1,2\n",  # names of rows begin with that sign
        "name\nSmith, John\nDoe, Jane\nRoe, Ann\n",
    ],
)
def test_lines_that_may_be_rows_are_refused_by_their_number(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=r"line \d+"):
        read_delimited(path)


def test_a_line_below_the_names_in_markdown_is_left_out_and_dashes_elsewhere_are_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("| x | y |\n|---|:--:|\n| 1 | 2 |\n| 3 | 4 |\n")
    read = read_delimited(path)
    assert read.frame["x"].to_list() == ["1", "3"]
    assert ("left out", "1 line", "it draws a line below the names of the columns") in read.notes
    path.write_text("x,y\n---,---\n1,2\n")
    assert read_delimited(path).frame.rows() == [("---", "---"), ("1", "2")]


def test_columns_between_spaces(tmp_path: Path) -> None:
    path = tmp_path / "housing.data"
    path.write_text("".join(f"   {at}.5   {at % 7}    {at * 100}\n" for at in range(20)))
    read = read_delimited(path)
    assert read.frame.row(3) == ("3.5", "3", "300")
    assert ("separator", "spaces", "they cut all lines into the same number of cells") in read.notes
    path.write_text("size  price\n" + "".join(f'"a b"   {at}\n' for at in range(9)))
    assert read_delimited(path).frame.rows()[0] == ("a b", "0")
    path.write_text("text\n" + "good morning\n" * 9)
    assert read_delimited(path).frame.columns == ["text"]


def test_a_column_of_all_is_answered_with_the_option_for_separators(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text((NAMES + BODY).replace(",", "¦"))
    with pytest.raises(UsageError, match="name what stands between them with --separator"):
        open_data(path, kind="table", target="y").prepare()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "a gzip file"),
        (b"PK\x03\x04" + bytes(90), "an Excel file or another zip archive"),
        (b"<html><body>not found</body></html>", "a web page"),
        (b"PAR1" + bytes(90), "a Parquet file"),
    ],
)
def test_files_of_other_kinds_are_called_what_they_are(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=f"this is {kind}"):
        read_delimited(path)


def test_json_as_array_as_lines_nested_and_with_nan(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"x": at + 0.5, "at": {"city": "ab"[at % 2], "floor": at}} for at in range(9)]
    array, lines = tmp_path / "t.json", tmp_path / "t.jsonl"
    array.write_text(json.dumps(rows))
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for path in (array, lines):
        frame = read_table(path)
        assert frame.columns == ["x", "at.city", "at.floor"]
        assert frame.row(4) == (4.5, "a", 4)
    lines.write_text("".join(json.dumps({"x": float("nan") if at == 3 else at, "y": "a"}) + "\n" for at in range(9)))
    assert np.isnan(read_table(lines)["x"].to_numpy()).tolist() == [at == 3 for at in range(9)]
    array.write_text('{"rows": [{"x": 1}]}')
    with pytest.raises(DataError, match="one JSON object, not rows"):
        read_table(array)
    array.write_text('[{"x": 1}, 5]')
    with pytest.raises(DataError, match="entry 2 of the array is no JSON object"):
        read_table(array)
    array.write_text('[{"x": 1},\n')
    with pytest.raises(DataError, match="line 2 is not JSON"):
        read_table(array)


def test_a_title_in_a_workbook_is_left_out_and_columns_without_a_name_are_called_as_in_text(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ["Sales of May"],
        [],
        ["shop", None, "town", "sales"],
        *([f"s{at}", at, "Ulm", at * 2.5] for at in range(9)),
    ):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    frame = read_table(tmp_path / "t.xlsx")
    assert frame.columns == ["shop", "Unnamed: 1", "town", "sales"]
    assert frame["sales"].to_list() == [at * 2.5 for at in range(9)]


def prepared(path: Path, text: str, **options: Any) -> Any:
    path.write_text(text)
    source = open_data(path, kind="table", **options)
    source.prepare()
    source.learn(torch.arange(len(source)))
    return source


@pytest.mark.parametrize("sign", ["-999", "9999", "-99.99", "1e20"])
def test_a_value_far_from_all_others_is_said_and_can_be_called_missing(tmp_path: Path, sign: str) -> None:
    text = "x,y\n" + "".join(f"{sign if at % 6 == 1 else at % 40},{'ab'[at % 2]}\n" for at in range(60))
    source = prepared(tmp_path / "t.csv", text, target="y")
    (doubt, fix), *more = source.doubts
    assert doubt.startswith("the value ")
    assert "in 10 rows, is far from all others (0 to 39)" in doubt
    assert "--missing" in fix
    assert more == []
    told = prepared(tmp_path / "t.csv", text, target="y", missing=sign)
    assert told.doubts == []
    gone = np.isnan(told.encoder.number_values(told._frame.sample())[:, 0])
    assert gone.tolist() == [at % 6 == 1 for at in range(60)]
    new = open_data(tmp_path / "t.csv", kind="table", target="y")
    new.prepare(told.schema())  # the run knows it
    assert torch.equal(new.whole(), told.whole())


@pytest.mark.parametrize("cells", ["99 98 1 50 20 97", "-1 0 1 5 9 3", "999 700 650 20 1 3"])
def test_large_values_among_others_are_values(tmp_path: Path, cells: str) -> None:
    text = "x,y\n" + "".join(f"{cells.split()[at % 6]},{'ab'[at % 2]}\n" for at in range(60))
    assert prepared(tmp_path / "t.csv", text, target="y").doubts == []


def test_a_row_of_units_below_the_names_is_said(tmp_path: Path) -> None:
    rows = "".join(f"n{at % 3},{at}.5,{at},{'ab'[at % 2]}\n" for at in range(60))
    source = prepared(tmp_path / "t.csv", f"name,height,mass,y\n,cm,kg,a\n{rows}", target="y")
    assert [doubt for doubt, _ in source.doubts] == [
        "the first row has no numbers where the others have ('cm' in 'height'); it is read as a row"
    ]
    assert prepared(tmp_path / "t.csv", f"name,height,mass,y\n,NA,5,a\n{rows}", target="y").doubts == []


def test_a_date_at_the_end_of_time_is_said_and_can_be_called_missing(tmp_path: Path) -> None:
    days = ["9999-12-31" if at % 6 == 1 else f"2024-03-{at % 28 + 1:02}" for at in range(60)]
    text = "until,y\n" + "".join(f"{day},{'ab'[at % 2]}\n" for at, day in enumerate(days))
    ((what, fix),) = prepared(tmp_path / "t.csv", text, target="y").doubts
    begins = "the date 9999-12-31 of 'until', in 10 rows, is far from all others (2024-03-01 to 2024-03-28)"
    assert what.startswith(begins)
    assert "--missing 9999-12-31" in fix
    plain = prepared(tmp_path / "t.csv", text, target="y", missing="9999-12-31")
    assert plain.doubts == []
    numbers = plain.encoder.number_values(plain._frame.sample())[:, 0]
    assert np.isnan(numbers).tolist() == [at % 6 == 1 for at in range(60)]
