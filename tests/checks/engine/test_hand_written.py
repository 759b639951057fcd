"""Steps that a program makes by itself are counted, stop a run, and are not confused with an optimiser's."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

import goodfit as gf
from goodfit.checks.formats import as_text


def by_parameter(steps: int) -> object:
    net = nn.Linear(3, 1)
    for _ in range(steps):
        net(torch.randn(8, 3)).square().mean().backward()
        with torch.no_grad():
            for param in net.parameters():
                assert param.grad is not None
                param.sub_(0.1 * param.grad)
        net.zero_grad()
    return net


def by_data_and_grad(steps: int) -> object:
    w = torch.ones(3, requires_grad=True)
    for _ in range(steps):
        (gradient,) = torch.autograd.grad((torch.randn(8, 3) @ w).square().mean(), w)
        w.data.sub_(0.1 * gradient)
    return w


@pytest.mark.parametrize("train", [by_parameter, by_data_and_grad])
def test_steps_by_hand_are_counted(train: object) -> None:
    assert callable(train)
    with gf.watch(quiet=True, strict=True) as seen:
        kept = train(7)  # weights that are gone cannot be looked at for the last step
    summary = seen.watcher.program.summary()
    assert (summary.steps, summary.by_hand, summary.watched) == (7, True, True)
    assert kept is not None
    assert seen.findings == []
    assert "in 7 steps written by hand" in as_text([], summary)


def test_an_optimiser_tells_of_its_own_steps_alone() -> None:
    nets = [nn.Linear(3, 1) for _ in range(2)]
    optimisers = [torch.optim.SGD(net.parameters(), 0.1) for net in nets]
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(4):
            for net in nets:
                net(torch.randn(8, 3)).square().mean().backward()
            for optimiser in optimisers:
                optimiser.step()
                optimiser.zero_grad()
    assert seen.watcher.program.steps == 8
    assert not seen.watcher.program.summary().by_hand


def test_where_nothing_was_seen_the_report_says_so() -> None:
    with gf.watch(quiet=True) as seen:
        torch.zeros(3).sum()
    assert "nothing could be checked" in as_text(seen.findings, seen.watcher.program.summary())


def test_backwards_inside_of_checkpointing_are_part_of_the_users_own() -> None:
    first, second = nn.Linear(4, 4), nn.Linear(4, 1)
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(3):
            checkpoint(second, first(torch.randn(8, 4)), use_reentrant=True).mean().backward()
    assert seen.watcher.program.backwards == 3


def test_warnings_of_torch_keep_the_users_file() -> None:
    with warnings.catch_warnings(record=True) as caught, gf.watch(quiet=True):
        warnings.simplefilter("always")
        functional.mse_loss(torch.zeros(3, 1), torch.zeros(3))
    assert [warning.filename for warning in caught] == [__file__]
