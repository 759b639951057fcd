"""Tensors of the program in NumPy, of every type and kind that a program may have."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import goodfit as gf
from goodfit.checks.engine.as_array import as_array

REAL = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16]
REAL += [torch.float32, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2]


@pytest.mark.parametrize("dtype", REAL, ids=str)
def test_values_of_every_type_are_kept(dtype: torch.dtype) -> None:
    array = as_array(torch.tensor([0, 1, 1]).to(dtype))
    assert array is not None
    assert array.dtype.kind in "biuf"
    assert array.tolist() == [0, 1, 1]


def test_values_that_are_computed_as_they_are_read() -> None:
    conjugated = torch.tensor([1 + 2j]).conj()
    assert as_array(conjugated) == np.array([1 - 2j])
    assert as_array(conjugated.imag) == np.array([-2.0])
    of_graph = as_array(torch.ones(2, requires_grad=True) * 3)
    assert of_graph is not None
    assert of_graph.tolist() == [3, 3]


def test_what_has_no_dense_values_is_none() -> None:
    assert as_array(torch.ones(2, device="meta")) is None
    assert as_array(torch.eye(2).to_sparse()) is None


def test_products_of_two_types_are_compared() -> None:
    """Under autocast a net gives bfloat16, and what it is multiplied with may be float32."""
    torch.manual_seed(0)
    net, plain, x = nn.Linear(6, 6), nn.Linear(6, 6), torch.randn(16, 6)
    optimiser = torch.optim.SGD([*net.parameters(), *plain.parameters()], lr=0.01)
    with gf.watch(quiet=True, strict=True):
        for _ in range(20):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = net(x)
            loss = -(out * plain(x)).sum(1).mean() + functional.mse_loss(out.float(), plain(x))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
