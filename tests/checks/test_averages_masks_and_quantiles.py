"""Averages that are kept anywhere, masks of hits, flags among other names, quantiles that heads learn."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import goodfit as gf
from goodfit.checks.rules.episode_end_ignored import ignored
from goodfit.checks.rules.quantiles_exchanged import _learnt

STORED = "memory.append((s, a, r, n, done))\n"
TARGET = "target = r + gamma * q(n)\n"


class Keeper:
    """Keeps weights as a user's class would."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept


def found(rule: str, steps: Callable[[], None]) -> set[str]:
    with gf.watch(quiet=True, strict=True, select=[rule]) as seen:
        steps()
    return {finding.rule for finding in seen.findings}


@pytest.mark.parametrize(("factor", "expected"), [(0.98, {"average-forgets"}), (0.02, set()), (1.0, set())])
@pytest.mark.parametrize("form", ["net", "dict", "list"])
def test_factor_of_an_average_wherever_it_is_kept(form: str, factor: float, expected: set[str]) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    weights = dict(net.named_parameters())
    values = {name: p.detach().clone() for name, p in weights.items()}
    keeper = Keeper(
        {"net": copy.deepcopy(net).requires_grad_(False), "dict": values, "list": list(values.values())}[form]
    )
    optimiser = torch.optim.SGD(net.parameters(), 0.1)

    def steps() -> None:
        for _ in range(8):
            optimiser.zero_grad()
            net(torch.randn(16, 4)).pow(2).mean().backward()
            optimiser.step()
            with torch.no_grad():
                if form == "net":
                    for old, new in zip(keeper.kept.parameters(), net.parameters(), strict=True):
                        old.copy_((1 - factor) * old + factor * new)
                elif form == "dict":
                    keeper.kept = {name: (1 - factor) * keeper.kept[name] + factor * p for name, p in weights.items()}
                else:
                    pairs = zip(keeper.kept, weights.values(), strict=True)
                    keeper.kept = [(1 - factor) * old + factor * new.detach() for old, new in pairs]

    assert found("average-forgets", steps) == expected


@pytest.mark.parametrize(
    ("drawn", "names"),
    [
        ("s, a, r, n, d = zip(*batch)\na, r, d = torch.tensor(a), torch.tensor(r), torch.tensor(d)\n", ["d"]),
        ("s, a, r, n, d = zip(*batch)\na, r, n = torch.tensor(a), torch.tensor(r), n * (1 - d)\n", []),
        ("r, n = [t[2] for t in batch], [t[3] for t in batch]\nend = torch.tensor([t[4] for t in batch])\n", ["end"]),
        ("r, n = [t[2] for t in batch], [t[3] for t in batch]\nunused = [t[0] for t in batch]\n", []),
    ],
)
def test_flag_that_is_only_given_another_form(drawn: str, names: list[str]) -> None:
    source = STORED + drawn + TARGET + "fit(s, a, target)\n"
    assert [name for name, _ in ignored(ast.parse(source))] == names


def pinball(error: Tensor, quantiles: Tensor) -> Tensor:
    return torch.maximum(quantiles * error, (quantiles - 1) * error).mean()


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lambda out, y, q: pinball(y - out, q), [0.1, 0.25, 0.8]),
        (lambda out, y, q: pinball(out - y, q), [0.9, 0.75, 0.2]),
        (lambda out, y, q: pinball(out - y, 1 - q), [0.1, 0.25, 0.8]),
        (lambda out, y, q: (out - y).abs().mean() + 0 * q.sum(), [0.5, 0.5, 0.5]),
        (lambda out, y, q: (out - y).pow(2).mean() + 0 * q.sum(), None),
    ],
)
def test_quantile_that_a_loss_makes_an_output_learn(
    loss: Callable[[Tensor, Tensor, Tensor], Tensor], expected: list[float] | None
) -> None:
    torch.manual_seed(0)
    out, y = torch.randn(50, 3, requires_grad=True) * 1, torch.randn(50, 1)
    edge = torch.autograd.graph.get_gradient_edge(out)
    learnt = _learnt(loss(out, y, torch.tensor([0.1, 0.25, 0.8])), [edge])
    assert (learnt is None) == (expected is None)
    if learnt is not None and expected is not None:
        np.testing.assert_allclose(learnt, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        ("none", {"scored-rows-in-loss"}),
        ("index", set()),
        ("ignored", set()),
        ("other labels", set()),
    ],
)
def test_hits_of_all_rows_that_are_masked_afterwards(masked: str, expected: set[str]) -> None:
    torch.manual_seed(0)
    x, y = torch.randn(60, 5), torch.arange(60) % 3
    test_mask = torch.arange(60) % 2 == 0
    net = nn.Linear(5, 3)
    optimiser = torch.optim.SGD(net.parameters(), 0.1)

    def steps() -> None:
        for _ in range(4):
            net.train()
            out, labels = net(x), y.clone() if masked == "other labels" else y
            if masked == "index":
                out, labels = out[~test_mask], y[~test_mask]
            elif masked == "ignored":
                labels = y.masked_fill(test_mask, -100)
            elif masked == "other labels":
                labels[test_mask] = (labels[test_mask] + 1) % 3
            optimiser.zero_grad()
            nn.functional.cross_entropy(out, labels).backward()
            optimiser.step()
            net.eval()
            with torch.no_grad():
                hit = net(x).argmax(1) == y
            assert 0 <= hit[test_mask].float().mean() <= 1

    assert found("scored-rows-in-loss", steps) == expected
