"""Who hears of a call, and how many calls are looked at where a net is called very often between two steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Categorical
from torch.utils.data import DataLoader, Dataset

import goodfit as gf
from goodfit.checks.engine.dispatch import CallListeners, listeners
from goodfit.checks.engine.events import Call, EqualTo, Event, Loss, NetCall, Read, Reshape
from goodfit.checks.engine.program_state import Losses, ProgramState
from goodfit.checks.engine.watcher import FIRST_TICKS, Watcher
from goodfit.checks.finding import Level
from goodfit.checks.rule import LiveRule


class OfConvolutions(LiveRule):
    code, level = "GF911", Level.NOTICE
    layers = (nn.Conv2d,)

    def on_call(self, event: Call) -> None: ...

    def on_net_call(self, event: NetCall) -> None: ...


class OfAll(LiveRule):
    code, level = "GF912", Level.NOTICE

    def on_call(self, event: Call) -> None: ...


def test_a_rule_hears_of_its_layers_and_of_nets() -> None:
    rules = [OfConvolutions(ProgramState()), OfAll(ProgramState())]
    calls = CallListeners(listeners(rules, asleep=False))

    def heard(kind: type[Call], module: nn.Module) -> list[str]:
        event = kind(module, module, [], None, None, training=True, grad=True)
        return [f"{type(rule).__name__}.{method.__name__}" for rule, method in calls.of(event)]

    assert heard(Call, nn.Conv2d(1, 1, 1)) == ["OfConvolutions.on_call", "OfAll.on_call"]
    assert heard(Call, nn.ReLU()) == ["OfAll.on_call"]
    assert heard(NetCall, nn.Linear(1, 1)) == ["OfAll.on_call", "OfConvolutions.on_net_call"]
    assert heard(NetCall, nn.Conv2d(1, 1, 1)) == [
        "OfConvolutions.on_call", "OfAll.on_call", "OfConvolutions.on_net_call",
    ]  # fmt: skip


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[type[Event]]]:
    """How many events of each kind the watcher hears while it watches."""
    counts: Counter[type[Event]] = Counter()
    tell = Watcher.tell

    def count(watcher: Watcher, event: Event) -> None:
        counts[type(event)] += not watcher.busy
        tell(watcher, event)

    monkeypatch.setattr(Watcher, "tell", count)
    with gf.watch(quiet=True):
        yield counts


def test_of_a_rollout_the_first_calls_are_seen_and_then_ever_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
    with counted(monkeypatch) as counts:
        for _ in range(200):
            with torch.no_grad():
                net(torch.zeros(1, 3))
    assert counts[NetCall] == 16 + len([32, 48, 64, 80, 96, 112, 128]) + len([192])
    assert counts[Call] == 3 * counts[NetCall]


def test_what_is_played_before_the_first_step_puts_the_rules_to_sleep_and_backward_wakes_them() -> None:
    net = nn.Linear(3, 2)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    awake: list[bool] = []
    with gf.watch(quiet=True) as seen:
        for calls in (FIRST_TICKS - 1, 1):
            for _ in range(calls):
                net(torch.zeros(1, 3))
            awake.append(seen.watcher.awake)
        net(torch.zeros(4, 3)).sum().backward()
        awake.append(seen.watcher.awake)
        optimiser.step()
        for _ in range(FIRST_TICKS):  # of these, calls that are passed over count for nothing
            net(torch.zeros(1, 3))
        awake.append(seen.watcher.awake)
    assert awake == [True, False, True, True]


def test_after_a_step_and_in_another_shape_calls_are_seen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    net = nn.Linear(3, 2)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    with counted(monkeypatch) as counts:
        for rows in (1, 2):
            for _ in range(16):
                net(torch.zeros(rows, 3))
        net(torch.zeros(4, 3)).sum().backward()
        optimiser.step()
        net(torch.zeros(1, 3))
    assert counts[NetCall] == 34


class Fragile(nn.Module):
    """Raises now and then, after it has drawn a sample."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.calls = 0

    def forward(self, x: Tensor) -> Any:
        self.calls += 1
        distribution = Categorical(logits=self.layer(x))
        distribution.sample()
        if self.calls == 20:
            raise ValueError("by design")
        return distribution.probs


def test_a_call_that_is_passed_over_and_raises_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Fragile()
    with counted(monkeypatch) as counts:
        for _ in range(40):
            try:
                net(torch.zeros(1, 3))
            except ValueError:
                continue
        nn.functional.mse_loss(nn.Linear(3, 2)(torch.zeros(5, 3)), torch.zeros(5, 2))
    assert counts[NetCall] == 16 + 1 + 1  # the 32nd, and the other net
    assert counts[Loss] == 1


def test_losses_in_turns_are_no_jumps() -> None:
    losses = Losses()
    assert {losses.add(value) for value in [0.01, 5.0, 0.012, 6.0, 0.009, 4.0]} == {"", "jump"}
    assert [losses.add(value) for value in [0.01, 5.5, 0.01, 70.0]] == ["", "", "", "jump"]
    assert losses.add(float("nan")) == "nonfinite"


class Rows(Dataset[Tensor]):
    """Reads what it keeps, as torchvision's do, and perhaps asks a net, or a transform of each row."""

    def __init__(self, net: nn.Module | None, transform: nn.Module | None = None) -> None:
        self.net, self.transform = net, transform

    def __len__(self) -> int:
        return 12

    def __getitem__(self, row: int) -> Tensor:
        kept = torch.tensor(torch.full((3,), float(row)).numpy())
        if self.net is not None:
            self.net(kept).max(0)
        if self.transform is not None:
            self.transform(kept).max(0)
        return kept


@pytest.mark.parametrize("asks", [False, True])
def test_what_a_data_set_reads_of_its_own_rows_is_not_looked_at(monkeypatch: pytest.MonkeyPatch, asks: bool) -> None:
    rows = Rows(nn.Linear(3, 2) if asks else None)
    with counted(monkeypatch) as counts:
        for batch in DataLoader(rows, 4):
            batch.numpy()
    assert counts[Read] == (3 + 12 + 9 if asks else 3)  # of batches; of outputs, and what follows the first one's


class Normalised(nn.Module):
    """As torchvision's: a module without parameters, which compares its divisor with 0 and views it for each row."""

    def forward(self, x: Tensor) -> Tensor:
        divisor = torch.ones(3)
        if bool((divisor == 0).any()):
            raise ValueError("division by zero")
        return x.view(1, 1, 3) / divisor.view(-1, 1, 1)


def test_a_transform_of_rows_is_no_net_and_what_it_does_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as counts:
        for batch in DataLoader(Rows(None, nn.Sequential(Normalised(), nn.ReLU())), 4):
            batch.numpy()
    assert (counts[Read], counts[EqualTo], counts[Reshape]) == (3, 0, 3 * 2 * 4)
    with counted(monkeypatch) as counts:
        for batch in DataLoader(Rows(None, Normalised()), 12):
            assert len(batch) == 12
    assert counts[Reshape] == 16  # of 24


class Images(Dataset[Tensor]):
    def __len__(self) -> int:
        return 60

    def __getitem__(self, row: int) -> Tensor:
        return torch.full((16,), float(row)).view(1, 4, 4)


def test_of_the_rows_of_a_batch_that_a_data_set_makes_the_first_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with counted(monkeypatch) as counts:
        for batch in DataLoader(Images(), 20):
            for row in batch:
                row.view(4, 2, 2)
    assert counts[Reshape] == 3 * (16 + 20)
