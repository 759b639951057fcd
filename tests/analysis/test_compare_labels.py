"""Files of models that give any number of labels to a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import log_loss

import goodfit
from goodfit.errors import DataError

TRUTHS = ["", "u|v", "v", "w", "u", "u|v|w"]


def write(path: Path, shares: np.ndarray, truths: list[str] = TRUTHS, labels: str = "uvw", mark: str = "|") -> Path:
    truth = [text.replace("|", mark) for text in truths]
    columns = {f"p_{label}": shares[:, "uvw".index(label)] for label in labels}
    pl.DataFrame({"key": list("abcdef"), "truth": truth, "prediction": truth, **columns}).write_csv(path)
    return path


def test_the_loss_of_labels_is_the_mean_of_their_log_losses(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    a, b = random.random((2, 6, 3)).round(3)
    pages = write(tmp_path / "a.csv", a), write(tmp_path / "b.csv", b, labels="wuv", mark="; ")
    (pair,) = goodfit.compare(*pages).compared.pairs
    y = np.array([[label in truth.split("|") for label in "uvw"] for truth in TRUTHS])
    expected = [np.mean([log_loss(y[:, at], shares[:, at]) for at in range(3)]) for shares in (a, b)]
    assert pair.values == pytest.approx(expected)


def test_what_was_recognised_is_said(tmp_path: Path) -> None:
    page = write(tmp_path / "a.csv", np.full((6, 3), 0.4))
    notes = goodfit.compare(page, page).compared.entries[0].notes
    assert notes[-1].endswith("several labels in a row, of u, v and w")


@pytest.mark.parametrize(
    ("shares", "truths", "words"),
    [
        (np.full((6, 3), 1.2), TRUTHS, "a probability of row 1 is not from 0 to 1"),
        (np.full((6, 3), 0.2), ["u|v", "u", "x", "", "", ""], "the label 'x' of row 3 has no column of probabilities"),
    ],
)
def test_labels_that_cannot_be_read_are_one_clear_line(
    tmp_path: Path, shares: np.ndarray, truths: list[str], words: str
) -> None:
    page = write(tmp_path / "a.csv", shares, truths)
    with pytest.raises(DataError, match=words):
        goodfit.compare(page, page)


def test_labels_without_their_truth_are_refused(tmp_path: Path) -> None:
    page = write(tmp_path / "a.csv", np.full((6, 3), 0.4))
    pl.read_csv(page).drop("truth").write_csv(tmp_path / "b.csv")
    with pytest.raises(DataError, match="there is no truth beside the labels"):
        goodfit.compare(page, tmp_path / "b.csv")
