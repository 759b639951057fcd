"""Copies of rows on both sides of a split, and seeds that are set again in every epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset, TensorDataset

import goodfit
from goodfit.checks.engine.equal_by_nature import is_measured
from goodfit.checks.engine.loader_overlap import Rows, rows_of, share
from goodfit.checks.engine.split_copies import SplitCopies


@pytest.mark.parametrize(
    ("rows", "measured"),
    [
        (torch.randn(50, 5), True),
        (torch.randn(50, 5).repeat(3, 1), True),  # copies of measured rows
        (torch.cat([torch.randn(50, 3), torch.zeros(50, 2)], 1), False),  # three columns may be equal by chance
        (torch.randint(0, 9, (50, 5)).float(), False),
        (torch.rand(50, 8, 8), True),
        (torch.randint(0, 2, (50, 8, 8)).float(), False),
        (torch.randint(0, 10**6, (50, 5)), False),  # codes
    ],
)
def test_measured_rows(rows: Tensor, measured: bool) -> None:
    assert is_measured(rows) == measured


@pytest.mark.parametrize("kind", [np.asarray, torch.as_tensor, pd.DataFrame], ids=["array", "tensor", "frame"])
def test_rows_that_a_split_has_on_both_sides(kind: Callable[[np.ndarray], object]) -> None:
    rows = np.random.default_rng(0).normal(size=(100, 5))
    splits = SplitCopies()
    splits.note(kind(rows[:60]), kind(rows[50:90]))  # ten of forty
    copied = [True] * 10 + [False] * 30
    assert splits.share(copied) == 0.25
    assert splits.share(copied[:6] + [False] * 34) == 0.25  # not all of them were seen in training
    assert splits.share(copied[::-1]) == 0  # in another order: other rows
    assert splits.share(copied[:-1]) == 0
    assert splits.share([False] * 40) == 0


def test_frames_with_other_words_or_few_copies_have_no_rows_in_common() -> None:
    rows = np.random.default_rng(0).normal(size=(100, 5))
    first, second = pd.DataFrame(rows).assign(word="a"), pd.DataFrame(rows).assign(word="b")
    splits = SplitCopies()
    splits.note(first, second)
    splits.note(rows[:60], rows[59:])  # one of 41
    splits.note(list(range(60)), list(range(60)))
    assert splits.share([True] * 20 + [False] * 80) == splits.share([True] + [False] * 40) == 0


def loaded(x: Tensor, y: Tensor, rows: range) -> Rows:
    known = rows_of(DataLoader(Subset(data_of(x, y), rows)))
    assert known is not None
    return known


_DATA: dict[int, TensorDataset] = {}


def data_of(x: Tensor, y: Tensor) -> TensorDataset:
    return _DATA.setdefault(id(x), TensorDataset(x, y))


def test_copies_within_one_data_set() -> None:
    x, y = torch.randn(100, 6).repeat(2, 1), torch.randn(100).repeat(2)
    assert share(loaded(x, y, range(130, 180)), loaded(x, y, range(60))) == pytest.approx(0.6)  # rows 30 to 59
    assert share(loaded(x, y, range(140, 180)), loaded(x, y, range(120))) == 0.0  # all of them: a series repeats itself
    assert share(loaded(x, y, range(150, 200)), loaded(x, y, range(60))) == pytest.approx(0.2)  # rows 50 to 59
    again = torch.randn(100, 6).repeat(2, 1)
    assert share(loaded(again, torch.randn(200), range(130, 180)), loaded(again, y, range(60))) == 0.0


def _seed(number: int) -> None:
    torch.manual_seed(number)


def train(seed: Callable[[int], None], *, new_weights: bool = False, noise: float = 0.1) -> list[str]:
    torch.manual_seed(0)
    x = torch.randn(64, 4)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4))
    first = {name: value.clone() for name, value in net.state_dict().items()}
    with goodfit.watch(quiet=True) as watched:
        opt = torch.optim.SGD(net.parameters(), lr=0.01)
        for epoch in range(5):
            if new_weights:
                net.load_state_dict(first)
            seed(epoch)
            for part in x.split(16):
                given = part + noise * torch.randn_like(part) if noise else part
                loss = nn.functional.mse_loss(net(given), part)
                opt.zero_grad()
                loss.backward()
                opt.step()
    return [finding.rule for finding in watched.findings if "seeded" in finding.rule]


def test_the_same_seed_in_every_epoch() -> None:
    assert train(lambda epoch: _seed(3)) == ["seeded-each-epoch"]


def test_seeds_that_are_right() -> None:
    assert not train(lambda epoch: _seed(epoch))
    assert not train(lambda epoch: None)
    assert not train(lambda epoch: _seed(3), noise=0.0)  # nothing is drawn
    assert not train(lambda epoch: _seed(3), new_weights=True)  # trainings
