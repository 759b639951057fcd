"""Real samples at the edge of the range of a generator are within it, whatever rounding left there."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import goodfit as gf


def found(real: Tensor, last: nn.Module) -> set[str]:
    """What is found of a GAN whose generator ends in `last`."""
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 64), last)
    critic = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
    of_generator, of_critic = (torch.optim.Adam(net.parameters(), lr=1e-3) for net in (generator, critic))
    with gf.watch(quiet=True, strict=True, select=["fake-beyond-real"]) as seen:
        for _ in range(8):
            true, made = critic(real), critic(generator(torch.randn(32, 4)))
            of_critic.zero_grad()
            (functional.softplus(-true) + functional.softplus(made)).mean().backward()
            of_critic.step()
            of_generator.zero_grad()
            functional.softplus(-critic(generator(torch.randn(32, 4)))).mean().backward()
            of_generator.step()
    return {finding.rule for finding in seen.findings}


@pytest.mark.parametrize(
    ("below", "last", "expected"),
    [
        (-1e-16, nn.Sigmoid(), set()),  # an image that was rotated or resized
        (-1e-6, nn.Sigmoid(), set()),
        (-0.2, nn.Sigmoid(), {"fake-beyond-real"}),
        (-1e-16, nn.Tanh(), {"fake-beyond-real"}),
        (-0.2, nn.Tanh(), set()),
    ],
)
def test_zeros_that_were_rounded_are_zeros(below: float, last: nn.Module, expected: set[str]) -> None:
    torch.manual_seed(1)
    ink = torch.rand(32, 64)
    assert found(torch.where(ink < 0.5, below, ink), last) == expected
