"""Tables of every kind of file are the same table."""

from __future__ import annotations

import datetime
import gzip
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.data import open_path
from goodfit.data.sources.table import table
from goodfit.data.tables.clocks import HOURS
from goodfit.data.tables.numbers import numbers
from goodfit.data.tables.reading import Dialect, is_table, read_table
from goodfit.errors import DataError

FRAME = pl.DataFrame(
    {
        "n": [1.5, None, 3.0],
        "word": ["x", None, "y, z"],
        "whole": [1, 2, 3],
        "day": [datetime.date(2024, 1, day) for day in (1, 2, 3)],
    }
)


def test_arrow_parquet_and_json_lines_are_one_table(tmp_path: Path) -> None:
    FRAME.write_ipc(tmp_path / "t.feather")
    FRAME.write_ipc(tmp_path / "t.arrow", compression="zstd")
    FRAME.write_parquet(tmp_path / "t.parquet")
    for name in ("t.feather", "t.arrow", "t.parquet"):
        assert read_table(tmp_path / name).equals(FRAME)
    lines = FRAME.write_ndjson()
    (tmp_path / "t.jsonl").write_text("\n" + lines)
    (tmp_path / "t.ndjson.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "t.parquet.gz").write_bytes(gzip.compress((tmp_path / "t.parquet").read_bytes()))
    for name in ("t.jsonl", "t.ndjson.gz"):
        assert read_table(tmp_path / name).equals(FRAME.with_columns(pl.col("day").cast(pl.String)))
    assert read_table(tmp_path / "t.parquet.gz").equals(FRAME)
    for path in tmp_path.iterdir():
        assert is_table(path)
        assert open_path(path, target="word").name == "t"


def test_excel_is_one_sheet(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["n", "word", "day"], [1.5, "x", datetime.date(2024, 1, 1)], [None, "y", None], [3, "01", None]):
        book.active.append(row)
    book.create_sheet("empty")
    book.save(tmp_path / "t.xlsx")
    frame = read_table(tmp_path / "t.xlsx")
    assert frame["n"].to_list() == [1.5, None, 3.0]
    assert frame["word"].to_list() == ["x", "y", "01"]
    assert frame["day"].to_list() == [datetime.date(2024, 1, 1), None, None]
    book["empty"].append(["a"])
    book["empty"].append([1])
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(DataError, match=r"2 sheets have rows. Name one by --sheet: Sheet, empty"):
        read_table(tmp_path / "two.xlsx")
    assert read_table(tmp_path / "two.xlsx", Dialect(sheet="empty")).to_dict(as_series=False) == {"a": [1]}
    assert read_table(tmp_path / "two.xlsx", Dialect(sheet="Sheet")).equals(frame)
    with pytest.raises(DataError, match=r"there is no sheet 'Other'\. Its sheets with rows are Sheet, empty"):
        read_table(tmp_path / "two.xlsx", Dialect(sheet="Other"))
    frame.write_csv(tmp_path / "t.csv")
    with pytest.raises(DataError, match="--sheet is for workbooks"):
        read_table(tmp_path / "t.csv", Dialect(sheet="Sheet"))


def test_cells_with_a_time_and_no_date_are_times_as_in_text(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("fastexcel")
    book = openpyxl.Workbook()
    times = [datetime.time(8, 30), datetime.time(0, 0), None, datetime.time(23, 59, 30)]
    for row in (["at", "n"], *([time, at] for at, time in enumerate(times))):
        book.active.append(row)
    book.save(tmp_path / "times.xlsx")
    frame = read_table(tmp_path / "times.xlsx")
    assert frame["at"].to_list() == times
    frame.write_csv(tmp_path / "times.csv")
    text = read_table(tmp_path / "times.csv")
    hours = [8.5, 0.0, None, pytest.approx(23 + 59.5 / 60)]
    assert numbers(frame["at"]).to_list() == hours
    assert numbers(text["at"], form=HOURS).to_list() == hours


def test_a_run_of_one_sheet_reads_that_sheet_of_other_workbooks(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("fastexcel")
    rows = [[at % 7, "ab"[at % 2]] for at in range(40)]
    for name, sheets in (
        ("old", {"notes": [["by", "on"], ["me", 1]], "data": [["x", "y"], *rows]}),
        ("new", {"more": [["x"], [1]], "data": [["x", "y"], *rows[:5]]}),
        ("one", {"other": [["x", "y"], *rows[:3]]}),
        ("two", {"other": [["x", "y"], *rows[:4]], "more": [["x"], [1]]}),
    ):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in sheets.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        book.save(tmp_path / f"{name}.xlsx")
    run = gf.fit(
        tmp_path / "old.xlsx", target="y", sheet="data", out=tmp_path / "run", epochs=1, folds=1, rivals="none"
    )
    again = gf.load(tmp_path / "run")
    assert len(again.predict(tmp_path / "new.xlsx")) == 5
    assert len(again.predict(tmp_path / "one.xlsx")) == 3
    assert len(again.predict(tmp_path / "two.xlsx", sheet="other")) == 4
    with pytest.raises(DataError, match="other, more"):
        again.predict(tmp_path / "two.xlsx")
    assert run.record.rows.train + run.record.rows.valid + run.record.rows.test == 40


def test_a_title_that_may_be_the_name_of_a_column_is_refused_in_one_line(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["Sales 2024"], ["shop", "staff"], *([f"S{at}", at, at % 2] for at in range(5))):
        book.active.append(row)
    book.save(tmp_path / "titled.xlsx")
    with pytest.raises(DataError, match=r"the first row has one cell \(Sales 2024\), as a title has"):
        read_table(tmp_path / "titled.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.parquet", b"PAR1", "not a Parquet file that can be read"),
        ("t.feather", b"FEA1 of before", "not an Arrow"),
        ("t.xlsx", b"no zip", "Excel"),
        ("t.jsonl", b'{"a": 1}\n[2]\n', "line 2 is no JSON object"),
        ("t.jsonl", b'{"a": 1}\n{"a": \n', "line 2 is no JSON object"),
        ("t.jsonl", b"\n", "the file is empty"),
        ("t.csv.gz", b"a,b\n1,2\n", "says that it is packed, and its content is not"),
        ("t.csv.gz", b"\x1f\x8b damaged", "cannot be unpacked"),
    ],
)
def test_what_is_damaged_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message) as refused:
        read_table(tmp_path / name)
    assert "\n" not in str(refused.value)


