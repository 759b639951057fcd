"""Arrays in other orders of bytes and rows, and what holds numbers without being an array of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

import goodfit as gf
from goodfit.data.tables.any_frame import to_polars
from goodfit.data.tables.frame_index import note_on_index
from goodfit.errors import DataError

X = np.random.default_rng(0).random((40, 3))
Y = (X[:, 0] > 0.5).astype(int)


@pytest.mark.parametrize(
    "x", [X.astype(">f8"), X[::-1][::-1], X[:, ::-1][:, ::-1], X.astype(object), np.asfortranarray(X)]
)
def test_numbers_are_the_same_in_any_order_of_bytes_and_rows(x: np.ndarray) -> None:
    assert np.allclose(gf.arrays(x, Y).whole().numpy(), X, atol=1e-6)


def test_rows_turned_round_stay_with_their_targets() -> None:
    source = gf.arrays(X[::-1], Y[::-1])
    assert np.allclose(source.whole().numpy(), X[::-1], atol=1e-6)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (torch.eye(3).to_sparse(), "sparse"),
        (pd.DataFrame(X), "frame"),
        (np.array([["a"], ["b"]]), "not numeric"),
    ],
)
def test_what_is_no_array_of_numbers_is_named(x: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        gf.arrays(x)  # type: ignore[arg-type]


def test_sparse_matrices_name_the_way_to_arrays() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(DataError, match="toarray"):
        gf.arrays(sparse.csr_matrix(X), Y)


def test_labels_of_bytes_are_texts() -> None:
    targets = gf.arrays(X, np.array(["a", "b"], "S")[Y]).targets
    assert targets is not None
    assert list(targets) == ["ab"[label] for label in Y]


def test_arrays_without_a_dimension_and_long_doubles_are_numbers() -> None:
    frame = to_polars(
        pd.DataFrame({"a": [np.array(1.5), np.array(2.5)], "b": np.array([1.5, 2.5], dtype="longdouble")})
    )
    assert frame.to_dict(as_series=False) == {"a": [1.5, 2.5], "b": [1.5, 2.5]}


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (pd.date_range("2024-01-01", periods=2), True),
        (pd.Index(["gene1", "gene2"]), True),
        (pd.RangeIndex(2), False),
        (pd.Index([7, 7]), False),
        (pd.Index(["gene1", "gene1"]), True),
    ],
)
def test_an_index_without_a_name_that_is_no_number_of_rows_is_spoken_of(index: pd.Index, said: bool) -> None:
    assert (note_on_index(pd.DataFrame({"a": [1, 2]}, index=index)) is not None) == said


def test_targets_of_bfloat16_are_numbers() -> None:
    targets = gf.arrays(X, torch.tensor([0.5, 1.5] * 20, dtype=torch.bfloat16)).targets
    assert targets is not None
    assert list(targets)[:2] == [0.5, 1.5]


def test_columns_by_places_as_pandas_gives_them_are_a_table() -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
    assert to_polars(frame.to_dict()).to_dict(as_series=False) == frame.to_dict("list")


def test_the_content_of_a_file_is_no_path() -> None:
    text = pd.DataFrame({"a": range(200), "y": ["p", "q"] * 100}).to_csv()
    with pytest.raises(DataError, match="the content of a file"):
        gf.fit(text, target="y")
