"""Rules on how a diffusion samples, what a likelihood is given, where a loop returns; and gradients in two passes."""

from __future__ import annotations

import ast
import textwrap
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import goodfit
from goodfit.checks.rules.deviation_as_variance import deviations
from goodfit.checks.rules.loop_ends_at_once import ended
from goodfit.checks.rules.sampled_forwards import forwards
from goodfit.checks.rules.window_over_target import over_target


def tree(source: str) -> ast.Module:
    return ast.parse(textwrap.dedent(source))


SAMPLE = """
def sample(n):
    x = torch.randn(n, 2)
    for t in {steps}:
        x = (x - betas[t] * net(x, t)) / alphas[t].sqrt()
    return x
"""


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        ("range(T)", 1),
        ("tqdm(range(T))", 1),
        ("reversed(range(T))", 0),
        ("range(T - 1, -1, -1)", 0),
        ("range(T)[::-1]", 0),
    ],
)
def test_a_diffusion_samples_from_the_last_step_down(steps: str, count: int) -> None:
    assert len(set(forwards(tree(SAMPLE.format(steps=steps))))) == count


@pytest.mark.parametrize(
    "source",
    [
        "x = data\nfor t in range(T): x = alphas[t] * x + betas[t] * torch.randn_like(x)",  # adds noise
        "x = torch.randn(2)\nfor t in range(T): x = x + net(x, t / T) / T",  # a flow goes from 0 to 1
        "betas = betas.flip(0)\nx = torch.randn(2)\nfor t in range(T): x = x - betas[t] * net(x, t)",  # tables turned
    ],
)
def test_other_chains_go_up(source: str) -> None:
    assert not list(forwards(tree(source)))


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("crit = nn.GaussianNLLLoss()\nloss = crit(mean, y, std)", 1),
        ("net, crit = Net(), GaussianNLLLoss()\nloss = crit(mean, y, var=sigma)", 1),
        ("loss = F.gaussian_nll_loss(mean, y, out.scale)", 1),
        ("self.crit = nn.GaussianNLLLoss()\nloss = self.crit(mean, y, log_sigma)", 1),
        ("crit = nn.GaussianNLLLoss()\nloss = crit(mean, y, std ** 2)", 0),
        ("crit = nn.GaussianNLLLoss()\nloss = crit(mean, y, var)", 0),
        ("crit = nn.GaussianNLLLoss()\nloss = crit(mean, y, sigma2)", 0),
        ("loss = other(mean, y, std)", 0),
    ],
)
def test_a_likelihood_that_takes_a_variance(source: str, count: int) -> None:
    assert len(list(deviations(tree(source)))) == count


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f():\n for x, y in data:\n  right += g(x)\n  return right / n", 1),
        ("def f():\n for x in data:\n  losses.append(g(x))\n  return mean(losses)", 1),
        ("def f():\n for x, y in data:\n  right += g(x)\n return right / n", 0),
        ("def f():\n for x in data:\n  return x", 0),
        ("def f():\n for x in data:\n  n += 1\n  if n > 3: return n", 0),
        ("def f():\n for x in data:\n  tries += 1\n  if bad(x): continue\n  return tries", 0),
    ],
)
def test_a_loop_that_returns_in_its_first_round(source: str, count: int) -> None:
    assert len(list(ended(tree(source)))) == count


@pytest.mark.parametrize(
    ("window", "count"), [("rolling(3, center=True)", 1), ("rolling(3)", 0), ("shift(1).rolling(3, center=True)", 0)]
)
def test_a_centred_window_reaches_the_next_row(window: str, count: int) -> None:
    source = f"""
    df["target"] = df["load"].shift(-1)
    df["smooth"] = df["load"].{window}.mean()
    columns = [name for name in df.columns if name != "target"]
    """
    assert len(list(over_target(tree(source)))) == count


class TwoInputs(torch.autograd.Function):
    """Of x * w; the gradient of x alone is not multiplied by the one that is given."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, w: Tensor) -> Tensor:
        ctx.save_for_backward(x, w)
        return x * w

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
        x, w = ctx.saved_tensors
        of_w = (grad * x).sum()
        return w.expand_as(x), of_w


def test_one_of_two_gradients_of_a_function() -> None:
    torch.manual_seed(0)
    layer, w = nn.Linear(3, 2), nn.Parameter(torch.ones(()))
    optimizer = torch.optim.SGD([*layer.parameters(), w], lr=0.01)
    with goodfit.watch(quiet=True) as seen:
        for _ in range(3):
            loss = TwoInputs.apply(layer(torch.randn(6, 3)), w).square().mean()  # type: ignore[no-untyped-call]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert "backward-ignores-gradient" in {finding.rule for finding in seen.findings}


@pytest.mark.parametrize(("both", "rule"), [(True, False), (False, True)])
def test_a_head_whose_loss_goes_back_in_a_second_pass(both: bool, rule: bool) -> None:
    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.trunk, self.one, self.other = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 1)

        def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
            h = torch.relu(self.trunk(x))
            return self.one(h), self.other(h)

    torch.manual_seed(0)
    net = Heads()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with goodfit.watch(quiet=True) as seen:
        for _ in range(8):
            one, other = net(torch.randn(16, 4))
            optimizer.zero_grad()
            (one - 1).square().mean().backward(retain_graph=True)
            if both:
                (other - 2).square().mean().backward()
            optimizer.step()
    assert ("no-gradient" in {finding.rule for finding in seen.findings}) is rule
