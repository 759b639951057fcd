"""What public programs do rightly, as they were found to do it, beside the mistake that it resembles."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, TensorDataset

import goodfit as gf


def warned(seen: Any) -> set[str]:
    return {finding.rule for finding in seen.findings if finding.level.value != "notice"}


def train(net: nn.Module, optimiser: torch.optim.Optimizer, loss: Callable[[], Tensor], steps: int) -> None:
    for _ in range(steps):
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()


@pytest.mark.parametrize(("epochs", "found"), [(range(6), set()), (None, {"scheduler-pace"})])
def test_a_schedule_is_set_to_the_epoch_that_begins(epochs: range | None, found: set[str]) -> None:
    """By its number it is at the first value in the first epoch; without one it has gone on by one already."""
    net = nn.Linear(4, 1)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    with warnings.catch_warnings(), gf.watch(quiet=True, strict=True, select=["scheduler-pace"]) as seen:
        warnings.simplefilter("ignore")  # torch's own, of the order and of the number
        scheduler = torch.optim.lr_scheduler.StepLR(optimiser, step_size=4)
        for epoch in range(6):
            scheduler.step(*([] if epochs is None else [epochs[epoch]]))
            assert epochs is None or scheduler.get_last_lr() == [1e-2 if epoch < 4 else pytest.approx(1e-3)]
            for _ in range(4):
                x = torch.randn(8, 4)
                optimiser.zero_grad()
                functional.mse_loss(net(x), x[:, :1]).backward()
                optimiser.step()
    assert {finding.rule for finding in seen.findings} == found


class Cut(nn.Module):
    """Two heads, whose logits go through a ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.one, self.other = nn.Linear(6, 8), nn.Linear(8, 3), nn.Linear(8, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        shared = torch.tanh(self.body(x))
        return self.one(shared).relu(), self.other(shared).relu()


def test_logits_that_are_cut_are_named_where_they_train_and_not_again_where_they_are_evaluated() -> None:
    net = Cut()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with gf.watch(quiet=True, strict=True, select=["clipped-logits"]) as seen:
        for _ in range(3):
            one, other = net(torch.randn(12, 6))
            loss = functional.cross_entropy(one, torch.randint(3, (12,)))
            loss = loss + functional.cross_entropy(other, torch.randint(4, (12,)))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        net.eval()  # with gradients being recorded
        functional.cross_entropy(net(torch.randn(12, 6))[0], torch.randint(3, (12,)))
    assert len({finding.line for finding in seen.findings}) == 2


class Drawn(Dataset[tuple[Tensor, Tensor]]):
    """Rows that are drawn anew each time; or kept, and moved at random each time."""

    def __init__(self, rows: int, *, kept: bool) -> None:
        self.count, self.x = rows, torch.randn(rows, 6) if kept else None

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        x = torch.randn(6) if self.x is None else self.x[row] + 0.1 * torch.randn(6)
        return x, torch.tensor(row % 2)


@pytest.mark.parametrize(("kept", "found"), [(True, {"augmented-validation"}), (False, set())])
def test_rows_that_a_data_set_draws_anew_are_not_augmented(kept: bool, found: set[str]) -> None:
    net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 2))
    optimiser = torch.optim.Adam(net.parameters())
    with gf.watch(quiet=True, strict=True, select=["augmented-validation"]) as seen:
        loaders = DataLoader(Drawn(64, kept=kept), 16), DataLoader(Drawn(32, kept=kept), 16)
        for _ in range(3):
            for x, y in loaders[0]:
                train(net, optimiser, lambda x=x, y=y: functional.cross_entropy(net(x), y), 1)  # type: ignore[misc]
            with torch.no_grad():
                for x, y in loaders[1]:
                    functional.cross_entropy(net(x), y)
    assert warned(seen) == found


class Asked(Dataset[tuple[Tensor, Tensor]]):
    """Rows whose question is drawn anew: masked token ids with their targets, or noise on what is to be found."""

    def __init__(self, rows: int, kind: str) -> None:
        self.x = torch.randint(1, 9, (rows, 6)) if kind == "words" else torch.randn(rows, 6)
        self.kind = kind

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        x = self.x[row]
        if self.kind == "words":
            asked = torch.rand(6) < 0.4
            return x.masked_fill(asked, 0), x.masked_fill(~asked, -100)
        noisy = x + 0.3 * torch.randn(6)
        return noisy, x if self.kind == "noise" else x.flip(0).roll(row)


@pytest.mark.parametrize(("kind", "found"), [("words", False), ("noise", False), ("other", True)])
def test_rows_whose_question_is_drawn_anew_are_not_augmented(kind: str, found: bool) -> None:
    net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 6))
    optimiser = torch.optim.Adam(net.parameters())

    def loss(x: Tensor, y: Tensor) -> Tensor:
        return functional.mse_loss(net(x.float()), y.float())

    with gf.watch(quiet=True, strict=True, select=["augmented-validation"]) as seen:
        loaders = DataLoader(Asked(64, kind), 16), DataLoader(Asked(32, kind), 16)
        for _ in range(3):
            for x, y in loaders[0]:
                train(net, optimiser, lambda x=x, y=y: loss(x, y), 1)  # type: ignore[misc]
            with torch.no_grad():
                for x, y in loaders[1]:
                    loss(x, y)
    assert bool(warned(seen)) is found


