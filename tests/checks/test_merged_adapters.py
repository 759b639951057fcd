"""Factors that were merged into a weight: added again, or left out."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import goodfit as gf


class Adapter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.base = nn.Linear(10, 8).requires_grad_(False)
        self.a, self.b = nn.Parameter(torch.randn(2, 10)), nn.Parameter(torch.zeros(8, 2))
        self.left_out = False

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.base(x)
        return out if self.left_out else out + 0.5 * x @ self.a.T @ self.b.T


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("merged", {"adapter-added-twice"}),
        ("at another scale", {"adapter-added-twice"}),
        ("left out", set()),
        ("zeroed", set()),
        ("taken back", set()),
        ("not merged", set()),
        ("another weight", set()),
    ],
)
def test_what_is_done_with_factors_after_training(after: str, found: set[str]) -> None:
    torch.manual_seed(0)
    adapter = Adapter()
    net = nn.Sequential(adapter, nn.Tanh(), nn.Linear(8, 1))
    optimiser = torch.optim.Adam([each for each in net.parameters() if each.requires_grad], lr=1e-2)
    x = torch.randn(64, 10)
    with gf.watch(quiet=True, strict=True, select=["adapter-added-twice"]) as seen:
        for _ in range(8):
            optimiser.zero_grad()
            functional.mse_loss(net(x), x[:, :1]).backward()
            optimiser.step()
        with torch.no_grad():
            product = adapter.b @ adapter.a
            if after == "another weight":
                product = torch.randn(8, 10)
            if after != "not merged":
                adapter.base.weight += product * (2.0 if after == "at another scale" else 0.5)
            if after == "taken back":
                adapter.base.weight -= product * 0.5
            if after == "zeroed":
                adapter.b.zero_()
            adapter.left_out = after == "left out"
            net(x)
    assert {finding.rule for finding in seen.findings} == found
