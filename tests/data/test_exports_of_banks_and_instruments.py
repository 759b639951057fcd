"""What banks, laboratories, sensors, cameras and second exports write: signs, flags, fills, dates, quotes and names."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from goodfit.comparison import compare
from goodfit.data.sources.table import table
from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.data.tables.date_words import plain_date
from goodfit.data.tables.far_values import far_date, far_value
from goodfit.data.tables.half_turned import half_turned_doubt
from goodfit.data.tables.known_levels import known_words
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import FLAGS, numbers
from goodfit.data.tables.reading import read_parts, read_table
from goodfit.data.tables.side_by_side import side_by_side_doubt
from goodfit.data.tables.spelt_alike import spelt_alike
from goodfit.errors import DataError
from goodfit.fitting.console import Console
from goodfit.fitting.journal import Journal
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import make_problem


def type_of(cells: list[str], name: str = "v") -> ColumnType:
    return infer_type(pl.Series(name, cells), categorical=(), numeric=(), ignore=())


@pytest.mark.parametrize(
    ("cell", "value"), [("1’234.—", 1234), ("899:-", 899), ("1 234:-", 1234), ("500/-", 500), ("12.--", 12)]
)
def test_round_prices(cell: str, value: float) -> None:
    assert numbers(pl.Series([cell])).to_list() == [value]


def test_values_of_a_laboratory_that_are_high_and_low() -> None:
    cells = [f"{3 + at / 10:.1f}{('', ' H', '', ' L')[at % 4]}" for at in range(40)]
    kind = type_of(cells)
    assert (kind.name, kind.format) == ("number", FLAGS)
    assert "'3.1 H' is read as 3.1, without its flag" in kind.why
    assert numbers(pl.Series(cells), ".", FLAGS).to_list() == pytest.approx([3 + at / 10 for at in range(40)])


def test_many_flags_of_statistics_are_no_units() -> None:
    cells = [f"{at / 10 + 1:.1f}{(' b', ' p', ' e', '')[at % 4]}" for at in range(40)]
    assert type_of(cells).format == FLAGS
    temperatures = [f"{36 + at / 10:.1f}{(' c', ' f')[at % 2]}" for at in range(40)]
    assert type_of(temperatures).format != FLAGS, "two units are two units"


@pytest.mark.parametrize(
    ("fills", "shown"),
    [
        ((65535.0,), "65,535"),
        ((9.91e37,), "9.91e+37"),
        ((-32768.0, 32767.0), "-32,768 and 32,767"),
        ((3.4e38,), "3.4e+38"),
    ],
)
def test_fills_of_sensors_are_pointed_out(fills: tuple[float, ...], shown: str) -> None:
    values = [float(200 + at) for at in range(60)] + [fill for fill in fills for _ in range(3)]
    doubt = far_value(pl.Series("pm25", values), ".", None)
    assert doubt is not None
    assert shown in doubt[0]
    assert f"in {3 * len(fills)} rows" in doubt[0]


WHEN = datetime(2024, 3, 14, 17, 6, 7)


@pytest.mark.parametrize(
    "cell",
    [
        "2024:03:14 17:06:07", "[14.03.24, 17:06:07]", "14-MAR-24 05.06.07.000000 PM", "2024-03-14-17.06.07.123456",
        "14.3.2024 klo 17.06.07", "2024/3/14 下午5:06:07", "2024/3/14 午後5:06:07", "14 Μαρτίου 2024 17:06:07",
        "14 marca 2024 r. 17:06:07", "03 14, 2024", "2024m3",
    ],
)  # fmt: skip
def test_dates_of_cameras_chats_databases_and_reviews(cell: str) -> None:
    years = ("24", "23", "22", "21")
    cells = [cell.replace("2024", f"20{y}").replace("-24 ", f"-{y} ").replace(".24,", f".{y},") for y in years]
    dates = pl.Series("when", cells)
    kind = infer_type(dates, categorical=(), numeric=(), ignore=())
    assert kind.name == "date", plain_date(cell)
    read = moments(dates, kind.format)[0].replace(microsecond=0)
    assert read == {"03 14, 2024": datetime(2024, 3, 14), "2024m3": datetime(2024, 3, 1)}.get(cell, WHEN)


def test_microseconds_since_1970_are_dates_in_a_column_of_times() -> None:
    cells = [str(1_710_392_767_123_456 + at * 86_400_000_000) for at in range(40)]
    assert type_of(cells, "ts").name == "date"
    assert type_of(cells, "v").name == "left out"


def test_dates_that_a_spreadsheet_turned_by_half() -> None:
    days = [(day, month) for month in (2, 5, 11) for day in range(1, 29)]
    cells = [f"{d}/{m}/2024" if d > 12 else f"2024-{d:02d}-{m:02d} 00:00:00" for d, m in days]
    column = pl.Series("when", cells)
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    doubt = half_turned_doubt(column, kind.format)
    assert doubt is not None
    assert "a spreadsheet may have exchanged day and month" in doubt[0]
    right = [f"{d}/{m}/2024" if d % 2 else f"2024-{m:02d}-{d:02d} 00:00:00" for d, m in days]
    kind = infer_type(pl.Series("when", right), categorical=(), numeric=(), ignore=())
    assert half_turned_doubt(pl.Series("when", right), kind.format) is None


def test_letters_of_full_width_are_spelt_alike() -> None:
    assert spelt_alike(["Ａ", "A", "B"]) == [["Ａ", "A"]]
    assert spelt_alike(["a", "A"]) == [], "single letters may be two grades"


def test_known_words_of_web_pages() -> None:
    assert known_words(["K&ouml;ln", "<b>Bonn</b>"], ["Köln", "Bonn"]) == {"K&ouml;ln": "Köln", "<b>Bonn</b>": "Bonn"}


ROWS = [(str(at), f"x, {at % 3}", "ab"[at % 2]) for at in range(12)]


def test_quotes_of_typesetters_are_quotes(tmp_path: Path) -> None:
    lines = ["u,s,y", *(",".join(f"“{cell}”" for cell in row) for row in ROWS)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    parts = read_parts(tmp_path / "t.csv", valid=None, test=None)
    assert parts.frame.sample().rows() == ROWS
    assert ("quotes", "“ and ”", "read as quotes around cells") in parts.notes


def test_lines_quoted_as_a_whole_with_quoted_cells(tmp_path: Path) -> None:
    lines = ['"u,s,y"', *(f'"{u},""{s}"",{y}"' for u, s, y in ROWS)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    assert read_table(tmp_path / "t.csv").rows() == ROWS


def test_names_with_another_sign_between_them(tmp_path: Path) -> None:
    lines = ["u;v;y", *(f"{at},{at / 2},{'ab'[at % 2]}" for at in range(12))]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    parts = read_parts(tmp_path / "t.csv", valid=None, test=None)
    assert parts.frame.columns == ["u", "v", "y"]
    assert parts.frame.height == 12
    assert ("first line", "names with ';' between them", "the lines below have another sign") in parts.notes


def test_an_index_that_was_written_twice(tmp_path: Path) -> None:
    lines = [",Unnamed: 0.1,Unnamed: 0,u", *(f"{at},{at},{at},{at * 3}" for at in range(12))]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    assert read_table(tmp_path / "t.csv").columns == ["Unnamed: 0.2", "Unnamed: 0.1", "Unnamed: 0", "u"]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("t.csv", "CREATE TABLE t (u int);\nINSERT INTO t VALUES (1);\n", "a dump of a database"),
        ("t.csv", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (u int);\n", "a dump of a database"),
        ("t.sql", "INSERT INTO t VALUES (1);\n", "a dump of a database"),
        ("t.xml", "<rows><row><u>1</u></row></rows>", "an XML file"),
        ("t.json", '{"images": [], "annotations": [], "categories": []}', "boxes and shapes in images"),
        (
            "t.json",
            json.dumps({"took": 3, "hits": {"hits": [{"_source": {"u": 1}}] * 10}}),
            "rows may be in 'hits.hits'",
        ),
        ("t.json", "{'u': 1, 'y': None}\n{'u': 2, 'y': None}\n", "as Python prints it"),
    ],
)
def test_files_that_are_no_tables_are_named(tmp_path: Path, name: str, content: str, what: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=what):
        read_table(tmp_path / name)


def people(path: Path, first: int, names: str, classes: tuple[str, str]) -> Path:
    lines = [names, *(f"{at},{classes[at % 2]}" for at in range(first, first + 40))]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_test_table_in_other_letters_is_read_as_the_first(tmp_path: Path) -> None:
    """The labels of the adult data have a point behind them in its test file alone."""
    data = people(tmp_path / "a.csv", 0, "age,income", (">50K", "<=50K"))
    test = people(tmp_path / "t.csv", 100, "Age,Income", (">50K.", "<=50K."))
    source = table(data, "income", test=test)
    source.prepare()
    journal = Journal(Console(quiet=True))
    problem = make_problem(source, FitOptions(), journal)
    assert problem.class_labels is not None
    assert set(problem.class_labels) == {">50K", "<=50K"}
    assert ("column", "'Age'", "read as 'age', as in the first table") in source.notes


def test_targets_of_a_test_table_in_another_unit(tmp_path: Path) -> None:
    for name, first, factor in (("a.csv", 0, 1), ("t.csv", 100, 1000)):
        lines = ["u,price", *(f"{at % 50},{(at % 50 + 0.5) * factor}" for at in range(first, first + 60))]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    source = table(tmp_path / "a.csv", "price", test=tmp_path / "t.csv")
    source.prepare()
    make_problem(source, FitOptions(), Journal(Console(quiet=True)))
    assert any("targets of the test part: 60 of 60 lie outside" in what for what, _ in source.doubts)


def test_percent_and_shares_are_not_compared(tmp_path: Path) -> None:
    for name, cell in (("a.csv", "{:.1f}%"), ("c.csv", "{:.3f}")):
        factor = 100 if "%" in cell else 1
        rows = [f"{at},{at / 2:.1f}%,{cell.format(at / 200 * factor)}" for at in range(1, 60)]
        (tmp_path / name).write_text("\n".join(["id,truth,prediction", *rows]) + "\n")
    with pytest.raises(DataError, match="one column has percent signs, the other has none"):
        compare(tmp_path / "a.csv", tmp_path / "c.csv")


def test_a_table_of_two_rows_beside_another() -> None:
    rows = {"u": range(40), "v": range(40), "region": ["north", "south", *[None] * 38], "total": [5, 6, *[None] * 38]}
    doubt = side_by_side_doubt(pl.DataFrame({name: list(cells) for name, cells in rows.items()}))
    assert doubt is not None
    assert "the columns 'region', 'total' end in row 2 of 40" in doubt[0]


@pytest.mark.parametrize("year", [1904, 1980])
def test_the_first_day_of_a_programs_calendar_is_pointed_out(year: int) -> None:
    """1980-01-01 is what LimeSurvey and DOS write where they have no date, 1904-01-01 a Macintosh."""
    cells = [f"2023-{month:02d}-{day:02d}" for month in (3, 4, 5) for day in range(1, 11)] + [f"{year}-01-01"] * 3
    doubt = far_date(pl.Series("submitdate", cells), "%Y-%m-%d")
    assert doubt is not None
    assert f"the date {year}-01-01 of 'submitdate', in 3 rows, is far from all others" in doubt[0]
