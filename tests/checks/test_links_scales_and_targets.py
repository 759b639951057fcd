"""Rules on links in both directions, series that are scaled whole, targets that are the net, weights after a mean."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import goodfit as gf
from goodfit.checks.rules.files_in_text_order import _agreement, _text_order
from goodfit.checks.rules.reverse_edges_across_parts import _reversed
from goodfit.checks.rules.series_scaled_whole import scaled_whole
from goodfit.checks.rules.target_is_the_net import targets_that_are_the_net
from goodfit.checks.rules.unsigned_difference import differences
from goodfit.checks.rules.weights_by_frequency import _turned_labels

PAIRS = torch.combinations(torch.arange(40))[::3].t()  # (2, 260), each once


def test_the_share_of_held_out_links_whose_reverse_is_trained_on() -> None:
    train = torch.cat([PAIRS, PAIRS[:, 60:].flip(0)], 1)
    held_out = PAIRS[:, :60].flip(0)
    assert _reversed(train, held_out) == 1.0


def test_links_of_a_part_that_holds_both_of_their_directions_are_apart() -> None:
    both = torch.cat([PAIRS, PAIRS.flip(0)], 1)
    train, held_out = both[:, torch.arange(520) % 260 < 200], both[:, torch.arange(520) % 260 >= 200]
    assert _reversed(train, held_out) is None


def test_links_with_a_direction_may_be_returned() -> None:
    assert _reversed(PAIRS[:, :200], torch.cat([PAIRS[:, 200:], PAIRS[:, :30].flip(0)], 1)) is None


CUT = "\na, b = scaled[:k], scaled[k:]"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("scaled = (x - x.mean(0)) / x.std(0)" + CUT, True),
        ("low, high = x.min(axis=0), x.max(axis=0)\nscaled = (x - low) / (high - low)" + CUT, True),
        ("scaled = (x - np.mean(x)) / np.std(x)\nrows = cut(scaled)\na = rows[:k]\nb = rows[k + 9:]", True),
        ("scaled = (x - x[:k].mean(0)) / x[:k].std(0)" + CUT, False),
        ("scaled = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)" + CUT, False),  # each row by itself
        ("scaled = (x - past.mean(0)) / past.std(0)" + CUT, False),  # the training part has a name of its own
        ("a, b = x[:k], x[k:]\nscaled = (x - x.mean(0)) / x.std(0)", False),  # cut before
        ("scaled = (x - x.mean(0)) / x.std(0)\na, b = scaled[:k], scaled[m:]", False),  # not at one place
        ("scaled = (x - x.mean(0)) / x.std(0)\nprint(scaled[:k].mean(), scaled[k:].mean())", False),
    ],
)
def test_series_that_are_scaled_before_they_are_cut(source: str, found: bool) -> None:
    assert bool(list(scaled_whole(ast.parse(source).body))) is found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("target = net", True),
        ("target = copy.deepcopy(net)", False),
        ("target.load_state_dict(net.state_dict())", False),
        ("best = net", False),
        ("for t, p in zip(target.parameters(), net.parameters()): t.data = p.data", True),
        ("for t, p in zip(target.parameters(), net.parameters()): t.data = p", True),
        ("for t, p in zip(target.parameters(), net.parameters()): t.data = p.data.clone()", False),
        ("for p, t in zip(net.parameters(), target.parameters()): p.data = t.data", False),  # lent to the net
    ],
)
def test_targets_that_become_the_net(statement: str, found: bool) -> None:
    source = f"opt = Adam(net.parameters())\naim = target(later)\n{statement}"
    assert bool(list(targets_that_are_the_net(ast.parse(source)))) is found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("return self.frames[i] - self.frames[i - 1]", True),
        ("a, b = self.frames[i]\nreturn (b - a).astype(float)", True),
        ("a, b = self.frames[i].astype(float)\nreturn b - a", False),
        ("return self.frames[i] - self.mean", False),
        ("return self.frames[i].astype(float) - self.frames[i - 1]", False),
        ("a = self.frames[i]\na = a.astype(float)\nreturn a - a", False),  # a name with two values
        ("return cv2.imread(p) - cv2.imread(q)", True),
        ("return imageio.imread(p) - imageio.imread(q)", False),  # of a type that is not known
        ("a = np.array(Image.open(p).convert('L'))\nb = np.array(Image.open(q), dtype=float)\nreturn a - b", False),
        ("a = np.array(Image.open(p).convert('L'))\nb = np.asarray(Image.open(q).convert('L'))\nreturn a - b", True),
    ],
)
def test_differences_of_unsigned_values(lines: str, found: bool) -> None:
    source = "class Frames:\n    def __getitem__(self, i):\n" + textwrap.indent(lines, " " * 8)
    assert bool(list(differences(ast.parse(source), {"Frames": {"frames"}}))) is found


def test_the_order_of_text_and_the_place_of_each_number() -> None:
    paths = sorted(Path(f"at/{number}.npy") for number in range(45))
    places = _text_order(paths)
    assert places is not None
    np.testing.assert_array_equal(places, [int(path.stem) for path in paths])
    assert _text_order([f"{number:03}.npy" for number in range(45)]) is None  # both orders are one
    assert _text_order([f"{number}.npy" for number in range(45)]) is None  # in that of the numbers


def test_labels_that_fit_their_inputs_are_far_above_chance_and_others_are_not() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 4, 400)
    inputs = 2 * np.eye(4)[labels] + rng.normal(size=(400, 4))
    own, other = _agreement(inputs, labels), _agreement(inputs, rng.permutation(labels))
    assert own is not None
    assert other is not None
    assert own[0] > 0.6
    assert own[1] > 10
    assert abs(other[1]) < 3


@pytest.mark.parametrize(("given", "turned"), [((1 / 9, 1 / 4), 2), ((9.0, 4.0), None), ((1 / 9, 4.0), None)])
def test_weights_of_several_labels(given: tuple[float, float], turned: int | None) -> None:
    counts = torch.tensor([[900.0, 800.0], [100.0, 200.0]])
    assert _turned_labels(torch.tensor([[1.0, 1.0], given]), counts) == turned


def loss_of(x: Tensor, aim: Tensor, *, reduction: str = "mean") -> Tensor:
    return nn.functional.mse_loss(x, aim, reduction=reduction)


@pytest.mark.parametrize(
    ("losses", "found"),
    [
        (lambda x, aim, w: (loss_of(x, aim) * w).mean(), True),
        (lambda x, aim, w: -(w * -(x - aim).square().mean()).sum(), True),
        (lambda x, aim, w: (loss_of(x, aim, reduction="none") * w).mean(), False),
        (lambda x, aim, w: loss_of(x, aim) * w.mean(), False),
        (lambda x, aim, w: (loss_of(x, aim) * torch.ones(24)).mean(), False),  # equal weights
        (lambda x, aim, w: (loss_of(x, aim) * w[:5]).mean(), False),  # of something else
        (lambda x, aim, w: ((x - aim).square().sum() * (w > 0.5)).sum(), True),  # a sum, charged once a row
        (lambda x, aim, w: ((x - aim).square() * (w > 0.5)).sum(), False),
        (lambda x, aim, w: ((x - aim).view(6, 4, 1).square().sum() * w.view(6, 4)).sum(), True),
        (lambda x, aim, w: ((x - aim).view(6, 4, 1).square().sum(-1) * w.view(6, 4)).sum(), False),
        (lambda x, aim, w: ((x - aim).view(6, 4).square().sum() * w).sum(), False),  # weights of something else
    ],
)
def test_rows_are_weighed_before_their_mean(losses: Callable[[Tensor, Tensor, Tensor], Tensor], found: bool) -> None:
    torch.manual_seed(0)
    net = nn.Linear(6, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    with gf.watch(quiet=True, strict=True) as seen:
        for _ in range(6):
            loss = losses(net(torch.randn(24, 6))[:, 0], torch.randn(24), torch.rand(24))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert ("weighed-after-mean" in {finding.rule for finding in seen.findings}) is found
