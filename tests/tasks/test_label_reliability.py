"""Reliability of the probabilities of labels: the error by hand, a diagram of all labels and of each of few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.calibration import calibration_curve

import goodfit
from goodfit.tasks.multilabel import MultiLabel

NOTHING = torch.empty(0, dtype=torch.int64)


def analysed(task: MultiLabel, shares: np.ndarray, y: np.ndarray) -> dict[str, object]:
    out, rows = torch.from_numpy(np.log(shares / (1 - shares))), torch.from_numpy(y)
    calibration = task.analyses(lambda rows: rows, NOTHING, NOTHING, out, rows)["calibration"]
    assert isinstance(calibration, dict)
    return calibration


def test_the_expected_calibration_error_is_that_by_hand() -> None:
    """20 rows of two labels: two bins of 20 pairs; of those at 0.2, 6 are there, of those at 0.9, 15.

    (20 |0.3 - 0.2| + 20 |0.75 - 0.9|) / 40 = 0.125; the first label, a bin of ten rows at each: |0.55 - 0.5| = 0.05.
    """
    shares = np.array([[0.2, 0.2]] * 10 + [[0.9, 0.9]] * 10)
    y = np.zeros((20, 2), dtype=np.float32)
    y[:3, 0], y[:3, 1], y[10:18, 0], y[10:17, 1] = 1, 1, 1, 1
    calibration = analysed(MultiLabel(("u", "v")), shares, y)
    assert calibration["ece"] == pytest.approx((20 * 0.1 + 20 * 0.15) / 40)
    assert calibration["binning"] == "2 bins with equally many labels of rows, by probability"
    each = calibration["of_labels"]
    assert isinstance(each, dict)
    assert each["u"]["ece"] == pytest.approx(abs(11 / 20 - 0.55))
    assert each["v"]["ece"] == pytest.approx(abs(10 / 20 - 0.55))


def test_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(2)
    shares = random.uniform(0.02, 0.98, (300, 5))
    y = (random.random((300, 5)) < shares**2).astype(np.float32)
    calibration = analysed(MultiLabel(tuple("abcde")), shares, y)
    assert "of_labels" not in calibration  # five are too many for a diagram each
    right, said = calibration_curve(y.reshape(-1), shares.reshape(-1), n_bins=15, strategy="quantile")
    bins = calibration["bins"]
    assert isinstance(bins, list)
    assert [each["accuracy"] for each in bins] == pytest.approx(right, abs=1e-6)
    assert [each["confidence"] for each in bins] == pytest.approx(said)
    assert calibration["ece"] == pytest.approx(np.mean(np.abs(right - said)))


@pytest.mark.plots
@pytest.mark.parametrize("labels", [2, 6])
def test_the_page_has_a_section_with_diagrams(tmp_path: Path, labels: int) -> None:
    random = np.random.default_rng(4)
    x = random.normal(size=(400, labels))
    names = [f"label{at}" for at in range(labels)]
    truths = random.random((400, labels)) < 1 / (1 + np.exp(-2 * x))
    lines = [",".join([*(f"c{at}" for at in range(labels)), "tags"])]
    for row, truth in zip(x, truths, strict=True):
        tags = "|".join(name for name, yes in zip(names, truth, strict=True) if yes)
        lines.append(",".join([*(f"{value:.4f}" for value in row), tags]))
    table = tmp_path / "tags.csv"
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = goodfit.fit(table, target="tags", task="multilabel", arch="linear", epochs=3, folds=1, rivals="none",
                      out=tmp_path / "run", quiet=True)  # fmt: skip
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "Reliability of the probabilities" in page
    assert page.count("that is there, by probability") == (3 if labels == 2 else 1)  # what a screen reader says
    assert ("Share of label0 that is there, by probability" in page) == (labels == 2)
    recorded = run.record.analyses["calibration"]
    assert 0 <= recorded["ece"] < 0.5
    assert run.report(tmp_path / "again.html").exists()
