"""Packed sequences are read as the lists that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from goodfit.data.packed import Chained, Digests, Made, Texts, alike

SLICES = st.slices(12)
TEXTS = st.lists(st.text(alphabet="ab/é\udc80", max_size=6), max_size=12)


def assert_read_alike(packed: Sequence[Any], values: list[Any], at: slice) -> None:
    assert len(packed) == len(values)
    assert list(packed) == values
    assert list(packed[at]) == values[at]
    assert [packed[row] for row in range(-len(values), len(values))] == values + values


@given(TEXTS, SLICES)
def test_texts(values: list[str], at: slice) -> None:
    assert_read_alike(Texts(values), values, at)


@given(
    st.lists(st.sampled_from(["0" * 31 + "a", "ff" * 16, "unread: no such file", "", "AB" * 16]), max_size=12), SLICES
)
def test_digests(values: list[str], at: slice) -> None:
    assert_read_alike(Digests.of(values), values, at)


@given(st.lists(st.sampled_from([None, "cat", "dog", ["cat", "dog"], []]), max_size=12), SLICES)
def test_values_that_are_alike(values: list[Any], at: slice) -> None:
    assert_read_alike(alike(values), values, at)


@given(st.lists(TEXTS, max_size=3), SLICES)
def test_chains(values: list[list[str]], at: slice) -> None:
    assert_read_alike(Chained(values), [text for part in values for text in part], at)


@given(st.integers(0, 12), SLICES)
def test_values_that_are_made(count: int, at: slice) -> None:
    assert_read_alike(Made(count, str), [str(row) for row in range(count)], at)
