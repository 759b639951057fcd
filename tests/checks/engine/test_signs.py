"""Which way a loss moves what it is made of, and what a ranking loss draws together."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from goodfit.checks.engine.pairs import rankings, rows_compared
from goodfit.checks.engine.signs import signed


def test_a_sign_is_that_of_the_gradient() -> None:
    a, b = torch.rand(5, requires_grad=True), torch.rand(5, requires_grad=True)
    left, right = a.tanh(), b.sigmoid()
    for loss in (
        (left - 2 * right).mean(),
        -(functional.logsigmoid(left - right)).sum(),
        (1 - left / 3 + right * torch.full((5,), 0.5)).mean(),
        functional.relu(right * -1 - left * -2 + 9).mean(),
    ):
        of_left, of_right = torch.autograd.grad(loss, (left, right), retain_graph=True)
        signs = {id(node): sign for node, sign in signed(loss)}
        assert signs[id(left.grad_fn)] == int(of_left.sign()[0])
        assert signs[id(right.grad_fn)] == int(of_right.sign()[0])


def test_a_factor_of_both_signs_has_none() -> None:
    a = torch.rand(4, requires_grad=True)
    inner = a.tanh()
    loss = (inner * torch.tensor([1.0, -1.0, 1.0, 1.0])).sum()
    assert all(node is not inner.grad_fn for node, _ in signed(loss))


@pytest.mark.parametrize("turned", [False, True])
def test_what_losses_draw_together(turned: bool) -> None:
    z = torch.randn(6, 4, requires_grad=True) * 1.0
    near, far = torch.tensor([1, 0, 3, 2, 5, 4]), torch.tensor([2, 3, 4, 5, 0, 1])
    one, other = (far, near) if turned else (near, far)
    losses = [
        functional.triplet_margin_loss(z, z[one], z[other]),
        functional.relu((z - z[one]).pow(2).sum(1) - (z - z[other]).pow(2).sum(1) + 1).mean(),
        functional.softplus((z * z[other]).sum(1) - (z * z[one]).sum(1)).mean(),
        -functional.logsigmoid((z * z[one]).sum(1) - (z * z[other]).sum(1)).mean(),
    ]
    for loss in losses:
        (ranking,) = rankings(loss)
        attracted = next(measure for measure in ranking if measure.attracts)
        repelled = next(measure for measure in ranking if measure.attracts is False)
        pairs, others = rows_compared(attracted, 6), rows_compared(repelled, 6)
        assert pairs is not None
        assert others is not None
        assert pairs.tolist() == [[row, int(one[row])] for row in range(6)]
        assert others.tolist() == [[row, int(other[row])] for row in range(6)]


def test_the_rows_that_are_chosen_of_a_matrix() -> None:
    z = torch.randn(5, 3, requires_grad=True) * 1.0
    distances = torch.cdist(z, z)
    hidden = distances.masked_fill(torch.eye(5, dtype=torch.bool), 99.0)
    loss = functional.relu(distances.max(1).values - hidden.min(1).values + 1).sum()
    (ranking,) = rankings(loss)
    furthest, nearest = rows_compared(ranking.lowered, 5), rows_compared(ranking.raised, 5)
    assert furthest is not None
    assert nearest is not None
    assert furthest[:, 1].tolist() == distances.argmax(1).tolist()
    assert nearest[:, 1].tolist() == hidden.argmin(1).tolist()
    assert (ranking.lowered.attracts, ranking.raised.attracts) == (True, False)