def test_names_of_columns_are_the_same_in_every_container(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a\nb": [1, 2], " c ": [3, 4]}, index=[5, 6])
    frame.to_csv(tmp_path / "t.csv")
    assert read_table(tmp_path / "t.csv").columns == ["Unnamed: 0", "a b", "c"]
    assert read_table(frame).columns == ["a b", "c"]
    assert read_table(pandas.read_csv(tmp_path / "t.csv")).columns == ["Unnamed: 0", "a b", "c"]


def test_names_that_polars_takes_for_patterns_are_refused_and_others_are_names(tmp_path: Path) -> None:
    names = ["^b", "b", "b2", "*", "$y", "^", "{a}"]
    frame = pl.DataFrame({name: [at + row % 7 / 2 for row in range(30)] for at, name in enumerate(names)})
    frame.write_csv(tmp_path / "t.csv")
    frame.write_parquet(tmp_path / "t.parquet")
    for data, stream in ((tmp_path / "t.csv", False), (tmp_path / "t.parquet", True), (frame, False)):
        source = table(data, "^b", stream=stream)
        source.prepare()
        source.learn(torch.arange(30))
        assert source.encoder.sources == names[1:]
        assert len(source.digests() or []) == 30
        assert list(source.targets or []) == frame["^b"].to_list()
    pattern = frame.rename({"^b": "^b.*$"})
    pattern.write_csv(tmp_path / "p.csv")
    pattern.write_parquet(tmp_path / "p.parquet")
    for data, stream in ((tmp_path / "p.csv", False), (tmp_path / "p.parquet", True), (pattern, False)):
        with pytest.raises(DataError, match=r"a column is called '\^b\.\*\$'\. Give it a name without"):
            table(data, "b", stream=stream)


def archive_of(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_an_archive_is_the_one_table_in_it_whatever_it_is_called(tmp_path: Path) -> None:
    """As Macs and Kaggle pack them: archive.zip, with files beside the table that nobody put there."""
    beside = {"__MACOSX/._rows.csv": b"\0\5", ".DS_Store": b"x", "rows/.hidden.csv": b"x", "Thumbs.db": b"x"}
    archive = archive_of(tmp_path / "archive.zip", **{"rows/rows.csv": b"a,b\n1,2\n3,4\n", **beside})
    assert is_table(archive)
    assert read_table(archive).rows() == [("1", "2"), ("3", "4")]


def test_of_an_archive_with_several_files_the_tables_are_named(tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "archive.zip", **{"train.csv": b"a\n1\n", "test.csv": b"a\n1\n"})
    assert is_table(archive)
    with pytest.raises(DataError, match=r"2 files are in it \(train.csv, test.csv\); a table is one file"):
        read_table(archive)
    assert not is_table(archive_of(tmp_path / "photos.zip", **{"cat/1.png": b"x"}))
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4")
    assert not is_table(tmp_path / "broken.zip")


@pytest.mark.parametrize("orient", ["columns", "split", "index", "records", "list"])
def test_json_as_pandas_writes_it(tmp_path: Path, orient: str) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [7.5, None, 9.0], "y": ["a", "b", "c"]})
    text = json.dumps(frame.astype(object).where(frame.notna(), None).to_dict("list"))
    (tmp_path / "t.json").write_text(text if orient == "list" else frame.to_json(orient=orient))
    assert read_table(tmp_path / "t.json").rows() == [(7.5, "a"), (None, "b"), (9.0, "c")]


@pytest.mark.parametrize("name", ["one.json", "one.jsonl"])
def test_a_json_object_of_values_is_one_row(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"age": 41, "town": null, "job": {"kind": "cook"}}')
    frame = read_table(tmp_path / name)
    assert frame.drop("town").rows(named=True) == [{"age": 41, "job.kind": "cook"}]
    assert frame["town"].null_count() == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"x": {"a": 1}, "y": {"a": 2}}',  # names of columns inside or outside
        '{"0": {"1": 1}, "2": {"1": 2}}',
        '{"x": [1, 2], "y": [1]}',
        '{"status": "ok", "data": [{"x": 1}]}',
        '{"columns": ["x"], "data": [[1, 2]]}',
        "{}",
    ],
)
def test_one_json_object_that_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(DataError, match="the file is one JSON object, not rows"):
        read_table(tmp_path / "t.json")
