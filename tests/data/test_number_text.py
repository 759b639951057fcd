"""Numbers as people write them, and the one convention of a file; every value worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodfit.data.sources.table import Table, table
from goodfit.data.tables.clocks import HOURS
from goodfit.data.tables.conventions import convention
from goodfit.data.tables.numbers import numbers
from goodfit.errors import DataError, UsageError

POINT = [
    ("12", 12.0), ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("+7", 7.0), ("-3e2", -300.0), (" 2 ", 2.0),
    ("1,234", 1234.0), ("1,234,567.25", 1234567.25), ("12,34,567", 1234567.0), ("1 234.5", 1234.5),
    ("1\u00a0234", 1234.0), ("1\u2009234", 1234.0), ("1\u202f234", 1234.0), ("1'234.5", 1234.5), ("1’234", 1234.0),
    ("$1,234.00", 1234.0), ("€ 5", 5.0), ("5 €", 5.0), ("CHF 1'000.00", 1000.0), ("120 kr", 120.0), ("£-5", -5.0),
    ("45%", 45.0), ("4.5 %", 4.5), ("(12.50)", -12.5), ("($1,000)", -1000.0), ("12.50-", -12.5), ("−3", -3.0),
    ("60 kg", None), ("1.2.3", None), ("12,34", None), ("1,2345", None), ("(5", None), ("5)", None), ("--5", None),
    ("inf", None), ("NaN", None), ("0x10", None), ("1_000", None), ("", None), ("-", None), ("$", None), ("1 2", None),
    ("2024-05-01", None),
]  # fmt: skip
COMMA = [
    ("12", 12.0), ("1,5", 1.5), (",5", 0.5), ("1.234", 1234.0), ("1.234.567,25", 1234567.25), ("1 234,5", 1234.5),
    ("1'234,5", 1234.5), ("-3,25 €", -3.25), ("45,5%", 45.5), ("(1.000,50)", -1000.5), ("1,5e3", 1500.0),
    ("12.50", None), ("1,234,567", None), ("1,2.3", None),
]  # fmt: skip


@pytest.mark.parametrize(("decimal", "cells"), [(".", POINT), (",", COMMA)])
def test_numbers_are_read_by_the_convention(decimal: str, cells: list[tuple[str, float | None]]) -> None:
    texts, values = zip(*cells, strict=True)
    assert numbers(pl.Series(texts), decimal).to_list() == list(values)
    for text, value in cells:  # alone as among others
        assert numbers(pl.Series([text]), decimal).to_list() == [value]


def test_times_of_day_and_durations_are_hours() -> None:
    cells = {
        "14:30": 14.5, "2:30 PM": 14.5, "12:15 am": 0.25, "12:00 PM": 12.0, "26:06": 26.1, "0:00:36": 0.01,
        "1 days 02:30:00": 26.5, "PT90M": 1.5, "P1DT2H": 26.0, "-1:30": -1.5, "14:75": None, "x": None, "P": None,
    }  # fmt: skip
    read = numbers(pl.Series(list(cells)), form=HOURS).to_list()
    assert read == pytest.approx(list(cells.values()))


def mark_of(columns: dict[str, list[str]], separator: str | None = ",") -> tuple[str, int]:
    """The decimal mark of the file, and how many warnings there are."""
    found = convention(pl.DataFrame(columns), separator=separator, decimal=None)
    return found.mark, len(found.doubts)


@pytest.mark.parametrize(
    ("columns", "separator", "mark", "warnings"),
    [
        ({"a": ["1,5", "2,25"]}, ";", ",", 0),
        ({"a": ["0,125", "0,250"]}, ";", ",", 0),  # a leading zero
        ({"a": ["1.234,500"]}, None, ",", 0),  # a point before the comma
        ({"a": ["1.234.567"]}, ";", ",", 0),  # several points
        ({"a": ["1234,567"]}, "\t", ",", 0),  # four digits before it
        ({"a": ["1,234"], "b": ["2,5"]}, ";", ",", 0),  # another column shows it
        ({"a": ["1,234"], "b": ["2.5"]}, ";", ".", 0),
        ({"a": ["1,234"], "b": ["1,234,567"]}, ";", ".", 0),  # several commas
        ({"a": ["1,234.50"]}, None, ".", 0),
        ({"a": ["1,23,456", "1,234"]}, ";", ".", 0),  # lakhs
        ({"a": ["1.234"]}, ",", ".", 0),  # a file of commas has decimal points
        ({"a": ["1,234"]}, ";", ",", 1),
        ({"a": ["1,234"]}, ",", ".", 1),
        ({"a": ["1.234"]}, ";", ".", 1),
        ({"a": ["12", "7"]}, ";", ".", 0),
        ({"a": ["Rome, Italy", "x,y"], "b": ["1.5", "2.5"]}, ",", ".", 0),
        ({"a": ["1,234"], "b": ["10.143.183.152", "10.2.13.4", "192.168.0.1"]}, ",", ".", 1),  # addresses
        ({"a": ["2.5"], "b": ["10.143.183.152", "10.2.13.4", "192.168.0.1"]}, ",", ".", 0),
        ({"a": ["1,234"], "b": ["4.100.200", "4.3.10", "0.2.4"]}, ",", ".", 1),  # versions
        ({"a": ["1,234"], "b": ["044.123.456", "031.250.170"]}, ",", ".", 1),  # telephones
        ({"a": ["1,234"], "b": ["601.234.567", "512.907.330"]}, ",", ".", 2),  # these may be numbers, and are read so
        ({"a": ["1,234"], "b": ["601.234.567", "512.907.330"]}, ";", ",", 1),
        ({"a": ["2.5"], "b": ["601.234.567"], "c": ["512.907.330"]}, ",", ".", 1),
        ({"b": ["601.234.567", "512.907.330"]}, ",", ",", 0),
        ({"a": ["1,234"], "b": ["558.593.615-05", "645.706.148-29"]}, ",", ".", 1),  # tax numbers: no range ends at 05
        ({"a": ["1.5"], "b": ["3,17", "3,17,25", "4"]}, ";", ".", 0),  # lists
        ({"a": ["1,5", "2,5"], "b": ["1.5", "2.5"], "c": ["3.5", "4.5"]}, ";", ".", 1),
    ],
)
def test_the_convention_follows_the_evidence_of_all_columns(
    columns: dict[str, list[str]], separator: str | None, mark: str, warnings: int
) -> None:
    height = max(map(len, columns.values()))
    assert mark_of({name: (cells * height)[:height] for name, cells in columns.items()}, separator) == (mark, warnings)


def test_a_column_of_both_marks_is_refused_and_a_slip_is_not() -> None:
    with pytest.raises(DataError, match=r"decimal points \(1\.5\) and decimal commas \(2,5\).*--decimal"):
        mark_of({"a": ["1.5", "2,5", "3.5"]})
    assert mark_of({"a": ["1.5"] * 99 + ["2,5"]}) == (".", 0)


def prepared(path: Path, text: str, **options: Any) -> Table:
    path.write_text(text)
    source = table(path, "y", **options)
    source.prepare()
    return source


def test_a_warning_names_the_option_and_the_option_settles_it(tmp_path: Path) -> None:
    text = "x;y\n" + "".join(f"{1 + row % 9},{row % 7}00;{row % 2}\n" for row in range(40))
    source = prepared(tmp_path / "t.csv", text)
    assert [fix for _, fix in source.doubts] == ["Settle it with --decimal . or --decimal ,"]
    assert "1,000 in the column 'x' is read as 1.000" in source.doubts[0][0]
    for decimal, mean in ((".", 5000 + 300), (",", 5 + 0.3)):
        source = prepared(tmp_path / "t.csv", text, decimal=decimal)
        assert not source.doubts
        import torch

        source.learn(torch.arange(len(source)))
        assert source.encoder.numbers[0].mean == pytest.approx(mean, rel=0.05)
        assert source.encoder.numbers[0].decimal == decimal
    with pytest.raises(UsageError, match=r"Give \. or ,"):
        table(tmp_path / "t.csv", "y", decimal="'")


NUMBER = st.decimals(-(10**7), 10**7, places=2)


@settings(max_examples=100, deadline=None)
@given(values=st.lists(NUMBER, min_size=2, max_size=30), swiss=st.booleans())
def test_a_german_column_has_the_values_of_an_english_one(values: list[Any], swiss: bool) -> None:
    english = [f"{value:,.2f}" for value in values]
    german = [cell.replace(",", "'" if swiss else " ").replace(".", ",").replace(" ", ".") for cell in english]
    frame = pl.DataFrame({"english": english}), pl.DataFrame({"german": german})
    for each, mark in zip(frame, ".,", strict=True):
        found = convention(each, separator=None, decimal=None)
        assert found.mark == mark
        assert numbers(each.to_series(), mark).to_list() == [float(value) for value in values]
