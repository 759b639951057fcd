"""What has decayed to next to nothing in an optimiser is zero: denormal numbers take a hundred times as long."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from goodfit.train.muon import orthogonal
from goodfit.train.optimiser import STEPS_BETWEEN_SWEEPS, TINY, drop_tiny, make_optimiser, parameter_groups

SMALLEST_NORMAL = torch.finfo(torch.float32).tiny


def denormal(tensor: torch.Tensor) -> int:
    size = tensor.abs()
    return int(((size > 0) & (size < SMALLEST_NORMAL)).sum())


@pytest.mark.parametrize("name", ["adamw", pytest.param("muon", marks=pytest.mark.slow), "sgd"])
def test_the_state_of_a_unit_without_gradient_never_becomes_denormal(name: str) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.Flatten(), nn.Linear(4, 2))
    optimiser = make_optimiser(name, parameter_groups([(net.parameters(), 1e-3)], 0.0), torch.device("cpu"))
    swept = {"before": 0, "after": 0}
    for step in range(2_500):
        for parameter in net.parameters():
            parameter.grad = torch.ones_like(parameter)
            parameter.grad[0] = 1.0 if step < 5 else 0.0  # the first unit is dead from the fifth step on
        optimiser.step()
        state = [value for each in optimiser.state.values() for value in each.values() if torch.is_tensor(value)]
        swept["before"] += sum(map(denormal, state))
        if step % STEPS_BETWEEN_SWEEPS == 0:
            drop_tiny(optimiser)
    assert swept["before"] == 0
    first = optimiser.state[next(net.parameters())]
    assert any(float(value[0].abs().max()) == 0 for value in first.values() if torch.is_tensor(value) and value.dim())


def test_what_is_large_enough_is_left_alone() -> None:
    weight = nn.Parameter(torch.ones(3))
    optimiser = torch.optim.SGD([weight], lr=0.1, momentum=0.9)
    optimiser.state[weight]["momentum_buffer"] = torch.tensor([1.0, 2 * TINY, TINY / 2])
    drop_tiny(optimiser)
    assert torch.equal(optimiser.state[weight]["momentum_buffer"], torch.tensor([1.0, 2 * TINY, 0.0]))


def test_muon_steps_alike_with_rows_of_denormal_numbers_and_of_zeros() -> None:
    torch.manual_seed(1)
    matrix = torch.randn(12, 40)
    dead = matrix.clone()
    dead[3:6] = 1e-42
    empty = matrix.clone()
    empty[3:6] = 0
    assert denormal(dead) == 3 * 40
    assert torch.equal(orthogonal(dead), orthogonal(empty))
