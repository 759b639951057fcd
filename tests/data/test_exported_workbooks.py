"""Files that are called workbooks and are none: web pages and delimited text, as many programs export them."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodfit.data.tables.reading import read_parts, read_table
from goodfit.errors import DataError

ROWS = [("Größe", "Ort"), *((f"{at},5", ("Ulm", "Köln")[at % 2]) for at in range(6))]
SAID = "its name says Excel, and its content does not"


def page(rows: str, head: str = "") -> str:
    return f"<html><head>{head}<title>x</title></head><body><h1>Report</h1><table border=1>{rows}</table></body></html>"


def lines(cell: str = "td", close: str = "</td>") -> str:
    names = "".join(f"<th>{name}</th>" for name in ROWS[0])
    return f"<tr>{names}</tr>" + "".join(
        f"<tr>{''.join(f'<{cell}>{value}{close}' for value in row)}</tr>" for row in ROWS[1:]
    )


@pytest.mark.parametrize("name", ["t.xls", "t.xlsx", "t.XLS"])
@pytest.mark.parametrize(
    ("charset", "head"),
    [("utf-8", ""), ("cp1252", "<meta charset='windows-1252'>"), ("utf-8-sig", "<meta charset=utf-8>")],
)
def test_the_table_of_a_web_page_is_read_and_it_is_said(tmp_path: Path, name: str, charset: str, head: str) -> None:
    (tmp_path / name).write_bytes(page(lines(), head).encode(charset))
    read = read_parts(tmp_path / name, valid=None, test=None)
    assert read.frame.sample().rows() == ROWS[1:]
    assert read.frame.columns == list(ROWS[0])
    assert ("kind", "a web page with a table", SAID) in read.notes


def test_cells_without_ends_over_rows_and_columns_and_with_marks_of_the_page(tmp_path: Path) -> None:
    rows = (
        "<tr><th colspan=2>person<th>x</tr><tr><td rowspan='2'>Ann &amp; Bob<br>Ltd<td>1<td><b>7</b></tr>"
        "<tr><td>2<td>8</tr><tr><td>Cy<td><td>9</tr>"
    )
    (tmp_path / "t.xls").write_text(f"<table>{rows}</table>")
    frame = read_table(tmp_path / "t.xls")
    assert frame.columns == ["person", "Unnamed: 1", "x"]
    assert frame.rows() == [("Ann & Bob Ltd", "1", "7"), ("Ann & Bob Ltd", "2", "8"), ("Cy", None, "9")]


@pytest.mark.parametrize(
    ("tables", "what"), [(0, "no table with rows"), (2, r"2 tables with rows \(the first begins with Größe\)")]
)
def test_a_page_without_a_table_or_with_several_is_refused(tmp_path: Path, tables: int, what: str) -> None:
    (tmp_path / "t.xls").write_text(f"<html>{f'<table>{lines()}</table>' * tables}</html>")
    with pytest.raises(DataError, match=f"this is a web page with {what}"):
        read_table(tmp_path / "t.xls")


def test_a_page_cannot_ask_for_any_number_of_cells(tmp_path: Path) -> None:
    (tmp_path / "t.xls").write_text(f"<table><tr>{'<td rowspan=1000 colspan=1000>1' * 1_000}{'<tr>' * 1_000}</table>")
    with pytest.raises(DataError, match="more cells over several rows"):
        read_table(tmp_path / "t.xls")


@pytest.mark.parametrize(("separator", "encoding"), [("\t", "utf-8"), (";", "cp1252"), ("\t", "utf-16")])
def test_delimited_text_is_read_as_what_it_is(tmp_path: Path, separator: str, encoding: str) -> None:
    text = "\r\n".join(separator.join(row) for row in ROWS)
    (tmp_path / "t.xls").write_bytes(text.encode(encoding))
    read = read_parts(tmp_path / "t.xls", valid=None, test=None)
    assert read.frame.sample().rows() == ROWS[1:]
    assert ("kind", "delimited text", SAID) in read.notes


@pytest.mark.parametrize("data", [b"", b"no table at all", bytes(200)])
def test_what_is_no_table_is_not_an_excel_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.xls").write_bytes(data)
    with pytest.raises(DataError, match=r"not an Excel file|is empty"):
        read_table(tmp_path / "t.xls")
