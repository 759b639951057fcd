"""Gradients of a GAN that are cleared without an optimiser are thrown away all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional

import goodfit as gf
from goodfit.checks.finding import Level


def levels(clear: Callable[[nn.Parameter], None]) -> list[Level]:
    """What is found where the gradients of both nets are cleared by `clear` after each step."""
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 16))
    critic = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 1))
    params = [*generator.parameters(), *critic.parameters()]
    of_generator, of_critic = (torch.optim.Adam(net.parameters(), lr=1e-3) for net in (generator, critic))
    with gf.watch(quiet=True, strict=True, select=["generator-gradients-from-discriminator"]) as seen:
        for _ in range(8):
            true, made = critic(torch.randn(32, 16)), critic(generator(torch.randn(32, 4)))
            (functional.softplus(-true) + functional.softplus(made)).mean().backward()
            of_critic.step()
            for param in params:
                clear(param)
            functional.softplus(-critic(generator(torch.randn(32, 4)))).mean().backward()
            of_generator.step()
            for param in params:
                clear(param)
    return [finding.level for finding in seen.findings]


def new_zeros(param: nn.Parameter) -> None:
    param.grad = torch.zeros_like(param)


def zeroed_in_place(param: nn.Parameter) -> None:
    if param.grad is not None:
        param.grad.zero_()


def none(param: nn.Parameter) -> None:
    param.grad = None


def kept(param: nn.Parameter) -> None:
    """The mistake itself."""


@pytest.mark.parametrize(
    ("clear", "expected"),
    [(new_zeros, Level.NOTICE), (zeroed_in_place, Level.NOTICE), (none, Level.NOTICE), (kept, Level.WARNING)],
)
def test_gradients_that_are_cleared_by_hand_are_thrown_away(
    clear: Callable[[nn.Parameter], None], expected: Level
) -> None:
    assert levels(clear) == [expected]
