"""Noise that is kept, rows beside themselves in a denominator, rankings with training items, sums of passes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import goodfit as gf
from goodfit.checks.engine.moments import Moments
from goodfit.checks.engine.self_similarity import in_own_denominator
from goodfit.checks.rules.training_items_ranked import pairs_in

ROWS = 24


def similarities(z: Tensor) -> Tensor:
    return z @ z.T / 0.5


def positives(z: Tensor) -> Tensor:
    return (z[: ROWS // 2] * z[ROWS // 2 :]).sum(1).repeat(2) / 0.5


def off(matrix: Tensor, value: float) -> Tensor:
    return matrix.masked_fill(torch.eye(len(matrix), dtype=torch.bool), value)


@pytest.mark.parametrize(
    ("loss", "rows"),
    [
        (lambda z: -torch.log(positives(z).exp() / similarities(z).exp().sum(1)).mean(), ROWS),
        (lambda z: (similarities(z).exp().sum(1).log() - positives(z)).mean(), ROWS),
        (lambda z: (similarities(z).exp().mean(1).log() - positives(z)).mean(), ROWS),
        (lambda z: (similarities(z).logsumexp(1) - positives(z)).mean(), ROWS),
        (lambda z: -torch.log(positives(z).exp() / off(similarities(z).exp(), 0).sum(1)).mean(), 0),
        (lambda z: (off(similarities(z), -math.inf).logsumexp(1) - positives(z)).mean(), 0),
        (lambda z: (off(similarities(z), -1e9).logsumexp(1) - positives(z)).mean(), 0),
        (lambda z: -torch.log(positives(z).exp() / (similarities(z).exp().sum(1) - math.e**2)).mean(), 0),
        (lambda z: similarities(z).logsumexp(1).mean(), 0),  # nothing is drawn together: rows are spread
        (lambda z: (similarities(3 * z).logsumexp(1) - positives(z)).mean(), 0),  # no unit vectors
        (lambda z: ((z @ z.detach().roll(1, 0).T).logsumexp(1) - positives(z)).mean(), 0),  # other rows
    ],
)
def test_rows_in_their_own_denominator(loss: Callable[[Tensor], Tensor], rows: int) -> None:
    torch.manual_seed(0)
    z = functional.normalize(torch.randn(ROWS, 5, requires_grad=True), dim=1)
    node = loss(z).grad_fn
    from goodfit.checks.engine import graph

    assert in_own_denominator(list(graph.walk(node))) == rows


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("target_is_data", [True, False])
def test_noise_of_each_row(kept: bool, target_is_data: bool) -> None:
    """The same noise in each epoch is named, whatever the net predicts, where both come from a loader."""
    torch.manual_seed(1)
    x, noise = torch.rand(240, 6) * 2, torch.randn(240, 6)
    net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 6))
    opt = torch.optim.Adam(net.parameters(), 1e-3)
    with gf.watch(quiet=True, strict=True, select=["noise-drawn-once"]) as seen:
        for _ in range(4):
            for x0, e in DataLoader(TensorDataset(x, noise), batch_size=40, shuffle=True):
                e = e if kept else torch.randn_like(e)
                angle = torch.rand(len(x0), 1) * 1.5
                loss = functional.mse_loss(net(angle.cos() * x0 + angle.sin() * e), x0 if target_is_data else e)
                opt.zero_grad()
                loss.backward()
                opt.step()
    assert bool(seen.findings) is kept


def test_moments_are_those_of_numpy_and_scipy() -> None:
    """Normal values pass, uniform ones of the same mean and spread do not; a copy is not independent."""
    rng = np.random.default_rng(0)
    normal, flat = rng.normal(size=4000), rng.uniform(-np.sqrt(3), np.sqrt(3), size=4000)
    for values, is_normal in ((normal, True), (flat, False)):
        moments = Moments()
        for part in np.split(values, 4):
            moments.add(torch.tensor(part), torch.tensor(part))
        assert (moments.x_is_standard(), moments.y_is_standard()) == (True, True)
        assert moments.is_normal() is is_normal
        assert not moments.are_independent()
    apart = Moments()
    apart.add(torch.tensor(normal), torch.tensor(flat))
    assert apart.are_independent() is bool(abs(np.corrcoef(normal, flat)[0, 1]) * np.sqrt(4000) < 4)


@pytest.mark.parametrize(
    "value",
    [
        {0: {3}, 1: [4, 5]},
        [{3}, [4, 5]],
        {(0, 3), (1, 4), (1, 5)},
        np.array([[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 1]]),
        torch.tensor([[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 1]], dtype=torch.bool),
        {0: np.array([3]), 1: torch.tensor([4, 5])},
    ],
)
def test_items_of_users_are_read_however_they_are_kept(value: object) -> None:
    assert pairs_in(value, np.arange(2)) == {(0, 3), (1, 4), (1, 5)}


@pytest.mark.parametrize("value", [None, "text", 3.5, {"a": 1}, np.zeros((2, 3)) + 0.5, [1.5, 2.5], object()])
def test_other_objects_have_no_items(value: object) -> None:
    assert pairs_in(value, np.arange(2)) == set()


@pytest.mark.parametrize(
    ("limit", "by_value", "divide", "found"),
    [
        (1e6, False, False, True),  # never reached: four times the rate
        (math.inf, False, False, True),
        (1e-3, False, False, False),  # each step has this length, of the sum as of the mean
        (1e6, True, False, False),  # of each value: not judged
        (1e6, False, True, False),  # divided by the program itself
    ],
)
def test_sums_of_passes_whose_norm_is_clipped(limit: float, by_value: bool, divide: bool, found: bool) -> None:
    torch.manual_seed(0)
    accumulate = 4
    net, x = nn.Linear(5, 2), torch.randn(160, 5)
    opt = torch.optim.SGD(net.parameters(), 0.01)
    with gf.watch(quiet=True, strict=True, select=["accumulated-not-averaged"]) as seen:
        for at, rows in enumerate(x.split(8), 1):
            functional.cross_entropy(net(rows), (rows[:, 0] > 0).long()).backward()
            if at % accumulate == 0:
                for param in net.parameters():
                    assert param.grad is not None
                    param.grad /= accumulate if divide else 1
                clip = nn.utils.clip_grad_value_ if by_value else nn.utils.clip_grad_norm_
                clip(net.parameters(), limit)
                opt.step()
                opt.zero_grad()
    assert bool(seen.findings) is found
