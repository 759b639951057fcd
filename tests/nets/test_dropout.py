"""Dropout by bits: the share that is dropped, what is left, gradients, and the same numbers from the same seed."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from goodfit.nets.dropout import QuickDropout, ReluDropout, quick_dropout


@pytest.mark.parametrize("p", [0.02, 0.15, 0.5, 0.9])
def test_the_share_that_is_dropped_is_p_and_the_rest_makes_up_for_it(p: float) -> None:
    torch.manual_seed(0)
    count = 400_000
    out = quick_dropout(torch.ones(count // 8, 8), p)
    dropped = int((out == 0).sum())
    assert abs(dropped - p * count) < 4 * math.sqrt(count * p * (1 - p))  # four standard deviations of a binomial
    torch.testing.assert_close(out[out != 0], torch.full((count - dropped,), 1 / (1 - p)), rtol=1e-3, atol=0)


def test_values_are_dropped_independently_of_their_neighbours() -> None:
    torch.manual_seed(1)
    kept = (quick_dropout(torch.ones(200_000), 0.5) != 0).double()
    for lag in (1, 2, 3, 4, 8):  # four values come from one number
        together = (kept[:-lag] * kept[lag:]).mean().item()
        assert abs(together - 0.25) < 4 * math.sqrt(0.25 * 0.75 / 200_000)


@settings(deadline=None, max_examples=30)
@given(shape=st.lists(st.integers(0, 7), min_size=1, max_size=3), p=st.floats(0, 1))
def test_any_shape_and_share(shape: list[int], p: float) -> None:
    x = torch.randn(shape)
    out = quick_dropout(x, p)
    assert out.shape == x.shape
    left = out != 0
    torch.testing.assert_close(out[left], x[left] / (1 - round(p * 65_536) / 65_536), rtol=1e-5, atol=0)


def test_the_gradient_goes_where_the_values_went() -> None:
    x = torch.randn(50, 6, dtype=torch.float64, requires_grad=True)
    out = quick_dropout(x, 0.25)
    out.sum().backward()
    assert x.grad is not None
    torch.testing.assert_close(x.grad, (out.detach() != 0).double() / 0.75)


def test_nothing_is_dropped_in_eval_mode_and_a_seed_repeats_it() -> None:
    layer, x = QuickDropout(0.5), torch.randn(9, 5)
    torch.manual_seed(3)
    first = layer(x)
    torch.manual_seed(3)
    assert layer(x).equal(first)
    assert not layer(x).equal(first)
    assert layer.eval()(x) is x
    assert isinstance(layer, nn.Dropout)


def test_half_precision_keeps_its_type() -> None:
    assert quick_dropout(torch.ones(10, dtype=torch.bfloat16), 0.3).dtype == torch.bfloat16


def test_in_place_it_is_the_same_tensor() -> None:
    x = torch.ones(20)
    assert quick_dropout(x, 0.5, inplace=True) is x


@settings(deadline=None, max_examples=30)
@given(shape=st.lists(st.integers(0, 7), min_size=1, max_size=3), p=st.floats(0, 1), seed=st.integers(0, 99))
def test_relu_and_dropout_in_one_are_the_two(shape: list[int], p: float, seed: int) -> None:
    x = torch.randn(shape).requires_grad_()
    weight = torch.randn(shape)
    found = []
    for layer in (ReluDropout(p), nn.Sequential(nn.ReLU(), QuickDropout(p))):
        torch.manual_seed(seed)
        out = layer(x)
        (slope,) = torch.autograd.grad((out * weight).sum(), x)
        found += [out, slope]
    assert found[0].equal(found[2])
    assert found[1].equal(found[3])


def test_relu_and_dropout_in_one_change_no_input_and_have_second_derivatives() -> None:
    x = torch.randn(40, dtype=torch.float64).requires_grad_()
    before = x.detach().clone()
    layer = ReluDropout(0.3)

    def same_bits(value: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(1)
        out: torch.Tensor = layer(value.square())
        return out

    assert torch.autograd.gradgradcheck(same_bits, (x,))
    assert x.detach().equal(before)
    assert layer.eval()(x).equal(x.relu())
    assert layer.train()(x.detach().bfloat16()).dtype == torch.bfloat16
