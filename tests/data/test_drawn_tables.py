"""Tables as clients of databases draw them: the same rows, whatever draws them."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodfit.data.sources.table import table
from goodfit.data.tables.delimited import read_delimited
from goodfit.errors import DataError

PSQL = """ x  |    city     | note
----+-------------+------
  7 | New York    | a, b
 81 | Rome        |
  9 | Los Angeles | 19" |
(3 rows)

"""
MYSQL = """+----+-------------+------+
| x  | city        | note |
+----+-------------+------+
|  7 | New York    | a, b |
| 81 | Rome        |      |
|  9 | Los Angeles | 19"  |
+----+-------------+------+
3 rows in set (0.00 sec)
"""
BOX = """┌────┬─────────────┬──────┐
│ x  │    city     │ note │
├────┼─────────────┼──────┤
│ 7  │ New York    │ a, b │
│ 81 │ Rome        │      │
│ 9  │ Los Angeles │ 19"  │
└────┴─────────────┴──────┘
"""
SQLCMD = """x           city         note
----------- ------------ ----
          7 New York     a, b
         81 Rome
          9 Los Angeles  19"

(3 rows affected)
"""
REST = """==  ===========  ====
x   city         note
==  ===========  ====
7   New York     a, b
81  Rome
9   Los Angeles  19"
==  ===========  ====
"""
ROWS = [("7", "New York", "a, b"), ("81", "Rome", None), ("9", "Los Angeles", '19"')]


@pytest.mark.parametrize(
    "text", [PSQL.replace('19" |', '19"'), MYSQL, BOX, SQLCMD, REST], ids=["psql", "mysql", "box", "sqlcmd", "rest"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_they_are_the_same_rows(tmp_path: Path, text: str, end: str) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(text.replace("\n", end).encode())
    read = read_delimited(path)
    assert read.frame.columns == ["x", "city", "note"]
    assert read.frame.rows() == ROWS
    assert ("separator", "drawn lines", "a table as clients of databases show it") in read.notes
    assert path.read_text().splitlines()[int(read.lines[0]) - 1].strip("|│ ").startswith("7")


def test_names_that_come_again_on_each_page_are_no_rows(tmp_path: Path) -> None:
    page = SQLCMD.split("\n\n")[0] + "\n\n"
    (tmp_path / "t.txt").write_text(page + page)
    assert read_delimited(tmp_path / "t.txt").frame.rows() == [*ROWS, *ROWS]


def test_a_bar_too_many_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(PSQL.replace('19" |', '19" | z'))
    with pytest.raises(DataError, match="line 5 has 4 cells where the first has 3"):
        read_delimited(tmp_path / "t.txt")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Report\n------\nx,y\n1,2\n3,4\n", None),  # a title that is underlined
        ("x,y\n--,--\n1,2\n", ["x", "y"]),
        ("a   b\n--- ---\n1xx2yy z\n", None),  # letters between the columns
    ],
)
def test_other_lines_of_dashes_draw_nothing(tmp_path: Path, text: str, columns: list[str] | None) -> None:
    (tmp_path / "t.csv").write_text(text)
    try:
        read = read_delimited(tmp_path / "t.csv")
    except DataError:
        assert columns is None
        return
    assert "drawn lines" not in [value for _, value, _ in read.notes]
    assert columns in (None, read.frame.columns)


def test_a_list_of_sap_is_a_table(tmp_path: Path) -> None:
    """Titles above, bars around every line, dashes between, a minus behind the number (FBL3N, saved as text)."""
    lines = ["01.03.2024     Posten", "", "-" * 34, "|Art|      Betrag|Ort    |", "|" + "-" * 24 + "|"]
    amounts = ["1.234,50-", "12,00 ", "99,99-", "1.000.000,00 ", "7,50 ", "3,25-"] * 5
    lines += [f"|{'RE' if at % 2 else 'KG'} |{amount:>12}|Ort {at % 3}  |" for at, amount in enumerate(amounts)]
    (tmp_path / "liste.txt").write_text("\r\n".join([*lines, "-" * 34, ""]))
    source = table(tmp_path / "liste.txt", target="Betrag")
    source.prepare()
    assert list(source.targets or ())[:4] == [-1234.5, 12.0, -99.99, 1000000.0]
    assert source.column_names == ["Art", "Betrag", "Ort"]
