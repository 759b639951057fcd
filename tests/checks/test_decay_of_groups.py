"""Weight decay by groups: the usual two, exchanged, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional

import goodfit as gf

DECAY, NONE = 0.1, 0.0


@pytest.mark.parametrize(
    ("decays", "found"),
    [
        ({"weight": NONE, "bias": DECAY, "norm": DECAY}, {"decay-on-biases-alone"}),
        ({"weight": NONE, "bias": DECAY, "norm": NONE}, {"decay-on-biases-alone"}),
        ({"weight": DECAY, "bias": NONE, "norm": NONE}, set()),
        ({"weight": DECAY, "bias": DECAY, "norm": DECAY}, set()),
        ({"weight": NONE, "bias": NONE, "norm": NONE}, set()),
        ({"weight": NONE, "bias": NONE, "norm": DECAY}, set()),
        ({"weight": NONE, "bias": DECAY, "norm": DECAY, "0.weight": DECAY}, set()),
        ({"bias": DECAY, "norm": NONE}, set()),
    ],
)
@pytest.mark.parametrize("optimiser", [torch.optim.AdamW, torch.optim.SGD])
def test_which_groups_decay(
    optimiser: Callable[..., torch.optim.Optimizer], decays: dict[str, float], found: set[str]
) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 8), nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
    groups: dict[float, list[nn.Parameter]] = {}
    for name, param in net.named_parameters():
        kind = "norm" if name == "1.weight" else name.split(".")[1]
        if name in decays or kind in decays:
            groups.setdefault(decays.get(name, decays.get(kind, NONE)), []).append(param)
    given = [{"params": params, "weight_decay": decay} for decay, params in groups.items()]
    trained = optimiser(given, lr=1e-3)
    x = torch.randn(32, 6)
    with gf.watch(quiet=True, strict=True, select=["decay-on-biases-alone"]) as seen:
        for _ in range(3):
            trained.zero_grad()
            functional.mse_loss(net(x), x[:, :1]).backward()
            trained.step()
    assert {finding.rule for finding in seen.findings} == found
