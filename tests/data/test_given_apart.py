"""Rows and targets given apart, as scikit-learn takes them: fit(frame, y), (x, y), (texts, labels)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from PIL import Image

import goodfit as gf
from goodfit.data import open_data
from goodfit.data.given_apart import together
from goodfit.data.source import Source
from goodfit.errors import DataError, GoodfitError, UsageError

ROWS = 60
AGES = list(range(ROWS))
PAID = ["yes" if age % 3 else "no" for age in AGES]


def opened(data: Any, y: Any = None, valid: Any = None, **options: Any) -> Source:
    """What gf.fit opens."""
    given = together(data, y, valid, None, options)
    return open_data(given.data, valid=given.valid, test=given.test, **given.options)


def targets_of(data: Any, y: Any = None, **options: Any) -> list[Any]:
    """The targets that are read, and the columns that are learnt from."""
    source = opened(data, y, **options)
    source.prepare()
    assert source.targets is not None
    read: list[Any] = np.asarray(source.targets).tolist()
    return read


FRAME = pl.DataFrame({"age": AGES, "town": ["Ulm", "Bonn"] * (ROWS // 2)})


def forms() -> dict[str, tuple[Any, Any]]:
    pandas: Any = pytest.importorskip("pandas")
    frame = pandas.DataFrame(FRAME.to_dict(as_series=False))
    whole = frame.assign(paid=PAID)
    return {
        "a list": (FRAME, PAID),
        "an array": (FRAME, np.array(PAID)),
        "an array of one column": (FRAME, np.array(PAID)[:, None]),
        "a Series of polars": (FRAME, pl.Series("paid", PAID)),
        "a frame of one column": (FRAME, pl.DataFrame({"paid": PAID})),
        "pandas": (frame, pandas.Series(PAID, name="paid")),
        "pandas, without a name": (frame, pandas.Series(PAID)),
        "a category of pandas": (frame, pandas.Series(PAID, dtype="category")),
        "a column that the frame has": (whole, whole["paid"]),
        "its values": (whole.rename(columns={"paid": "target"}), np.array(PAID)),
        "its name": (whole, "paid"),
        "its name in a list": (whole, ["paid"]),
        "dictionaries": (FRAME.to_dicts(), PAID),
        "columns": (FRAME.to_dict(as_series=False), PAID),
        "a Series alone": (frame["age"], PAID),
    }


@pytest.mark.parametrize("form", ["as two", "as a pair", "as target="])
def test_a_frame_and_its_targets_are_put_together(form: str) -> None:
    for name, (data, y) in forms().items():
        is_name = isinstance(y, str) or (isinstance(y, list) and len(y) == 1)
        if form == "as a pair":
            if is_name:
                continue
            assert targets_of((data, y)) == PAID, name
        elif form == "as target=":
            if isinstance(y, list) and not is_name:
                continue  # a list of words is one of names there
            assert targets_of(data, target=y) == PAID, name
        else:
            assert targets_of(data, y) == PAID, name


def test_several_targets_numbers_and_a_path() -> None:
    both = np.column_stack([AGES, AGES[::-1]]).astype(float)
    assert targets_of(FRAME.drop("age"), both) == both.tolist()
    assert targets_of(FRAME.drop("age"), torch.tensor(AGES) * 0.5) == [age * 0.5 for age in AGES]
    named = opened(FRAME.drop("age"), pl.DataFrame({"one": both[:, 0], "two": both[:, 1]}))
    named.prepare()
    assert np.asarray(named.targets).tolist() == both.tolist()


def test_a_path_and_the_name_of_its_column(tmp_path: Path) -> None:
    FRAME.with_columns(pl.Series("paid", PAID)).write_csv(tmp_path / "people.csv")
    assert targets_of(tmp_path / "people.csv", "paid") == PAID
    assert targets_of(str(tmp_path / "people.csv"), ["paid"]) == PAID
    with pytest.raises(UsageError, match=r"the data is a path\. Read it into a frame, or name the column"):
        opened(tmp_path / "people.csv", np.array(PAID))


def test_further_parts_are_pairs_or_have_the_column() -> None:
    more = FRAME.head(9)
    for valid in ((more, PAID[:9]), more.with_columns(pl.Series("target", PAID[:9]))):
        source = opened(FRAME, PAID, valid=valid)
        source.prepare()
        assert list(source.parts) == [None] * ROWS + ["valid"] * 9
        assert np.asarray(source.targets).tolist() == PAID + PAID[:9]


def test_arrays_lists_of_numbers_and_of_arrays() -> None:
    x = np.arange(ROWS * 2.0).reshape(ROWS, 2)
    for rows in (x, x.tolist(), list(x), torch.from_numpy(x)):
        source = opened(rows, PAID)
        assert (source.kind, source.in_shape) == ("arrays", (2,))
    with pytest.raises(DataError, match="x holds images of Pillow, not numbers"):
        opened([Image.new("L", (8, 8))] * ROWS, PAID)


def test_texts_and_their_labels() -> None:
    texts = [f"the parcel of day {age} was {word}" for age, word in zip(AGES, ["late", "fine"] * 30, strict=True)]
    for rows in (texts, np.array(texts), tuple(texts), pl.Series("text", texts)):
        source = opened(rows, PAID)
        source.prepare()
        assert np.asarray(source.targets).tolist() == PAID
    with pytest.raises(DataError, match=r"names of images.*Write a CSV of path,label"):
        opened([f"{age}.jpg" for age in AGES], PAID)


@pytest.mark.parametrize(
    ("data", "y", "options", "message"),
    [
        (FRAME, PAID[:9], {}, "x has 60 rows and y has 9"),
        (FRAME, PAID, {"target": "town"}, "the targets are given twice"),
        (FRAME, pl.Series("town", PAID), {}, "y is called 'town', and so is another column of the frame"),
        (gf.arrays(np.zeros((9, 2)), [0, 1, 0] * 3), [0] * 9, {}, "the data is open already"),
    ],
    ids=["fewer", "twice", "the same name", "open"],
)
def test_what_does_not_fit_is_refused_in_a_line(data: Any, y: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(GoodfitError, match=message):
        opened(data, y, **options)


def test_rows_of_pandas_in_another_order_are_refused() -> None:
    pandas: Any = pytest.importorskip("pandas")
    frame, y = pandas.DataFrame({"age": AGES}), pandas.Series(PAID)
    with pytest.raises(DataError, match=r"may be in another order. Give y.loc\[x.index\]"):
        opened(frame, y.sample(frac=1, random_state=0))
    assert targets_of(frame, y.sample(frac=1, random_state=0).loc[frame.index]) == PAID


def test_a_fit_predicts_and_is_scored_in_the_same_form(tmp_path: Path) -> None:
    run = gf.fit(FRAME, PAID, epochs=1, rivals="none", out=tmp_path / "run")
    assert set(run.predict(FRAME)["prediction"]) <= {"yes", "no"}
    one, other = run.evaluate(FRAME, PAID), run.evaluate((FRAME, np.array(PAID)))
    assert one["metrics"] == other["metrics"]
    assert sum(one["rows"].values()) == ROWS
    x = np.random.default_rng(0).normal(size=(80, 3)).astype(np.float32)
    labels = (x[:, 0] > 0).astype(int)
    of_arrays = gf.fit(x, labels, epochs=1, out=tmp_path / "arrays")
    assert of_arrays.evaluate(x, labels)["metrics"] == of_arrays.evaluate((x, labels))["metrics"]
    with pytest.raises(DataError, match="x has 60 rows and y has 9"):
        run.evaluate(FRAME, PAID[:9])
