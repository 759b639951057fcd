"""Rows told apart, numbers that are none, and nets whose rows mix: the questions that the rules ask of tensors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import Tensor, nn

from goodfit.checks.engine.fingerprints import VALUES_AT_MOST, all_finite, fingerprints
from goodfit.checks.engine.mixing_probe import mixing


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
def test_one_number_that_is_none_is_found(odd: complex) -> None:
    x = torch.ones(4, 5, dtype=torch.complex64 if isinstance(odd, complex) else torch.float32)
    assert all_finite(x)
    x[2, 3] = odd
    assert not all_finite(x)


def test_a_sum_that_overflows_is_no_infinity() -> None:
    assert all_finite(torch.full((4,), 3e38))


class OverRows(nn.Module):
    """Mixes rows as it is told to."""

    def __init__(self, mix: str) -> None:
        super().__init__()
        self.linear, self.mix = nn.Linear(3, 2), mix

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear(x)
        if self.mix == "softmax":
            return out.softmax(0)
        if self.mix == "neighbour":
            return out + out.roll(1, 0)
        if self.mix == "mirror":
            return out + out.flip(0)
        return out


@pytest.mark.parametrize("rows", [4, 32])
@pytest.mark.parametrize("mix", ["softmax", "neighbour", "mirror", ""])
def test_rows_that_mix_are_found(mix: str, rows: int) -> None:
    torch.manual_seed(0)
    found = mixing(OverRows(mix), [torch.randn(rows, 3)], {})
    assert (found is not None) == bool(mix)


def test_asking_leaves_the_net_and_the_random_state_as_they_were() -> None:
    net, x = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)), torch.randn(32, 3)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.get_rng_state()
    mixing(net, [x], {})
    assert torch.equal(state, torch.get_rng_state())
    assert net.training
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])
