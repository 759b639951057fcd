"""Muon against the singular value decomposition, torch's own Muon and AdamW."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from goodfit.train.checkpoint import load_optimiser_state, optimiser_state
from goodfit.train.muon import Muon, orthogonal
from goodfit.train.optimiser import make_optimiser, parameter_groups


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(1, 24), columns=st.integers(1, 24), seed=st.integers(0, 1000))
def test_the_singular_vectors_stay_and_their_values_come_near_one(rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    left, _ = np.linalg.qr(random.normal(size=(rows, rows)))
    right, _ = np.linalg.qr(random.normal(size=(columns, columns)))
    short = min(rows, columns)
    values = 10 ** random.uniform(-1, 0, short)
    matrix = left[:, :short] * values @ right[:, :short].T
    turned = left[:, :short].T @ orthogonal(torch.from_numpy(matrix)).numpy() @ right[:, :short]
    assert np.allclose(turned, np.diag(np.diag(turned)), atol=1e-8)
    assert (np.diag(turned) > 0.65).all()
    assert (np.diag(turned) < 1.25).all()


def test_a_matrix_of_zeros_stays() -> None:
    assert torch.equal(orthogonal(torch.zeros(3, 5)), torch.zeros(3, 5))


def small_net() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(8 * 4, 2))


def first_weight(net: nn.Module) -> Any:
    return next(net.parameters())


def with_gradients(net: nn.Module, step: int) -> None:
    random = torch.Generator().manual_seed(step)
    for parameter in net.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=random)


@pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="torch has Muon from 2.9 on")
def test_convolutions_step_as_in_torch() -> None:
    net = small_net()
    same = nn.Parameter(first_weight(net).detach().flatten(1).clone())
    ours = Muon(net.parameters(), lr=0.02, weight_decay=0.1)
    theirs = torch.optim.Muon([same], lr=0.02, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
    for step in range(5):
        with_gradients(net, step)
        same.grad = first_weight(net).grad.flatten(1)
        before = same.detach().clone()
        theirs.step()
        ours.step()
        moved = (same - before).norm()
        assert (first_weight(net).flatten(1) - same).norm() < 0.05 * (
            step + 1
        ) * moved  # theirs is reckoned in bfloat16


def test_everything_else_steps_as_with_adamw() -> None:
    ours, theirs = small_net(), small_net()
    muon = make_optimiser("muon", parameter_groups([(ours.parameters(), 1.0)], 0.1), torch.device("cpu"))
    adamw = make_optimiser("adamw", parameter_groups([(theirs.parameters(), 1.0)], 0.1), torch.device("cpu"))
    for group in muon.param_groups + adamw.param_groups:
        group["lr"] = 0.01
    for step in range(4):
        for net, optimiser in ((ours, muon), (theirs, adamw)):
            with_gradients(net, step)
            optimiser.step()
    for (name, mine), other in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other) is (name != "0.weight"), name


def test_a_stored_state_goes_on_bit_for_bit() -> None:
    straight, stopped = small_net(), small_net()
    first, second = (Muon(net.parameters(), lr=0.01) for net in (straight, stopped))
    for step in range(6):
        if step == 3:
            tensors, values = optimiser_state(second)
            second = Muon(stopped.parameters(), lr=1.0)
            load_optimiser_state(second, {name: tensor.clone() for name, tensor in tensors.items()}, values)
        for net, optimiser in ((straight, first), (stopped, second)):
            with_gradients(net, step)
            optimiser.step()
    for one, other in zip(straight.parameters(), stopped.parameters(), strict=True):
        assert torch.equal(one, other)


def test_what_has_no_gradient_is_left_alone() -> None:
    net = small_net()
    before = [parameter.detach().clone() for parameter in net.parameters()]
    Muon(net.parameters(), lr=0.1, weight_decay=0.1).step()
    assert all(torch.equal(one, other) for one, other in zip(before, net.parameters(), strict=True))


def test_a_closure_makes_the_gradients_and_its_loss_is_given_back() -> None:
    ours, theirs = small_net(), small_net()
    with_gradients(ours, 0)
    Muon(ours.parameters(), lr=0.01).step()

    def closure() -> float:
        assert torch.is_grad_enabled()
        with_gradients(theirs, 0)
        return 2.5

    assert Muon(theirs.parameters(), lr=0.01).step(closure) == 2.5
    assert all(torch.equal(one, other) for one, other in zip(ours.parameters(), theirs.parameters(), strict=True))
