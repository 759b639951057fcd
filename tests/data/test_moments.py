"""Dates as people and programs write them; every instant worked out by hand."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from goodfit.data.sources.table import table
from goodfit.data.tables.column_types import infer_type
from goodfit.data.tables.moments import date_form, moments
from goodfit.data.tables.times import read_times
from goodfit.errors import DataError

DAY, NOON = datetime.datetime(2024, 5, 1), datetime.datetime(2024, 5, 1, 12)


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["2024-05-01", "2024-12-31"], DAY),
        (["01.05.2024", "31.12.2024"], DAY),
        (["05/01/2024", "12/31/2024"], DAY),
        (["01/05/2024", "31/12/2024"], DAY),
        (["01-May-2024", "31-Dec-2024"], DAY),
        (["1 May 2024", "31 December 2024"][:1], DAY),
        (["May 1, 2024", "Dec 31, 2024"], DAY),
        (["2024-05", "2024-12"], DAY),
        (["05/2024", "12/2024"], DAY),
        (["2024Q1", "2023Q4"], datetime.datetime(2024, 1, 1)),
        (["2024-Q3"], datetime.datetime(2024, 7, 1)),
        (["1.5.24", "31.12.24"], DAY),
        (["2024-05-01T12:00:00Z", "2024-12-31T00:00:00Z"], NOON),
        (["2024-05-01T14:00:00+02:00", "2024-12-31T00:00:00+0100"], NOON),
        (["2024-05-01 07:00:00.000-05:00"], NOON),
        (["2024-05-01 12:00"], NOON),
        (["5/1/2024 12:00 PM", "12/31/2024 1:30 AM"], NOON),
        (["01.05.2024 12:00:00"], NOON),
    ],
)
def test_forms_are_recognised(cells: list[str], first: datetime.datetime) -> None:
    column = pl.Series(cells)
    form = date_form(column)
    assert form is not None
    read = moments(column, form)
    assert read[0] == first
    assert read.null_count() == 0


@pytest.mark.parametrize("cells", [["Bern", "Ulm"], ["room 5", "room 6"], ["1.2.3", "4.5.6"], ["A-1", "B-2"]])
def test_words_are_no_dates(cells: list[str]) -> None:
    assert date_form(pl.Series(cells)) is None


def test_one_instant_is_the_same_in_every_container() -> None:
    zone = pl.Series([NOON]).dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
    for column in (
        pl.Series([NOON]), zone, pl.Series([NOON]).cast(pl.Datetime("ns")), pl.Series([NOON]).cast(pl.Datetime("ms")),
        pl.Series(["2024-05-01 12:00:00"]), pl.Series(["2024-05-01T12:00Z"]),
        pl.Series(["2024-05-01T14:00:00.000+02:00"]),
    ):  # fmt: skip
        assert moments(column, None).to_list() == [NOON]
    pandas = pytest.importorskip("pandas")
    from goodfit.data.tables.reading import read_table

    berlin = pandas.to_datetime(["2024-05-01 14:00"]).tz_localize("Europe/Berlin")
    frame = read_table(pandas.DataFrame({"zone": berlin, "month": pandas.period_range("2024-05", periods=1, freq="M")}))
    assert moments(frame["zone"], None).to_list() == [NOON]
    assert moments(frame["month"], "%Y-%m").to_list() == [DAY]


def kind(values: list[Any], name: str = "x") -> tuple[str, str | None]:
    found = infer_type(pl.Series(name, values), categorical=(), numeric=(), ignore=())
    return found.name, found.format


def test_unix_times_are_dates_where_the_name_says_so() -> None:
    seconds = [1_714_521_600 + 3600 * (row * row % 91) for row in range(40)]
    assert kind(seconds, "created_at") == ("date", "unix s")
    assert kind([str(value) for value in seconds], "timestamp") == ("date", "unix s")
    assert kind([value * 1000 for value in seconds], "eventTime") == ("date", "unix ms")
    assert kind(seconds, "population") == ("number", None)
    assert moments(pl.Series([1_714_564_800]), "unix s").to_list() == [NOON]
    assert moments(pl.Series([1_714_564_800_000.0]), "unix ms").to_list() == [NOON]


def test_times_of_day_and_durations_are_numbers_and_lists_are_left_out() -> None:
    times = [datetime.time(row % 24, row) for row in range(40)]
    assert kind(times) == ("number", "hours")
    assert kind([f"{time:%H:%M}" for time in times]) == ("number", "hours")
    assert kind([datetime.timedelta(minutes=7 * row) for row in range(40)]) == ("number", "hours")
    for nested in (
        [[row] for row in range(40)],
        [bytes([row]) for row in range(40)],
        [{"a": row} for row in range(40)],
    ):
        found = infer_type(pl.Series("x", nested), categorical=(), numeric=(), ignore=())
        assert found.name == "left out"
        assert "not read here" in found.why


def test_day_and_month_that_could_be_exchanged_are_a_warning() -> None:
    def doubts(days: list[str], order: str | None = None) -> list[tuple[str, str]]:
        source = table(pl.DataFrame({"day": days, "y": ["a", "b"] * (len(days) // 2)}), "y", date_order=order)
        source.prepare()
        return source.doubts

    unclear = [f"{1 + row % 12:02d}/{1 + row % 7:02d}/2024" for row in range(40)]
    assert "are read as day/month/year; all of them could be month/day/year" in doubts(unclear)[0][0]
    assert not doubts(unclear, "month")
    assert not doubts([*unclear[:39], "25/12/2024"])
    assert not doubts([day.replace("/", ".") for day in unclear])  # with points, the day comes first


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-05-01T10:00:00+02:00", "2024-05-01T09:00:00Z", "2024-05-01T12:00:00+02:00"],
        ["5/1/2024 9:00 AM", "5/1/2024 1:00 PM", "5/13/2024 2:00 PM"],
        ["01-May-2024", "03-Jun-2024", "01-Jul-2025"],
        ["2024-05", "2024-06", "2025-01"],
        ["0:30", "1:15", "26:00"],
        ["1,5", "2,25", "10,5"],
        [1_714_521_600, 1_714_521_700, 1_714_600_000],
        [datetime.time(1), datetime.time(2), datetime.time(3)],
        [datetime.timedelta(1), datetime.timedelta(2), datetime.timedelta(20)],
        [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2), datetime.date(2025, 1, 1)],
        ["01", "02", "10"],
    ],
)
def test_a_split_by_time_takes_all_of_these(cells: list[Any]) -> None:
    times = read_times(pl.Series("when", cells))
    assert (np.diff(times) > 0).all()


def test_a_row_without_a_time_is_refused_by_its_number() -> None:
    with pytest.raises(DataError, match="column 'when', row 1: 'soon' is not a time"):
        read_times(pl.Series("when", ["2024-01-01", "soon", *["2024-01-02"] * 98]))
    with pytest.raises(DataError, match="column 'when', row 0: there is no time"):
        read_times(pl.Series("when", [None, "2024-01-01"]))
    with pytest.raises(DataError, match="row 0"):
        read_times(pl.Series("when", [[1], [2]]))


@pytest.mark.parametrize(("order", "wanted"), [("day", [0, 31, 1]), ("month", [0, 1, 31])])
def test_an_option_says_whether_the_day_or_the_month_comes_first(order: str, wanted: list[int]) -> None:
    cells = ["01/01/2024", "01/02/2024", "02/01/2024"]  # days after the first of January
    form = infer_type(pl.Series("x", cells), categorical=(), numeric=(), ignore=(), date_order=order).format
    days = [(when - datetime.datetime(2024, 1, 1)).days for when in moments(pl.Series(cells), form).to_list()]
    assert days == wanted
    times = read_times(pl.Series("x", cells), date_order=order) / 86_400e6
    assert (times - times[0]).tolist() == wanted