@pytest.mark.parametrize(("epochs", "found"), [(9, set()), (16, {"rate-of-zero"})])
def test_a_cosine_that_ends_before_the_next_schedule_begins(epochs: int, found: set[str]) -> None:
    """One epoch at the rate 0, after which weights are averaged at another one; or half of the training."""
    net = nn.Linear(4, 1)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with gf.watch(quiet=True, strict=True, select=["rate-of-zero"]) as seen:
        cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=8)
        for epoch in range(14 if epochs == 9 else epochs):
            train(net, optimiser, lambda: functional.mse_loss(net(torch.randn(8, 4)), torch.zeros(8, 1)), 4)
            if epoch < 8:
                cosine.step()
            elif epochs == 9:
                optimiser.param_groups[0]["lr"] = 0.05
                optimiser.param_groups[0]["initial_lr"] = 0.05
                cosine.base_lrs, cosine.last_epoch = [0.05], 3
                cosine.step()
    assert warned(seen) == found


@pytest.mark.parametrize(("rectified", "found"), [(True, set()), (False, {"constant-input"})])
def test_a_dead_feature_of_another_net_is_no_constant_column(rectified: bool, found: set[str]) -> None:
    x = torch.randn(600, 10)
    x = x.relu() if rectified else x
    x[:, 3] = 0
    head = nn.Linear(10, 1)
    optimiser = torch.optim.Adam(head.parameters())
    with gf.watch(quiet=True, strict=True, select=["constant-input"]) as seen:
        train(head, optimiser, lambda: functional.mse_loss(head(x), x[:, :1]), 6)
    assert warned(seen) == found


def test_the_last_bias_of_an_energy_has_no_say_in_forces() -> None:
    net = nn.Sequential(nn.Linear(3, 16), nn.SiLU(), nn.Linear(16, 1))
    optimiser = torch.optim.Adam(net.parameters())

    def of_forces() -> Tensor:
        x = torch.randn(16, 3, requires_grad=True)
        (force,) = torch.autograd.grad(-net(x).sum(), x, create_graph=True)
        return functional.mse_loss(force, -x.detach())

    with gf.watch(quiet=True, strict=True) as seen:
        train(net, optimiser, of_forces, 8)
    assert "no-gradient" not in warned(seen)


def test_statistics_of_the_batch_are_used_on_purpose_where_none_are_kept() -> None:
    net = nn.Sequential(nn.Linear(5, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 3))
    adapted = copy.deepcopy(net)
    for module in adapted.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.track_running_stats = False
            module.running_mean = module.running_var = None
    optimiser = torch.optim.SGD(adapted[1].parameters(), lr=0.01)

    def entropy() -> Tensor:
        out: Tensor = adapted(torch.randn(32, 5))
        return -(out.softmax(1) * out.log_softmax(1)).sum(1).mean()

    with gf.watch(quiet=True, strict=True, select=["samples-mix"]) as seen:
        train(adapted, optimiser, entropy, 4)
    assert warned(seen) == set()


@pytest.mark.parametrize(("rows_of_first", "found"), [(394, set()), (200, {"unshuffled"})])
def test_batches_of_one_class_may_be_chance(rows_of_first: int, found: set[str]) -> None:
    """394 of 400 rows are of one class, in any order; or half of them, one class after the other."""
    y = (torch.arange(400) >= rows_of_first).long()
    order = torch.randperm(400, generator=torch.Generator().manual_seed(4)) if not found else torch.arange(400)
    net = nn.Linear(4, 2)
    optimiser = torch.optim.Adam(net.parameters())
    with gf.watch(quiet=True, strict=True, select=["unshuffled"]) as seen:
        for _ in range(2):
            for x, label in DataLoader(TensorDataset(torch.randn(400, 4), y[order]), 32):
                train(net, optimiser, lambda x=x, y=label: functional.cross_entropy(net(x), y), 1)  # type: ignore[misc]
    assert warned(seen) == found


def test_outputs_of_dead_units_are_alike_for_another_reason() -> None:
    first = nn.Linear(5, 8)
    with torch.no_grad():
        first.weight.mul_(0.01)
        first.bias.fill_(-5)
    net = nn.Sequential(first, nn.ReLU(), nn.Linear(8, 2))
    optimiser = torch.optim.Adam(net.parameters())
    with gf.watch(quiet=True, strict=True, select=["output-ignores-input"]) as seen:
        train(net, optimiser, lambda: functional.cross_entropy(net(torch.randn(16, 5)), torch.ones(16).long()), 12)
    assert warned(seen) == set()


def test_gradients_next_to_nothing_are_not_the_fault_of_the_rate() -> None:
    net, x = nn.Linear(6, 1), torch.randn(16, 6)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with gf.watch(quiet=True, strict=True, select=["learning-rate"]) as seen:
        train(net, optimiser, lambda: 1e-8 * functional.mse_loss(net(x), torch.ones(16, 1)), 40)
    (finding,) = seen.findings
    assert "hardly depends on them, at any rate" in finding.message
