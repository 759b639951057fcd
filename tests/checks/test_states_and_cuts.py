"""Where states are carried, logits cut and gradients penalised as they should be, no rule speaks."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import goodfit as gf


def found_of_states(*, shuffle: bool, pieces: int, keep: bool) -> set[str]:
    """Sequences read in so many pieces, whose state goes on within a batch, and into the next one if it is kept."""
    torch.manual_seed(0)
    rnn, out = nn.GRU(3, 8, batch_first=True), nn.Linear(8, 1)
    optimiser = torch.optim.Adam([*rnn.parameters(), *out.parameters()], lr=1e-3)
    x = torch.randn(160, 12, 3)
    loader = DataLoader(TensorDataset(x, x[..., 0].sum(1)), 16, shuffle=shuffle)
    state = None
    with gf.watch(quiet=True, strict=True, select=["state-across-batches"]) as seen:
        for a, b in loader:
            state = state if keep else None
            for piece in a.chunk(pieces, 1):
                steps, state = rnn(piece, state)
                state = state.detach()
            loss = functional.mse_loss(out(steps[:, -1]).squeeze(1), b)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return {finding.rule for finding in seen.findings}


def test_a_state_is_carried_within_a_batch_or_along_streams() -> None:
    assert found_of_states(shuffle=True, pieces=1, keep=True) == {"state-across-batches"}
    assert found_of_states(shuffle=True, pieces=3, keep=True) == {"state-across-batches"}
    assert found_of_states(shuffle=True, pieces=3, keep=False) == set()
    assert found_of_states(shuffle=False, pieces=1, keep=True) == set()


def found_without_loader(order: list[int], *, keep: bool = True, steps: int = 12, values: int = 0) -> set[str]:
    """Sequences taken in an order of their own, from five that are ready."""
    torch.manual_seed(0)
    rnn, out = nn.LSTM(1, 8, batch_first=True), nn.Linear(8, 1)
    optimiser = torch.optim.Adam([*rnn.parameters(), *out.parameters()], lr=1e-2)
    x = torch.randn(5, 1, steps, 1)
    x = (x > 0).float() if values == 2 else x
    state = None
    with gf.watch(quiet=True, strict=True, select=["state-across-batches"]) as seen:
        for at in order:
            steps_out, state = rnn(x[at], state if keep else None)
            state = (state[0].detach(), state[1].detach())
            loss = functional.mse_loss(out(steps_out), x[at].cumsum(1))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return {finding.rule for finding in seen.findings}


def test_without_a_loader_the_same_sequences_come_after_others() -> None:
    drawn = [0, 2, 1, 2, 0, 1, 1, 2, 2, 0, 1, 0]
    assert found_without_loader(drawn) == {"state-across-batches"}
    assert found_without_loader(drawn, keep=False) == set()
    assert found_without_loader([0, 1, 2, 3, 4] * 3) == set()  # pieces of one stream, three epochs
    assert found_without_loader([0] * 12) == set()  # one series, again and again
    assert found_without_loader(drawn, steps=4) == set()  # short ones may be equal by chance
    assert found_without_loader(drawn, values=2) == set()  # and so may those of few values


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (lambda out: out > 0.5, {"logits-cut-at-half"}),
        (lambda out: torch.lt(out.squeeze(1), 0.5), {"logits-cut-at-half"}),
        (lambda out: out > 0, set()),
        (lambda out: out.sigmoid() > 0.5, set()),
        (lambda out: out.detach().sigmoid_() > 0.5, set()),
        (lambda out: [out > limit for limit in (-0.5, 0, 0.5)], set()),  # a search for the best cut
        (lambda out: out > 0.3, {"logits-cut-at-half"}),
        (lambda out: out > 0.31, set()),  # one that was chosen
        (lambda out: out > -0.3, set()),
        (lambda out: out > math.log(0.6 / 0.4), set()),  # the logit of 0.6
    ],
)
def test_logits_and_what_they_are_compared_with(cut: Callable[[Tensor], object], expected: set[str]) -> None:
    torch.manual_seed(0)
    net = nn.Linear(4, 1)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    with gf.watch(quiet=True, strict=True, select=["logits-cut-at-half"]) as seen:
        for _ in range(6):
            x = 3 * torch.randn(32, 4)
            loss = functional.binary_cross_entropy_with_logits(net(x), (x[:, :1] > 0.5).float())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            with torch.no_grad():
                cut(net(x))
    assert {finding.rule for finding in seen.findings} == expected


@pytest.mark.parametrize("by_place", [False, True])
def test_a_field_with_a_value_at_each_place_has_a_slope_at_each(by_place: bool) -> None:
    torch.manual_seed(0)
    last = [] if by_place else [nn.Flatten(), nn.Linear(36, 1)]
    net = nn.Sequential(nn.Conv2d(2, 8, 1), nn.Tanh(), nn.Conv2d(8, 1, 1), *last)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    with gf.watch(quiet=True, strict=True, select=["penalty-of-each-pixel"]) as seen:
        for _ in range(4):
            x = torch.randn(8, 2, 6, 6, requires_grad=True)
            out = net(x)
            slopes = torch.autograd.grad(out, x, torch.ones_like(out), create_graph=True)[0]
            loss = out.square().mean() + ((slopes.norm(dim=1) - 1) ** 2).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    assert {finding.rule for finding in seen.findings} == (set() if by_place else {"penalty-of-each-pixel"})
