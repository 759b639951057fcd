"""A loader of the training rows that the program calls one of validation: only its name says so."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import goodfit as gf
from goodfit.checks.engine.loader_overlap import held_out_name


@pytest.mark.parametrize(
    "names",
    [
        {"val_loader"},
        {"loader", "val_loader"},
        {"testLoader"},
        {"VALID_DL"},
        {"val"},
        {"devloader"},
        {"dl_validation"},
    ],
)
def test_names_that_say_validation(names: set[str]) -> None:
    assert held_out_name(names) in names


@pytest.mark.parametrize(
    "names",
    [
        set(),
        {"loader"},
        {"values_loader"},
        {"latest_loader"},
        {"test_loader", "train_loader"},  # a function that is given the training loader
        {"train_eval_loader"},
        {"trainval_loader"},
        {"evaluator"},
        {"device_loader"},
    ],
)
def test_names_that_do_not(names: set[str]) -> None:
    assert held_out_name(names) is None


class Program:
    """Trains, and evaluates on another loader of the same data set, kept under a name."""

    def __init__(self, name: str) -> None:
        torch.manual_seed(0)
        x = torch.randn(90, 6)
        rows = TensorDataset(x, (x[:, 0] > 0).long())
        self.train_loader = DataLoader(rows, batch_size=15, shuffle=True)
        self.loaders = {name: DataLoader(rows, batch_size=15)}
        self.name = name
        self.net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))

    def run(self) -> None:
        optimiser = torch.optim.Adam(self.net.parameters(), 1e-2)
        for _ in range(3):
            self.net.train()
            for x, y in self.train_loader:
                optimiser.zero_grad()
                functional.cross_entropy(self.net(x), y).backward()
                optimiser.step()
            self.net.eval()
            with torch.no_grad():
                for x, y in self.loaders[self.name]:
                    functional.cross_entropy(self.net(x), y)


def found(program: Program) -> list[tuple[str, str]]:
    seen: Any
    with gf.watch(quiet=True) as seen:
        program.run()
    return [(finding.rule, finding.level.value) for finding in seen.findings]


def test_a_validation_loader_of_the_training_rows_is_found() -> None:
    assert found(Program("val")) == [("train-rows-in-validation", "warning")]


def test_the_score_on_training_rows_may_be_taken() -> None:
    assert found(Program("train_again")) == []
