"""A line of units below the names, and notes below the table, are no rows: in text and in workbooks, at predict too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from goodfit.data.tables.reading import read_parts, read_table
from goodfit.errors import DataError

openpyxl = pytest.importorskip("openpyxl")
ROWS = [(at / 2 + 0.25, at * 3, "ab"[at % 2]) for at in range(40)]
NAMES = ("length", "width", "kind")


def written(path: Path, above: Sequence[Any] | None, below: Sequence[Sequence[Any]]) -> Path:
    """A table with a row below the names and rows below itself, as text or as a workbook."""
    lines = [NAMES, *([above] if above else []), *ROWS, *below]
    if path.suffix == ".csv":
        path.write_text("\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines))
        return path
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
@pytest.mark.parametrize(
    ("above", "below", "note"),
    [
        (("cm", "kg", None), (), "units below the names of the columns, such as 'cm'"),
        (("[mm]", "m/s²", "-"), (), "units below the names of the columns, such as '[mm]'"),
        (None, [("Source: WHO 2020", None, None)], "below the table, such as line 42: Source: WHO 2020"),
        (None, [(None, None, None), ("* provisional", None, None)], "below the table, such as line 43: * provisional"),
        (None, [("figures are rounded", None, None)], "below the table, such as line 42: figures are rounded"),
        (("cm", "%", None), [("Quelle: Amt", None, None)], "below the table, such as line 43: Quelle: Amt"),
    ],
)
def test_they_are_left_out_and_said(
    tmp_path: Path, name: str, above: Sequence[Any] | None, below: Sequence[Sequence[Any]], note: str
) -> None:
    path = written(tmp_path / name, above, below)
    parts = read_parts(path, valid=None, test=None)
    frame = parts.frame.sample()
    if None not in (cell for row in below for cell in row[:1]):
        assert [float(value) for value in frame["length"]] == [row[0] for row in ROWS]
        assert frame["kind"].to_list() == [row[2] for row in ROWS]
    assert note in [why for _, _, why in parts.notes]
    if name == "t.xlsx":
        assert frame["length"].dtype.is_float(), "columns have their types without the words"


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (("cm", 3, None), ()),  # a number beside it
        (("cm", None, "a"), ()),  # a class that others have too
        (None, [("total", 3, None)]),  # two cells
        (None, [(99.5, None, None)]),  # a row that is known by a number alone
        (("unknown", None, None), ()),
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_what_may_be_a_row_is_one(
    tmp_path: Path, name: str, above: Sequence[Any] | None, below: Sequence[Sequence[Any]]
) -> None:
    assert read_table(written(tmp_path / name, above, below)).height == len(ROWS) + 1


def test_a_name_alone_in_the_last_row_is_a_row_to_predict(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("user,age\n" + "".join(f"user {at},{at}\n" for at in range(30)) + "the last one of all,\n")
    assert read_table(path).height == 31


def test_notes_of_fewer_or_more_cells_are_left_out_and_a_cut_line_is_refused(tmp_path: Path) -> None:
    text = "a,b,c\n" + "".join(f"{at},{at},x{at}\n" for at in range(9))
    for note in ("Source: me", "Note: rounded, as given, by the office, in 2020", "(9 rows affected)"):
        (tmp_path / "t.csv").write_text(f"{text}{note}\n")
        assert read_table(tmp_path / "t.csv").height == 9
    (tmp_path / "t.csv").write_text(f"{text}12.3\n")
    with pytest.raises(DataError, match="line 11 has 1 cell"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("separators", [";;;", ""])
def test_lines_under_a_rule_or_a_source_are_notes_whatever_they_say(tmp_path: Path, separators: str) -> None:
    rows = "".join(f"{2000 + at};{at % 7 if at % 5 else '...'};{at}.5;x{at % 3}\n" for at in range(30))
    below = ["__________", "1) Ohne Ausland.", "p = vorläufig", "© Amt (2024)"]
    text = f"Jahr;Alter;Wert;Ort\n{rows}" + "".join(f"{note}{separators}\n" for note in below)
    (tmp_path / "t.csv").write_text(text)
    assert read_table(tmp_path / "t.csv").height == 30


def test_texts_to_predict_are_rows_whatever_they_begin_with(tmp_path: Path) -> None:
    texts = ["Note: call me back", "all is well", "Source: nobody knows", "good day"]
    (tmp_path / "t.csv").write_text("text;label\n" + "".join(f"{text};\n" for text in texts))
    assert read_table(tmp_path / "t.csv").height == 4
    (tmp_path / "t.csv").write_text("text;label\n" + "fine;a\n" * 9 + "".join(f"{text};\n" for text in texts[1:]))
    assert read_table(tmp_path / "t.csv").height == 12
