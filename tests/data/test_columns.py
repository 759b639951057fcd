"""Columns of targets, parts and groups read like lists, and take bytes a row."""

from __future__ import annotations

import tracemalloc

import numpy as np
import polars as pl
import pytest

from goodfit.data.columns import Labels, Numbers, equal_to, nothing, of_texts, present_of, taken_of
from goodfit.data.sources.ratings import ratings
from goodfit.data.sources.table import table

ROWS = 200_000
BYTES_A_ROW = 16


def test_labels_are_their_values() -> None:
    labels = Labels(*of_texts(pl.Series(["b", None, "a", "b"])))
    assert list(labels) == ["b", None, "a", "b"] == labels[:]
    assert labels == ["b", None, "a", "b"]
    assert labels[1] is None
    assert labels[-1] == "b"
    assert labels.texts().tolist() == ["b", "None", "a", "b"]
    assert present_of(labels).tolist() == [True, False, True, True]
    assert list(taken_of(labels, np.array([3, 1]))) == ["b", None]


def test_rows_with_a_value_are_found_without_a_look_at_each_row() -> None:
    parts = Labels(np.array([0, 1, -1, 2, 0], dtype=np.int8), ["train", "test", None])
    for value in ("train", "test", "valid", None):
        wanted = [part == value for part in list(parts)]
        assert equal_to(parts, value).tolist() == wanted == equal_to(list(parts), value).tolist()
        assert (value in parts) == any(wanted)


def test_nothing_takes_no_memory_and_is_none_in_every_row() -> None:
    parts = nothing(20_000_000)
    assert parts.codes.strides == (0,)  # each row is the same byte
    assert not parts.codes.flags.writeable
    assert len(parts) == 20_000_000
    assert parts[19_999_999] is None
    assert parts[:2] == [None, None]
    assert "test" not in nothing(3)
    assert None in nothing(3)
    assert list(nothing(3)) == [None] * 3
    assert not present_of(nothing(3)).any()


def test_numbers_are_floats_and_none() -> None:
    numbers = Numbers(np.array([1.5, np.nan, 3.0]))
    assert list(numbers) == [1.5, None, 3.0]
    assert type(numbers[0]) is float
    assert np.asarray(taken_of(numbers, np.array([2, 0]))).tolist() == [3.0, 1.5]


def test_rows_of_several_numbers_are_missing_where_one_is() -> None:
    rows = Numbers(np.array([[1.0, 2.0], [np.nan, 4.0]]))
    assert rows[0].tolist() == [1.0, 2.0]
    assert rows[1] is None
    assert present_of(rows).tolist() == [True, False]


@pytest.mark.parametrize("target", ["word", "number", "whole"])
def test_a_table_keeps_few_bytes_of_what_it_is_of_each_row(target: str) -> None:
    """Keys, target, part and group, beside the cells themselves (a frame that is given, and the encoded rows)."""
    random = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "x": random.normal(size=ROWS),
            "word": random.choice(["a long enough word", "another long word"], ROWS),
            "number": random.normal(size=ROWS),
            "whole": random.integers(0, 5, ROWS),
            "customer": random.integers(0, ROWS // 4, ROWS).astype(str),
        }
    )
    others = [name for name in ("word", "number", "whole") if name != target]
    source = table(frame, target=target, ignore=others, group="customer")
    tracemalloc.start()
    source.prepare()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert source.targets is not None
    assert source.groups is not None
    assert len(source.keys) == len(source.targets) == len(source.groups) == len(source.parts) == ROWS
    nbytes = 0
    for column in (source.targets, source.groups):
        assert isinstance(column, (Labels, Numbers))
        nbytes += column.codes.nbytes if isinstance(column, Labels) else column.values.nbytes
    groups = 64 * ROWS // 4  # names of customers: texts, of which there are a quarter as many
    assert kept < BYTES_A_ROW * ROWS + groups
    assert nbytes <= BYTES_A_ROW * ROWS


def test_ratings_keep_few_bytes_a_row() -> None:
    random = np.random.default_rng(0)
    users, films = random.integers(0, 1_000, ROWS), random.integers(0, 300, ROWS)
    frame = pl.DataFrame({"who": users, "film": films, "stars": random.integers(1, 6, ROWS)})
    source = ratings(frame, "who", "film", "stars")
    tracemalloc.start()
    source.prepare()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < BYTES_A_ROW * ROWS
    assert source.targets == frame["stars"].cast(pl.Float64).to_list()
