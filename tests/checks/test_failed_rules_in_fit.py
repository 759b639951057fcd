"""`gf.fit` asks the same rules: one that fails is in the record of the run, and the fit goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import goodfit as gf
from goodfit.checks.engine.events import Step
from goodfit.checks.finding import Finding
from goodfit.checks.rule import DataFacts, EndFacts
from goodfit.checks.rules.class_imbalance import ClassImbalance
from goodfit.checks.rules.gradients_not_zeroed import GradientsNotZeroed
from goodfit.checks.rules.test_set_reused import TestSetReused


def test_rules_that_fail_are_errors_in_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_step(rule: GradientsNotZeroed, event: Step) -> Iterator[Finding]:
        raise ValueError("while training")

    def check(rule: ClassImbalance, data: DataFacts) -> Iterator[Finding]:
        raise ValueError("before training")

    def at_end(rule: TestSetReused, end: EndFacts) -> Iterator[Finding]:
        raise ValueError("after training")

    monkeypatch.setattr(GradientsNotZeroed, "on_step", on_step)
    monkeypatch.setattr(ClassImbalance, "check", check)
    monkeypatch.setattr(TestSetReused, "at_end", at_end)
    x = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    run = gf.fit(gf.arrays(x, (x[:, 0] > 0).astype(int)), out=tmp_path / "run", epochs=2, quiet=True)
    failures = [finding for finding in run.findings if finding.code == "GF000"]
    assert {finding.level for finding in failures} == {"error"}
    for rule, moment in (
        ("class-imbalance", "before"),
        ("gradients-not-zeroed", "while"),
        ("test-set-reused", "after"),
    ):
        (one,) = (finding for finding in failures if rule in finding.message)
        assert f"failed with ValueError: {moment} training;" in one.message
    assert len(failures) == 3
