"""The index of a pandas frame names the rows: in predictions, predictions.csv, split.csv; what it says is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas
import polars as pl
import pytest

import goodfit as gf
from goodfit.data.tables.frame_index import index_labels, note_on_index

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(80, 2))
Y = np.where(X.sum(axis=1) > 0, "up", "down")
NAMES = [f"c{at:03d}" for at in RANDOM.permutation(80)]
QUICK: dict[str, Any] = {"arch": "linear", "epochs": 2, "lr": 0.01, "rivals": "none", "folds": 1, "quiet": True}
WHY = "names the rows in predictions; it is not learnt from: frame.reset_index() makes it a column"


def frame(index: Any = None) -> pandas.DataFrame:
    return pandas.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": Y}, index=index)


def keys_of(path: Path) -> list[str]:
    return pl.read_csv(path, infer_schema_length=0)["key"].to_list()


@pytest.mark.parametrize(
    ("index", "labels"),
    [
        (pandas.Index(["p", "q", "r"]), ["p", "q", "r"]),
        (pandas.Index([7, 3, 5]), ["7", "3", "5"]),
        (pandas.date_range("2024-01-30", periods=3), ["2024-01-30", "2024-01-31", "2024-02-01"]),
        (pandas.MultiIndex.from_tuples([("u", 1), ("u", 2), ("v", 1)]), ["u/1", "u/2", "v/1"]),
        (pandas.RangeIndex(3), None),
        (pandas.RangeIndex(5, 8), None),
        (pandas.Index([0, 1, 2]), None),  # places, written out
        (pandas.Index(["p", "p", "r"]), None),
        (pandas.Index(["p", None, "r"]), None),
        (pandas.MultiIndex.from_tuples([("u/1", "2"), ("u", "1/2"), ("v", "1")]), None),
    ],
)
def test_labels_that_tell_all_rows_apart_are_keys(index: pandas.Index, labels: list[str] | None) -> None:
    data = pandas.DataFrame({"a": [1, 2, 3]}, index=index)
    assert index_labels(data) == labels
    assert index_labels(data["a"]) == labels
    note = note_on_index(data)
    assert (note is not None and note[0] == "key") == (labels is not None)


@pytest.mark.parametrize("name", ["customer", None])
def test_a_fit_names_its_rows_by_the_index(
    tmp_path: Path, name: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    index = pandas.Index(NAMES, name=name)
    run = gf.fit(frame(index), target="y", out=tmp_path / "run", **{**QUICK, "quiet": False})
    told = "index 'customer'" if name else f"index such as {NAMES[0]}"
    assert any((each.name, each.value, each.why) == ("key", told, WHY) for each in run.record.choices)
    assert told in "".join(capsys.readouterr())
    assert set(keys_of(run.folder / "split.csv")) == set(NAMES)
    of_row = dict(zip(NAMES, Y, strict=True))
    written = pl.read_csv(run.folder / "predictions.csv")
    assert [of_row[key] for key in written["key"]] == written["truth"].to_list()
    new = frame(index).drop(columns="y").iloc[5:9]
    predictions = run.predict(new)
    assert list(predictions.row_keys) == NAMES[5:9]
    assert any(note[0] == "key" for note in predictions.notes)
    for ending in ("csv", "parquet"):
        path = predictions.write(tmp_path / f"p.{ending}")
        read = pl.read_csv(path) if ending == "csv" else pl.read_parquet(path)
        assert read["key"].to_list() == NAMES[5:9]
    assert list(run.predict(frame().drop(columns="y")).row_keys)[:2] == ["0", "1"]
    assert list(run.predict(new.iloc[0]).row_keys) == [NAMES[5]]
    assert gf.compare(run, run.folder / "predictions.csv").pairs[0].difference.value == 0


def test_rows_and_targets_given_apart_keep_the_index(tmp_path: Path) -> None:
    whole = frame(pandas.Index(NAMES))
    run = gf.fit(whole[["a", "b"]], whole["y"], out=tmp_path / "run", **QUICK)
    assert set(keys_of(run.folder / "split.csv")) == set(NAMES)


def test_parts_that_come_apart_are_named_where_no_two_rows_are_called_the_same(tmp_path: Path) -> None:
    whole = frame(pandas.Index(NAMES))
    one, other = whole.iloc[:60], whole.iloc[60:]
    assert list(gf.table(one, target="y", valid=other).names()) == NAMES
    again = gf.table(one, target="y", valid=other.set_axis(NAMES[:20]))
    assert list(again.names())[:2] == ["0", "1"]
    why = "it does not tell the rows of all parts apart"
    assert ("left out", f"index such as {NAMES[0]}", why) in again.notes
    assert list(gf.table(one, target="y", valid=other.reset_index(drop=True)).names())[:2] == ["0", "1"]


def test_a_column_of_identifiers_comes_first(tmp_path: Path) -> None:
    with_id = frame(pandas.Index(NAMES, name="customer")).assign(order_id=[f"o{at}" for at in range(80)])
    source = gf.table(with_id, target="y")
    source.prepare()
    assert list(source.names())[:2] == ["o0", "o1"]
    why = "the column 'order_id' names the rows: frame.reset_index() makes the index a column"
    assert ("left out", "index 'customer'", why) in source.notes
    run = gf.fit(with_id, target="y", out=tmp_path / "run", **QUICK)
    new = run.predict(with_id.iloc[:3])
    assert list(new.row_keys) == ["o0", "o1", "o2"]
    assert all(note[0] != "key" for note in new.notes)
    assert list(run.predict(with_id.drop(columns="order_id").iloc[:2]).row_keys) == NAMES[:2]


def test_columns_that_stand_in_the_index_are_read_and_name_the_rows(tmp_path: Path) -> None:
    run = gf.fit(frame(), target="y", out=tmp_path / "run", **QUICK)
    new = frame(pandas.MultiIndex.from_arrays([NAMES, X[:, 0]], names=["customer", "a"])).drop(columns=["a", "y"])
    predictions = run.predict(new.iloc[:3])
    assert [key.split("/")[0] for key in predictions.row_keys] == NAMES[:3]
    assert predictions["prediction"] == run.predict(frame().iloc[:3])["prediction"]


def test_ratings_and_texts_are_named_by_the_index_too(tmp_path: Path) -> None:
    ratings = pandas.DataFrame({"who": RANDOM.integers(0, 9, 80), "film": RANDOM.integers(0, 9, 80), "stars": 3.0})
    ratings["stars"] = RANDOM.integers(1, 6, 80)
    assert list(gf.ratings(ratings.set_axis(NAMES), user="who", item="film", target="stars").names()) == NAMES
    words = ["good and cheap", "bad and dear", "good again today", "a bad day again"]
    told = pandas.DataFrame({"text": words * 20, "y": ["p", "n"] * 40}, index=NAMES)
    run = gf.fit(told, target="y", out=tmp_path / "run", text=["text"], **{**QUICK, "arch": None})
    assert list(run.predict(told["text"].iloc[:4]).row_keys) == NAMES[:4]
