"""Fingerprints tell rows apart, in any batch; one value that is not finite is detected."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from goodfit.checks.engine.fingerprints import (
    VALUES_AT_MOST,
    VALUES_REMEMBERED,
    all_finite,
    blank,
    fingerprints,
    is_zero,
    remembered,
)


@given(arrays.arrays(np.float32, (6, 3), elements=st.sampled_from([0.0, 0.5, 1.0, -1.0, 1e-30, 3e38])))
def test_fingerprints_are_equal_where_rows_are(values: np.ndarray) -> None:
    found = fingerprints(torch.from_numpy(values))
    for first in range(6):
        for second in range(6):
            assert (found[first] == found[second]) == bool((values[first] == values[second]).all())


@pytest.mark.parametrize("kind", [torch.uint8, torch.int64, torch.float32, torch.float64])
def test_fingerprints_of_many_rows_do_not_collide(kind: torch.dtype) -> None:
    x = (torch.arange(20_000)[:, None] // torch.tensor([1, 140, 20_000]) % torch.tensor([140, 143, 2])).to(kind)
    assert len(set(fingerprints(x))) == 20_000


def test_a_fingerprint_is_the_same_in_any_batch_and_of_long_rows() -> None:
    x = torch.randn(5, VALUES_AT_MOST + 7)
    assert fingerprints(x)[3] == fingerprints(x[3:4])[0]


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), complex(0, float("inf"))])
def test_one_value_that_is_not_finite_is_detected(odd: complex) -> None:
    x = torch.ones(4, 5, dtype=torch.complex64 if isinstance(odd, complex) else torch.float32)
    assert all_finite(x)
    x[2, 3] = torch.tensor(odd)
    assert not all_finite(x)


def test_a_sum_that_overflows_is_no_infinity() -> None:
    assert all_finite(torch.full((4,), 3e38))


def test_empty_and_complex_rows_have_fingerprints() -> None:
    assert fingerprints(torch.zeros(0, 3, 4)) == []
    x = torch.tensor([[1 + 2j, 3], [1 - 2j, 3], [1 + 2j, 3]])
    first, conjugate, again = fingerprints(x)
    assert first == again != conjugate


def test_rows_that_are_equal_by_nature() -> None:
    constant, padded, text = [5] * 9, [3, 4, 5] + [0] * 6, [3, 4, 5, 6] + [0] * 5
    assert blank(torch.tensor([constant, padded, text])).tolist() == [True, True, False]
    assert blank(torch.tensor([[3, 4, 5, 0], [1, 1, 1, 1]])).tolist() == [False, True]  # too narrow for a padding


class Reads:
    """How often a tensor was read, and the sum of its rows."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, x: torch.Tensor) -> list[float]:
        self.count += 1
        return x.sum(1).tolist()


def test_a_large_tensor_is_read_once_however_often_it_is_given() -> None:
    reads = Reads()
    sums = remembered(reads)
    x = torch.arange(2.0 * VALUES_REMEMBERED).view(16, -1)
    for _ in range(3):
        assert sums(x) == sums(x.detach()) == sums(x[:]) == x.sum(1).tolist()
        assert sums(x.view(16, 1, 2, -1)) == sums(x)  # the same rows
    assert reads.count == 1
    assert sums(x.view(32, -1)) == x.view(32, -1).sum(1).tolist()
    assert sums(x[4:12]) == x[4:12].sum(1).tolist()


def test_a_large_tensor_is_read_again_after_it_was_written_to() -> None:
    values = np.zeros((16, VALUES_REMEMBERED), np.float32)
    x = torch.from_numpy(values)
    sums = remembered(Reads())
    before = sums(x)
    x[3, 5] += 1  # counted by torch
    assert sums(x) == x.sum(1).tolist() != before
    values[:] = 2  # not counted
    assert sums(x) == x.sum(1).tolist()


def test_a_tensor_in_the_memory_of_one_that_is_gone_is_another() -> None:
    sums = remembered(Reads())
    for batch in range(20):
        x = torch.zeros(16, VALUES_REMEMBERED)
        x[:, 5] = batch
        x = x.clone()  # version 0, in memory that is used again and again
        assert sums(x) == [float(batch)] * 16


def test_small_and_unusual_tensors_are_read_each_time() -> None:
    reads = Reads()
    sums = remembered(reads)
    with torch.inference_mode():
        large = torch.ones(16, VALUES_REMEMBERED)
    for x in (torch.ones(2, 2), large):
        assert sums(x) == sums(x)
    assert reads.count == 4


def test_zeros_are_known_wherever_the_one_other_value_is() -> None:
    x = torch.zeros(30, 40)
    assert is_zero(x)
    assert is_zero(x.T)
    assert is_zero(torch.zeros(0))
    assert is_zero(x.to_sparse().to_dense())
    for place in ((0, 0), (29, 39), (7, 3)):
        other = x.clone()
        other[place] = float("nan") if place == (7, 3) else -1e-30
        assert not is_zero(other)
        assert not is_zero(other.T)
