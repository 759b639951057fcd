"""Frames, arrays with names and dictionaries: columns of every type that libraries have are what they say they are."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

import goodfit as gf
from goodfit.data.sources.table import Table
from goodfit.data.tables.any_frame import to_polars
from goodfit.data.tables.column_types import ColumnType, infer_type
from goodfit.errors import DataError

pandas = pytest.importorskip("pandas")

DAYS = [datetime.datetime(2024, 1, 1) + datetime.timedelta(days=at) for at in range(30)]
ZONED = pandas.DatetimeIndex(DAYS).tz_localize("Europe/Berlin")


def kind_of(column: pl.Series) -> ColumnType:
    return infer_type(column, categorical=(), numeric=(), ignore=())


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_each_unit_and_zone_are_the_same_instants(unit: str) -> None:
    frame = pandas.DataFrame({"zoned": ZONED.as_unit(unit), "plain": pandas.DatetimeIndex(DAYS).as_unit(unit)})
    frame["lasting"] = (frame["plain"] - frame["plain"][0]).astype(f"timedelta64[{unit}]")
    read = to_polars(frame)
    assert read["zoned"].dt.epoch("s").to_list() == [int(at.timestamp()) for at in ZONED]
    assert read["plain"].to_list() == DAYS
    assert read["lasting"].dt.total_days().to_list() == list(range(30))


def test_a_category_of_numbers_is_a_category() -> None:
    frame = pandas.DataFrame({"grade": pandas.Categorical([1, 2, 3] * 20), "size": [1, 2, 3] * 20})
    frame["number"] = pandas.Categorical(range(60))  # to save memory: no groups
    read = to_polars(frame)
    assert kind_of(read["grade"]) == ColumnType("category", "as the type of the column says: a category")
    assert kind_of(read["size"]).name == "number"
    assert kind_of(read["number"]).name != "category"
    target = gf.table(frame.assign(grade=pandas.Categorical([0.5, 1.5, 2.5] * 20)), target="grade")
    target.prepare()
    assert sorted(set(target.targets or ())) == ["0.5", "1.5", "2.5"]


def test_objects_of_python_are_read_by_their_types() -> None:
    columns = {
        "fraction": [Fraction(at, 7) for at in range(30)],
        "mixed": [np.float32(1.5), 2, 3.25] * 10,
        "bytes": [b"ab", b"cd", "é".encode()] * 10,
        "lists": [["a"], ("b", "c"), {"d"}] * 10,
        "vectors": [np.zeros(3)] * 30,
    }
    for data in (columns, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]):
        read = to_polars(data)
        assert read["fraction"].to_list() == pytest.approx([at / 7 for at in range(30)])
        assert read["mixed"].to_list()[:3] == [1.5, 2.0, 3.25]
        assert read["bytes"].to_list()[:3] == ["ab", "cd", "é"]
        assert kind_of(read["lists"]).why == kind_of(read["vectors"]).why == "lists are not read here"
    assert to_polars(pandas.DataFrame(columns))["fraction"].dtype == pl.Float64


def test_arrays_with_names_and_data_sets_of_scikit_learn_are_tables() -> None:
    rows = [(at, f"town {at % 3}", at * 0.5) for at in range(30)]
    named = np.array(rows, dtype=[("age", "i4"), ("town", "U9"), ("size", "f8")])
    for data in (named, named.view(np.recarray), np.ma.array(named)):
        read = to_polars(data)
        assert read.columns == ["age", "town", "size"]
        assert read["size"].to_list() == [at * 0.5 for at in range(30)]
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    assert to_polars({"x": masked, "y": [1, 2, 3]})["x"].to_list() == [1.0, None, 3.0]
    moments = np.array(["2024-01-01", "NaT"], dtype="datetime64[ns]")
    assert to_polars({"when": moments, "y": [1, 2]})["when"].to_list() == ["2024-01-01 00:00:00", None]
    iris = pytest.importorskip("sklearn.datasets").load_iris
    assert to_polars(iris()).columns == to_polars(iris(as_frame=True)).columns
    assert to_polars(iris())["target"].n_unique() == 3


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(DataError, match=r"its columns have different lengths \(a 2, b 3\)"):
        gf.table({"a": [1, 2], "b": [1, 2, 3]}, target="b")
    with pytest.raises(DataError, match=r"x is a frame \(DataFrame\), not an array"):
        gf.arrays(pandas.DataFrame({"a": [1, 2]}), [0, 1])


@pytest.fixture(scope="module")
def run() -> Table:
    rows = range(60)
    columns = {"size": [row * 1.25 for row in rows], "when": [str(DAYS[row % 30].date()) for row in rows]}
    source = gf.table({**columns, "y": ["a", "b"] * 30}, target="y")
    source.prepare()
    source.learn(torch.arange(60))
    return source


@pytest.mark.parametrize(
    "rows",
    [
        [{"size": 2.5, "when": datetime.date(2024, 1, 2)}, {"size": "2.5", "when": "2024-01-02"}],
        [{"size": np.float64(2.5), "when": DAYS[1]}, {"size": Fraction(5, 2), "when": DAYS[1]}],
    ],
)
def test_rows_of_several_types_are_predicted_as_their_values(run: Table, rows: list[dict[str, Any]]) -> None:
    from goodfit.predict.given import as_given

    expected = gf.table([{"size": 2.5, "when": "2024-01-02"}] * 2)
    expected.prepare(run.schema())
    for data in (rows, pandas.DataFrame(rows)):
        new = gf.table(as_given(run.schema(), data).data)
        new.prepare(run.schema())
        assert torch.equal(new.whole(), expected.whole())
    one = gf.table(as_given(run.schema(), pandas.Series(rows[0])).data)
    one.prepare(run.schema())
    assert torch.equal(one.whole(), expected.whole()[:1])


def test_an_index_with_a_name_is_not_dropped_without_a_word() -> None:
    frame = pandas.DataFrame({"town": ["a", "b"] * 30, "size": range(60), "y": ["p", "q", "r"] * 20})
    why = "the index of a frame is not read: frame.reset_index() makes it a column"
    assert ("left out", "index 'town'", why) in gf.table(frame.set_index("town"), target="y").notes
    several = frame.assign(day=range(60)).set_index(["town", "day"])
    used = "names the rows in predictions; it is not learnt from: frame.reset_index() makes it a column"
    assert ("key", "index 'town', 'day'", used) in gf.table(several, target="y").notes
    shuffled = frame.sample(frac=1, random_state=0)
    assert gf.table(shuffled, target="y").notes == [("key", f"index such as {shuffled.index[0]}", used)]
    assert gf.table(frame, target="y").notes == []


def test_targets_of_nought_and_one_in_several_columns_are_doubted() -> None:
    x = np.random.default_rng(0).normal(size=(60, 3))
    classes = np.arange(60) % 3
    one_hot = np.eye(3)[classes]
    what = "each row of the targets has one 1 among zeros, as one-hot classes do: they are read as 3 numbers"
    source = gf.arrays(x, one_hot)
    source.prepare()
    assert source.doubts == [(what, "Give the classes: y.argmax(axis=1)")]
    columns = {f"is_{at}": one_hot[:, at] for at in range(3)}
    frame = gf.table({"x": x[:, 0], **columns}, target=["is_0", "is_1", "is_2"])
    frame.prepare()
    what = "each row has one yes among is_0, is_1, is_2, as classes do: each is predicted by itself, as labels are"
    assert (what, "Give one column of classes: in pandas frame[targets].idxmax(axis=1)") in frame.doubts
    frame.expect_task("regression")
    frame.prepare()
    assert any("they are read as 3 numbers" in doubt for doubt, _ in frame.doubts)
    for numbers in (x[:, :2], one_hot[:, :1], np.c_[one_hot[:, 0], one_hot[:, 0]]):
        other = gf.arrays(x, numbers)
        other.prepare()
        assert other.doubts == []


def test_whole_numbers_of_nought_and_one_are_classes_or_labels() -> None:
    x = np.random.default_rng(0).normal(size=(60, 3))
    classes = np.arange(60) % 3
    for one_hot in (
        np.eye(3, dtype=int)[classes],
        np.eye(3, dtype=bool)[classes],
        torch.eye(3, dtype=torch.long)[classes],
    ):
        targets = gf.arrays(x, one_hot).targets
        assert targets is not None
        assert list(targets) == classes.tolist()
    several = np.random.default_rng(0).integers(0, 2, (60, 4))
    source = gf.arrays(x, several)
    assert list(source.targets or ())[:2] == [np.flatnonzero(row).tolist() for row in several[:2]]
    assert source.notes == [
        ("targets", "columns of 0 and 1", "the labels of each row are the columns of its ones; give floats for numbers")
    ]
