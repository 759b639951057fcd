"""A rule that fails by itself is a finding; the others still speak, and what cannot be examined is counted."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

import goodfit as gf
from goodfit.checks.engine.events import Event, Loss, Step, WatchEnds
from goodfit.checks.formats import as_text
from goodfit.checks.rules.gradients_not_zeroed import GradientsNotZeroed
from goodfit.checks.rules.initial_loss import InitialLoss
from goodfit.checks.rules.learning_rate import LearningRate


def train(net: nn.Module | None = None, *, softmax: bool = False, steps: int = 6) -> None:
    torch.manual_seed(0)
    net = net or nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(steps):
        x = torch.randn(16, 4)
        out = net(x)
        loss = functional.cross_entropy(out.softmax(1) if softmax else out, x[:, :3].argmax(1))  # where it fails
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def crash_on(event: type[Event]) -> Callable[..., None]:
    """A handler of these events that raises."""

    def handler(rule: object, event: Any) -> None:
        raise ZeroDivisionError("by design\nand a second line that is left out")

    handler.__annotations__["event"] = event
    return handler


def test_a_rule_that_fails_is_one_finding_and_the_others_still_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InitialLoss, "on_loss", crash_on(Loss))
    monkeypatch.setattr(GradientsNotZeroed, "on_step", crash_on(Step))
    with gf.watch(quiet=True) as seen:
        train(softmax=True)
    failures = [finding for finding in seen.findings if finding.rule == "rule-failed"]
    others = {finding.rule for finding in seen.findings} - {"rule-failed"}
    assert others == {"softmax-before-cross-entropy"}
    assert [(finding.code, finding.level.value, finding.count) for finding in failures] == [("GF000", "error", 6)] * 2
    first = next(finding for finding in failures if "initial-loss" in finding.message)
    assert "the rule initial-loss failed with ZeroDivisionError: by design;" in first.message
    assert "second line" not in first.message
    assert first.fix == "Report this as a bug of goodfit, or leave the rule out with --ignore GF213"
    assert first.file is not None
    assert first.line is not None
    with open(first.file, encoding="utf-8") as source:  # noqa: PTH123  # as the report names it, from the working folder
        assert "# where it fails" in source.readlines()[first.line - 1]
    assert as_text(seen.findings).count("[GF000]  (seen 6 times)") == 2


def test_the_line_of_the_rule_that_failed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GradientsNotZeroed, "start", lambda rule: None)  # what it remembers is missing
    with gf.watch(quiet=True) as seen:
        train()
    (finding,) = seen.findings
    found = re.search(r"gradients-not-zeroed failed in its line (\d+) with AttributeError: ", finding.message)
    assert found is not None
    source = Path(inspect.getfile(GradientsNotZeroed)).read_text(encoding="utf-8").splitlines()
    assert "self.states" in source[int(found[1]) - 1]


def test_a_rule_that_fails_as_it_starts_or_at_the_end_is_a_finding_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InitialLoss, "start", lambda rule: 1 / 0)
    monkeypatch.setattr(LearningRate, "on_end", crash_on(WatchEnds))
    with gf.watch(quiet=True) as seen:
        train()
    assert sorted(finding.message.split()[2] for finding in seen.findings) == ["initial-loss", "learning-rate"]


def test_a_failed_rule_can_be_left_out_and_only_those_that_are_asked_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InitialLoss, "on_loss", crash_on(Loss))
    for select, ignore, expected in (
        ([], ["GF213"], set()),
        ([], ["rule-failed"], set()),
        (["GF3"], [], set()),
        (["initial-loss"], [], {"rule-failed"}),
    ):
        with gf.watch(quiet=True, select=select, ignore=ignore) as seen:
            train()
        assert {finding.rule for finding in seen.findings} == expected, (select, ignore)


def test_strict_raises_for_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InitialLoss, "on_loss", crash_on(Loss))
    with pytest.raises(ZeroDivisionError), gf.watch(quiet=True, strict=True):
        train()


def test_a_watch_in_a_watch_hands_on_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InitialLoss, "on_loss", crash_on(Loss))
    with gf.watch(quiet=True) as outer, gf.watch(quiet=True) as inner:
        train()
    assert {finding.rule for finding in inner.findings} == {"rule-failed"}
    assert {finding.rule for finding in outer.findings} == {"rule-failed"}


class KeepsGraph(nn.Module):
    """Cannot be copied: it holds a tensor with a graph."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)
        self.kept: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.linear(x)
        self.kept = out * 1
        return out


class CountsCalls(nn.Module):
    """Its copy cannot be run in eval mode."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            raise RuntimeError("training only")
        out: torch.Tensor = self.linear(x)
        return out


def test_nets_that_cannot_be_examined_are_counted_in_the_last_lines() -> None:
    with gf.watch(quiet=True, strict=True) as seen:
        for net in (KeepsGraph(), KeepsGraph(), CountsCalls()):
            train(net, steps=3)
    summary = seen.watcher.program.summary()
    assert summary.not_checked == (
        "2 nets that could not be copied (samples-mix)",
        "1 net that could not be run again (samples-mix)",
    )
    assert as_text(seen.findings, summary).splitlines()[1] == (
        "not checked: 2 nets that could not be copied (samples-mix), 1 net that could not be run again (samples-mix)"
    )


def test_nothing_is_reported_as_not_checked_where_all_was() -> None:
    with gf.watch(quiet=True, strict=True) as seen:
        train()
    assert "not checked" not in as_text(seen.findings, seen.watcher.program.summary())
