"""Files of loggers and laboratories whose heads say where they end, tables as they are typeset, texts of programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import goodfit as gf
from goodfit.data.images.camera_folders import camera_folders_doubt
from goodfit.data.images.instance_masks import instances_doubt
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.delimited import read_delimited
from goodfit.data.tables.moments import moments
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.reading import read_parts
from goodfit.data.tables.text_on_disk import open_text
from goodfit.errors import DataError

ROWS = 40
VALUES = [5 + at * 7 % 13 / 4 for at in range(ROWS)]
LINES_OF_A_LARGE_FILE = 30_000  # more than what is looked at to choose a separator


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def read_as(name: str, cells: list[str], decimal: str = ".") -> Any:
    """The type of a column and its values."""
    column = pl.Series(name, cells)
    kind = infer_type(column, categorical=(), numeric=(), ignore=(), decimal=decimal)
    return kind, numbers(column, kind.decimal, kind.format).to_list() if kind.name == "number" else None


ROWS_OF_TABS = "".join(f"{at}\t{value}\n" for at, value in enumerate(VALUES))
HEADS = {
    "LabVIEW": (
        "LabVIEW Measurement\t\nSeparator\tTab\n***End_of_Header***\t\n\t\nChannels\t1\t\n***End_of_Header***\t\t\n",
        "6 lines",
    ),
    "Sea-Bird": ("* Sea-Bird SBE 9\n# nquan = 2, x\n*END*\n", "3 lines"),
    "NASA": ("-BEGIN HEADER-\nDates: 01/01/2024, LST\n-END HEADER-\n", "3 lines"),
    "Data": ("Instrument: X1, Y\n[Data]\n", "2 lines"),
    "PANGAEA": ("/* DATA DESCRIPTION:\nCitation:\tMiller (2024), x\n*/\n", "3 lines"),
}


@pytest.mark.parametrize("program", HEADS)
@pytest.mark.parametrize("times", [1, LINES_OF_A_LARGE_FILE // ROWS])
def test_a_head_that_says_where_it_ends_is_left_out(tmp_path: Path, program: str, times: int) -> None:
    head, lines = HEADS[program]
    path = write(tmp_path / "x.txt", f"{head}at\tvalue\n{ROWS_OF_TABS * times}")
    assert open_text(path) is None
    read = read_delimited(path)
    assert read.frame.columns == ["at", "value"]
    assert read.frame["value"].cast(float).to_list() == VALUES * times
    assert read.lines[0] == head.count("\n") + 2
    assert any(name == "left out" and what == f"{lines} at the top" for name, what, _ in read.notes)


def test_a_star_and_a_slash_end_no_head_that_did_not_begin(tmp_path: Path) -> None:
    read = read_delimited(write(tmp_path / "x.csv", "glob,count\n*,1\n*/\t,2\n**,3\n"))
    assert read.frame["count"].to_list() == ["1", "2", "3"]


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_logger_of_campbell_has_names_in_its_second_line(tmp_path: Path, quote: str) -> None:
    lines = [["TOA5", "CR1000", "1"], ["TIMESTAMP", "RECORD", "T_Avg"], ["TS", "RN", "Deg C"], ["", "", "Avg"]]
    lines += [[f"2024-01-01 {at % 24:02}:00:00", str(at), str(value)] for at, value in enumerate(VALUES)]
    text = "".join(",".join(f"{quote}{cell}{quote}" for cell in line) + "\n" for line in lines)
    read = read_delimited(write(tmp_path / "x.dat", text))
    assert read.frame.columns == ["TIMESTAMP", "RECORD", "T_Avg"]
    assert read.frame["T_Avg"].cast(float).to_list() == VALUES
    assert read.lines[0] == 5


TYPESET = {
    "LaTeX": (
        "\\begin{table}\n\\begin{tabular}{lr}\n\\toprule\nName & \\textbf{T} \\\\\n\\midrule\n",
        "n{at} & ${value}$ \\\\\n",
        "\\bottomrule\n\\end{tabular}\n\\caption{A \\& B}\n\\end{table}\n",
    ),
    "MediaWiki": ('{| class="wikitable"\n! Name !! T\n', '|-\n| n{at} || align="right" | {value}\n', "|}\n"),
    "Jira": ("||Name||T||\n", "|n{at}|{value}|\n", ""),
    "AsciiDoc": ("[cols=2]\n|===\n|Name |T\n\n", "|n{at} |{value}\n", "|===\n"),
}


@pytest.mark.parametrize("language", TYPESET)
def test_tables_as_they_are_typeset(tmp_path: Path, language: str) -> None:
    above, row, below = TYPESET[language]
    rows = "".join(row.replace("{at}", str(at)).replace("{value}", str(value)) for at, value in enumerate(VALUES))
    read = read_delimited(write(tmp_path / "x.txt", above + rows + below))
    assert read.frame.columns == ["Name", "T"]
    assert read.frame["T"].cast(float).to_list() == VALUES
    assert read.frame["Name"].to_list() == [f"n{at}" for at in range(ROWS)]
    assert ("separator", f"marks of {language}", "a table as it is typeset") in read.notes


def test_an_ampersand_and_backslashes_make_no_latex(tmp_path: Path) -> None:
    text = "path,firm\n" + "".join(f"C:\\\\a{at},Smith & Sons\n" for at in range(9))
    assert read_delimited(write(tmp_path / "x.csv", text)).frame["firm"].to_list() == ["Smith & Sons"] * 9


LINES = range(10, 30)
TEXTS = {
    "the messages of a chat": "".join(f"Anna B, [14.03.24 05:{at}]\nhello, you {at}\n\n" for at in LINES),
    "messages of a program": "".join(f"2024-03-14 05:06:{at} INFO Worker took {at * 7} ms\n" for at in LINES),
    "subtitles": "".join(f"{at}\n00:00:{at},000 --> 00:00:{at},900\nHello, {at}\n\n" for at in LINES),
    "a bank statement in QIF": "!Type:Bank\n" + "".join(f"D03/{at}/2024\nT-12,5\n^\n" for at in LINES),
    "a grid of places": "ncols 2\nnrows 2\ncellsize 10\n1.5 2.5\n3.5 4.5\n",
    "a matrix of Matrix Market": "%%MatrixMarket matrix coordinate real general\n3 3 1\n1 1 5.5\n",
    "YAML": "".join(f"- t: {at}\n  h: 1, 2\n" for at in LINES),
    "an object as R writes it": "structure(list(t = c(1, 2), h = c(3, 4)))\n",
    "a patch": "--- a/x.csv\n+++ b/x.csv\n@@ -1,2 +1,2 @@\n-1,2\n+1,3\n",
    "an e-mail": "From: a@b.org\nTo: c@d.org\nSubject: data, new\n\n1,2\n",
    "ratings in blocks": "1:\n7,3,2005-09-01\n8,4,2005-09-02\n2:\n7,5,2005-09-03\n",
}
MORE_LOGS = {
    "zone": "".join(f"2024-03-14T05:06:{at}.123Z [main] DEBUG a.B - took, {at}\n" for at in LINES),
    "nginx": "".join(f"2024/03/14 05:06:{at} [error] 12#12: *{at} open() failed, client: a\n" for at in LINES),
    "glog": "".join(f"I0314 05:06:{at}.123456 1234 main.cc:7] step {at}, loss\n" for at in LINES),
    "kernel": "".join(f"[   {at}.123456] usb 1-1: new device, {at}\n" for at in LINES),
    "syslog": "".join(f"Mar 14 05:06:{at} host sshd[12]: failed, {at}\n" for at in LINES),
}


@pytest.mark.parametrize(
    ("what", "text"), [*TEXTS.items(), *(("messages of a program", text) for text in MORE_LOGS.values())]
)
def test_texts_without_cells_say_what_they_are(tmp_path: Path, what: str, text: str) -> None:
    with pytest.raises(DataError, match=f"(this is|these are) {what}"):
        read_delimited(write(tmp_path / "x.txt", text))


def test_columns_of_times_and_levels_are_a_table(tmp_path: Path) -> None:
    text = "time level took\n" + "".join(f"2024-03-14T05:06:{at} INFO {at}\n" for at in LINES)
    assert read_delimited(write(tmp_path / "x.txt", text)).frame.columns == ["time", "level", "took"]


def test_a_frame_as_polars_prints_it_has_no_row_of_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": [1.5, 2.5, 3.5], "k": ["a", "b", "c"]})
    read = read_delimited(write(tmp_path / "x.txt", f"{frame}\n"))
    assert read.frame.columns == ["t", "k"]
    assert read.frame["t"].to_list() == ["1.5", "2.5", "3.5"]


def test_a_frame_as_pandas_prints_it_has_no_line_of_its_size(tmp_path: Path) -> None:
    text = "     t   h\n0  1.5  20\n1  2.5  21\n2  3.5  22\n\n[3 rows x 2 columns]\n"
    read = read_delimited(write(tmp_path / "x.txt", text))
    assert read.frame["t"].to_list() == ["1.5", "2.5", "3.5"]


def test_names_below_groups_of_columns_are_no_units(tmp_path: Path) -> None:
    head, wanted = ",Group A,,Group B,\nName,Mean,SD,Mean,SD\n", ["Name", "Group A Mean", "Group A SD", "Group B Mean"]
    for count in (8, ROWS):
        rows = "".join(f"n{at},{value},{value + 1},{at}.5,{value}\n" for at, value in enumerate(VALUES[:count]))
        read = read_delimited(write(tmp_path / "x.csv", head + rows))
        assert read.frame.columns == [*wanted, "Group B SD"]
        assert read.frame.height == count


def test_a_table_in_the_middle_of_a_sheet_keeps_its_names(tmp_path: Path) -> None:
    rows = "".join(f",n{at},{value},\n" for at, value in enumerate(VALUES))
    read = read_delimited(write(tmp_path / "x.csv", f",,,\n,Name,Wert,\n,,,\n{rows},,,\n"))
    assert read.frame["Wert"].drop_nulls().cast(float).to_list() == VALUES
    assert ("left out", "1 line at the top", "it has no filled cell") in read.notes


def test_footnotes_below_a_table_of_two_columns(tmp_path: Path) -> None:
    read = read_delimited(
        write(tmp_path / "x.csv", "Jahr;Wert\n1990;5,5\n1991;6,5\n1992;7\n\n1) vorläufig\n2) geschätzt\n")
    )
    assert read.frame["Wert"].to_list() == ["5,5", "6,5", "7"]


PRINTS = {
    "pandas": "     t   h\n0    1  20\n1    2  21\n..  ..  ..\n98   3  22\n99   4  23\n\n[100 rows x 2 columns]\n",
    "polars": "┌─────┬─────┐\n"
    "│ t   ┆ h   │\n╞═════╪═════╡\n│ 1   ┆ 20  │\n│ …   ┆ …   │\n│ 4   ┆ 23  │\n└─────┴─────┘\n",
    "tibble": "# A tibble: 30 × 2\n       t     h\n   <dbl> <int>\n 1   1.5    20\n 2   2.5    21\n# ℹ 28 more rows\n",
}


@pytest.mark.parametrize("program", PRINTS)
def test_a_shortened_print_is_refused_by_its_line(tmp_path: Path, program: str) -> None:
    line = next(
        at for at, row in enumerate(PRINTS[program].split("\n"), 1) if ".." in row or "…" in row or "more" in row
    )
    with pytest.raises(DataError, match=f"line {line} stands for rows that it left out"):
        read_delimited(write(tmp_path / "x.txt", PRINTS[program]))


@pytest.mark.parametrize(
    ("name", "cells", "values"),
    [
        ("taille", ["1m75", "1m 82", "1m91"], [1.75, 1.82, 1.91]),
        ("poids", ["3kg200", "2 kg 950", "3kg005"], [3.2, 2.95, 3.005]),
        ("prix", ["12€50", "7 € 05", "1250€00"], [12.5, 7.05, 1250]),
        ("pris", ["12:50 kr", "107:05 kr", "3:00 kr"], [12.5, 107.05, 3]),
        ("PatientAge", ["045Y", "018M", "006Y"], [45, 1.5, 6]),
        ("temp", ["M05", "12", "00"], [-5, 12, 0]),
        ("xs", ["1.23456+1", "5.43210-2", "-3.00000+0"], [12.3456, 0.054321, -3]),
        ("fee", ["Rs. 10/- only", "Rs. 1,500/- only", "Rs. 12/- only"], [10, 1500, 12]),
        ("d", ["Ø 12 mm", "Ø 7.5 mm", "Ø3 mm"], [12, 7.5, 3]),
        ("price", ["from $12.50", "$7", "$8", "$9"], [12.5, 7, 8, 9]),
        ("born", ["c. 1801", "1805", "1807", "1809"], [1801, 1805, 1807, 1809]),
        ("price", ["R 1 234.50", "R 7.05", "R 8"], [1234.5, 7.05, 8]),
        ("CA", ["1.2 Md€", "3 M€", "4 M€"], [1.2e9, 3e6, 4e6]),
        ("score", ["5 of 10", "4 of 10", "3 of 10"], [5, 4, 3]),
        ("elapsed", ["1-02:30:00", "07:15:00", "08:00:00"], [26.5, 7.25, 8]),
        ("time", ["7.30 p.m.", "7.45 a.m.", "12.15 p.m."], [19.5, 7.75, 12.25]),
    ],
)
def test_numbers_of_other_countries_and_trades(name: str, cells: list[str], values: list[float]) -> None:
    kind, read = read_as(name, cells * 2)
    assert kind.name == "number", kind
    assert read == pytest.approx(values * 2)


def test_laps_are_minutes_and_seconds() -> None:
    kind, read = read_as("lap", [f"1'{at + 10}\"{at + 100}" for at in range(ROWS)])
    assert kind.format == "hours"
    assert read[0] * 3600 == pytest.approx(70.1)


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["2024-05", "2024-06", "2024-12"], datetime(2024, 5, 1)),
        (["2024-05", "2024-06-02", "2024-12-03"], datetime(2024, 5, 1)),
        (["2024-125", "2024-126", "2024-301"], datetime(2024, 5, 4)),
        (["4.5.'24", "28.5.'24", "14.6.'24"], datetime(2024, 5, 4)),
        (["令和6年5月4日", "平成31年4月30日", "令和元年5月1日"], datetime(2024, 5, 4)),
        (["2024. május 4.", "2024. január 5.", "2023. ápr. 6."], datetime(2024, 5, 4)),
        (["٤\u200f/٥\u200f/٢٠٢٤", "٢٨/٥/٢٠٢٤", "١٤/٦/٢٠٢٤"], datetime(2024, 5, 4)),
        (["4 mai 2024", "5 iunie 2024", "6 iulie 2024"], datetime(2024, 5, 4)),
        (["4. toukokuuta 2024", "5. kesäkuuta 2024", "6. heinäkuuta 2024"], datetime(2024, 5, 4)),
    ],
)
def test_dates_in_a_column_of_this_name(cells: list[str], first: datetime) -> None:
    column = pl.Series("date", cells * 4)
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    assert kind.name == "date", kind
    read = moments(column, kind.format)
    assert read[0] == first
    assert not read.null_count()


def test_minutes_and_seconds_are_no_metres() -> None:
    kind, _ = read_as("time", [f"{at % 4 + 1}m{at % 39 + 20}" for at in range(ROWS)])
    assert kind.format != "metres and two digits"
    kind, _ = read_as("size", [f"M{at % 8 + 3:02}" if at % 3 else f"{at % 8 + 3:02}" for at in range(ROWS)])
    assert kind.name != "number"  # threads of screws


def test_debits_are_no_degrees() -> None:
    kind, read = read_as("Betrag", [f"{value:.2f} S".replace(".", ",") for value in VALUES], ",")
    assert "degrees" not in kind.why
    kind, read = read_as("lat", [f"{value:.4f} S" for value in VALUES])
    assert kind.format == "degrees"
    assert read == pytest.approx([-value for value in VALUES])


def said_of(frame: pl.DataFrame, target: str) -> list[str]:
    source = gf.table(frame, target=target)
    source.prepare()
    return [what for what, _ in source.doubts]


def test_a_matrix_of_ratings_is_pointed_out() -> None:
    films = {
        f"film {at}": [(row * at) % 5 + 1 if (row + at) % 5 == 0 else None for row in range(ROWS)] for at in range(20)
    }
    users = {"user": [f"u{row}" for row in range(ROWS)]}
    doubts = said_of(pl.DataFrame(users | films), "film 0")
    assert any("items that each row rated" in what for what in doubts)
    full = {name: [(row * at) % 5 + 1 for row in range(ROWS)] for at, name in enumerate(films)}
    assert not any("rated" in what for what in said_of(pl.DataFrame(users | full), "film 1"))


def test_notes_below_a_line_of_sums_are_no_rows(tmp_path: Path) -> None:
    rows = "".join(f"n{at};{at % 7 + 1}\n" for at in range(ROWS))
    total = sum(at % 7 + 1 for at in range(ROWS))
    text = f"Name;Wert\n{rows}Σ;{total}\nAlle Angaben ohne Gewähr;\nStand: 14.03.2024;\n"
    path = write(tmp_path / "x.csv", text)
    read = read_delimited(path)
    assert read.frame.height == ROWS + 1
    assert any("below the table" in why for _, _, why in read.notes)
    assert any(
        "holds the sum" in what for what in said_of(read.frame.with_columns(pl.Series("y", range(ROWS + 1))), "y")
    )


def test_classes_called_like_days_or_folders_of_a_camera() -> None:
    for names in (
        ["2024-03-10", "2024-03-11"],
        ["202403", "202404"],
        ["100CANON", "101CANON"],
        ["100APPLE", "101APPLE"],
    ):
        assert camera_folders_doubt(names) is not None
    for names in (["cat", "dog"], ["1", "2"], ["2012 Tesla", "2013 Audi"], ["2024-03-10", "cat"], ["100", "200"]):
        assert camera_folders_doubt(names) is None


def test_a_table_that_is_turned_is_pointed_out(tmp_path: Path) -> None:
    people = ",".join(f"P{at}" for at in range(ROWS))
    ages, sexes = (",".join(str(cell) for cell in cells) for cells in (VALUES, ["m", "f"] * (ROWS // 2)))
    read = read_delimited(write(tmp_path / "x.csv", f"who,{people}\nage,{ages}\nsex,{sexes}\ntown,{sexes}\n"))
    assert any("rows and columns may be exchanged" in what for what in said_of(read.frame, "P1"))


def book(path: Path, lines: Sequence[Sequence[Any]], merged: tuple[str, ...] = ()) -> Path:
    workbook = pytest.importorskip("openpyxl").Workbook()
    for line in lines:
        workbook.active.append(list(line))
    for cells in merged:
        workbook.active.merge_cells(cells)
    workbook.save(path)
    return path


def test_names_again_in_a_workbook_are_no_row(tmp_path: Path) -> None:
    page: list[list[Any]] = [["t", "k"], *([value, "uv"[at % 2]] for at, value in enumerate(VALUES))]
    table = read_parts(book(tmp_path / "a.xlsx", [*page, [], *page]), valid=None, test=None, stream=False)
    assert table.frame.height == 2 * ROWS
    assert table.frame.column("t").cast(float).to_list() == VALUES * 2
    assert ("left out", "1 line", "the names of the columns again") in table.notes


def test_names_that_stand_twice_in_a_workbook_are_said(tmp_path: Path) -> None:
    lines: list[list[Any]] = [["t", "k", None, "t"], *([value, "a", None, 2 * value] for value in VALUES)]
    path = book(tmp_path / "a.xlsx", lines)
    notes = read_parts(path, valid=None, test=None, stream=False).notes
    assert ("names", "'t' 2 times", "several columns have this name; the others are called 't_1' and so on") in notes


def test_names_in_two_merged_lines_are_joined(tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["Name", "Size", None],
        [None, "length", "width"],
        *([f"n{at}", at + 1.5, at + 2.5] for at in range(ROWS)),
    ]
    table = read_parts(book(tmp_path / "a.xlsx", lines, ("A1:A2", "B1:C1")), valid=None, test=None, stream=False)
    assert table.frame.sample().columns == ["Name", "Size length", "Size width"]
    text = "Name,Size,\n,length,width\n" + "".join(f"n{at},{at}.5,{at + 2}.5\n" for at in range(ROWS))
    assert read_delimited(write(tmp_path / "a.csv", text)).frame.columns == ["Name", "Size length", "Size width"]


def test_units_below_names_of_which_one_is_empty_are_units(tmp_path: Path) -> None:
    text = ",T,RH\n,°C,%\n" + "".join(f"p{at},{value},{at % 7}.5\n" for at, value in enumerate(VALUES))
    read = read_delimited(write(tmp_path / "a.csv", text))
    assert read.frame.columns == ["Unnamed: 0", "T", "RH"]
    assert any("units below the names" in why for _, _, why in read.notes)


def test_a_text_is_no_path() -> None:
    with pytest.raises(DataError, match="this is the content of a file, not its path"):
        gf.profile("t,k\n" + "1,a\n" * 200)


def test_a_number_for_each_mask_is_no_class() -> None:
    doubt = instances_doubt([(1, at) for at in range(1, 13)])
    assert doubt is not None
    assert "no two have the same (1 to 12)" in doubt[0]
    assert instances_doubt([(1, at % 4 + 1) for at in range(12)]) is None  # cats, dogs, cows and sheep


def test_days_of_work_are_no_milliards() -> None:
    assert read_as("effort", [f"{at} MD" for at in (4, 12, 7, 30)])[1] == [4, 12, 7, 30]
    assert read_as("budget", [f"{at} Md€" for at in (4, 12, 7, 30)])[1] == [4e9, 12e9, 7e9, 30e9]


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.parquet", "<!doctype html><html></html>", "this is a web page, not a Parquet file"),
        ("b.parquet", "version https://git-lfs.github.com/spec/v1\n", "this is a pointer of Git LFS"),
        ("c.npz", "version https://git-lfs.github.com/spec/v1\n", "this is a pointer of Git LFS"),
        ("d.xlsx", "version https://git-lfs.github.com/spec/v1\n", "this is a pointer of Git LFS"),
    ],
)
def test_what_a_file_is_in_place_of_its_name(tmp_path: Path, name: str, content: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        gf.fit(write(tmp_path / name, content), target="a", out=tmp_path / "run")
