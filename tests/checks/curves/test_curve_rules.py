"""Rules about the curves of a finished run, and `goodfit check history.csv`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from goodfit.checks.curves.curves import Curves, Series
from goodfit.checks.rule import check_curves
from goodfit.cli.app import app

EPOCHS = np.arange(1.0, 41.0)


def curves_of(train: np.ndarray, valid: np.ndarray | None = None) -> Curves:
    series = None if valid is None else Series("valid_loss", EPOCHS[: len(valid)], valid)
    return Curves(Series("train_loss", EPOCHS[: len(train)], train), series)


def rules_of(train: np.ndarray, valid: np.ndarray | None = None) -> list[tuple[str, str]]:
    findings = check_curves(curves_of(train, valid), strict=True)
    return [(finding.rule, finding.level.value) for finding in findings]


def scatter(seed: int, size: float = 0.01) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, 40)


FALLING = 0.2 + np.exp(-EPOCHS / 10)
FAST = 0.2 + np.exp(-EPOCHS / 3)


def test_a_good_run_is_left_alone() -> None:
    assert rules_of(FALLING + scatter(0), FALLING + 0.15 + scatter(1)) == []


def test_overfitting_names_the_epoch() -> None:
    (finding,) = check_curves(curves_of(FALLING, 1 + (EPOCHS - 12) ** 2 / 500 + scatter(2)), strict=True)
    assert finding.rule == "overfitting"
    assert "after step 1" in finding.message
    assert finding.level.value == "warning"


def test_both_still_falling_and_equal_is_underfitting() -> None:
    line = 3 - EPOCHS / 20
    assert rules_of(line + scatter(3), line + 0.02 + scatter(4)) == [("underfitting", "notice")]
    assert rules_of(line + scatter(3), line + 0.5 + scatter(4)) == []  # the rows are memorised already


@pytest.mark.parametrize(
    "train",
    [
        np.where(EPOCHS < 30, FALLING, np.nan),
        np.where(EPOCHS < 25, FALLING, EPOCHS),
        FAST * np.where(EPOCHS < 20, 1, 4),
    ],
    ids=["nan", "above the first", "above the lowest"],
)
def test_a_loss_that_rises_or_breaks_is_diverging(train: np.ndarray) -> None:
    assert ("diverging", "warning") in rules_of(train)


def test_no_progress_from_the_start_and_from_the_middle() -> None:
    assert rules_of(2.303 + scatter(5)) == [("no-progress", "warning")]
    assert rules_of(0.7 + np.exp(-EPOCHS / 2) + scatter(6, 0.0005)) == [("no-progress", "notice")]
    assert rules_of(np.full(40, 1e-9) + np.exp(-EPOCHS)) == [], "a loss of nothing cannot fall"


def test_noise_that_hides_the_best_epoch() -> None:
    assert rules_of(FALLING, 0.8 + scatter(7, 0.15)) == [("noisy-validation", "notice")]


def test_the_command_reads_a_history_and_reports_at_its_file(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    rising = 1 + (EPOCHS - 10) ** 2 / 300
    rows = zip(EPOCHS, FALLING, rising, strict=True)
    path.write_text("epoch,loss,val_loss\n" + "\n".join(f"{a:g},{b},{c}" for a, b, c in rows), encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "--format", "json", "--fail-on", "warning", str(path)])
    assert result.exit_code == 1, result.output
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["rule"], finding["file"], finding["line"]) == ("overfitting", str(path), None)
    assert "after epoch 10 val_loss rose from 1.00" in finding["message"]
    allowed = CliRunner().invoke(app, ["check", "--ignore", "overfitting", str(path)])
    assert (allowed.exit_code, allowed.stdout.strip()) == (0, "goodfit: no findings")
