"""Wrong labels: by hand, and on real digits with labels flipped on purpose, beside the cleanlab package."""

from __future__ import annotations

import csv
import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

import goodfit
from goodfit.cli.app import app
from goodfit.errors import GoodfitError, UsageError
from goodfit.stats.confident_learning import confident_joint, wrong_labels

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own imports
    from cleanlab.count import compute_confident_joint
    from cleanlab.filter import find_label_issues


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, of which 5% are flipped; probabilities of models that did not see the row; which are flipped."""
    x, y = load_digits(return_X_y=True)
    random = np.random.default_rng(0)
    flipped = random.random(len(y)) < 0.05
    labels = np.where(flipped, (y + random.integers(1, 10, len(y))) % 10, y)
    model = LogisticRegression(max_iter=200)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged: probabilities are all that is wanted
        shares = cross_val_predict(model, x / 16, labels, cv=3, method="predict_proba")
    return labels, shares, flipped


def test_the_confident_joint_by_hand() -> None:
    """Means: of label 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, of label 1 (0.9 + 0.7) / 2 = 0.8; the last row reaches neither."""
    shares = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.3, 0.7]])
    labels = np.array([0, 0, 0, 1, 1])
    # counted: label 0 twice as 0 and once as 1; label 1 once as 1, which stands for both of its rows
    assert confident_joint(labels, shares).tolist() == [[2, 1], [0, 2]]
    assert wrong_labels(labels, shares).tolist() == [2]


@pytest.mark.slow
def test_flipped_labels_are_found_as_well_as_by_cleanlab(
    digits: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    labels, shares, flipped = digits
    ours = wrong_labels(labels, shares)
    theirs = find_label_issues(labels, shares, filter_by="both", return_indices_ranked_by="self_confidence", n_jobs=1)
    both = len(set(ours.tolist()) & set(theirs.tolist()))
    assert both / len(set(ours.tolist()) | set(theirs.tolist())) > 0.9
    for found in (ours, theirs):
        assert flipped[found].mean() > 0.75, "precision"
        assert flipped[found].sum() / flipped.sum() > 0.75, "recall"
    assert flipped[ours].mean() >= flipped[theirs].mean() - 0.02
    assert flipped[ours].sum() >= flipped[theirs].sum() - 0.03 * flipped.sum()


def test_the_confident_joint_is_that_of_cleanlab_before_it_is_rounded(
    digits: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    labels, shares, _ = digits
    assert np.abs(confident_joint(labels, shares) - compute_confident_joint(labels, shares)).max() < 1


def test_clean_labels_are_left_alone() -> None:
    labels = np.arange(60) % 3
    shares = np.full((60, 3), 0.05)
    shares[np.arange(60), labels] = 0.9
    assert len(wrong_labels(labels, shares)) == 0


def test_the_command_reads_anybodys_probabilities(
    digits: tuple[np.ndarray, np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    labels, shares, flipped = digits
    path = tmp_path / "oof.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label", *(f"p_{digit}" for digit in range(10))])
        writer.writerows([f"{at}.png", labels[at], *shares[at]] for at in range(len(labels)))
    output = tmp_path / "labels.csv"
    result = CliRunner().invoke(app, ["labels", str(path), "--json", "-o", str(output)])
    assert result.exit_code == 0, result.output
    wrong = json.loads(result.stdout)["wrong"]
    places = [int(each["key"].removesuffix(".png")) for each in wrong]
    assert flipped[places].mean() > 0.75
    with output.open(newline="") as file:
        written = list(csv.DictReader(file))
    assert [line["key"] for line in written] == [each["key"] for each in wrong]
    assert float(written[0]["p_label"]) == wrong[0]["p_label"]
    output.write_text("mine")
    assert isinstance(CliRunner().invoke(app, ["labels", str(path), "-o", str(output)]).exception, GoodfitError)


def test_what_has_no_classes_or_probabilities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,label,prediction\n1,a,a\n2,b,a\n")
    with pytest.raises(UsageError, match="it has no probabilities of the classes"):
        goodfit.find_wrong_labels(path)


def test_where_classes_overlap_it_is_said_that_many_of_these_labels_are_right(tmp_path: Path) -> None:
    """No label is wrong here: each is drawn from the probabilities that the model gives."""
    random = np.random.default_rng(0)
    share = 1 / (1 + np.exp(-1.5 * random.normal(size=400)))
    path = tmp_path / "oof.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "label", "p_a", "p_b"])
        writer.writerows(
            [f"r{at}", "b" if random.random() < share[at] else "a", 1 - share[at], share[at]] for at in range(400)
        )
    shown = CliRunner().invoke(app, ["labels", str(path)]).output
    assert "its classes overlap, and many of these labels are right" in shown
    assert 0.6 < goodfit.find_wrong_labels(path).right < 0.9


def test_columns_of_probabilities_may_be_called_in_other_letters(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    share = random.uniform(0.02, 0.98, 80)
    label = np.where(share > 0.5, "high", "low")
    label[0] = "low" if label[0] == "high" else "high"
    found = []
    for names in (("p_low", "p_high"), ("p_Low", "P_HIGH")):
        path = tmp_path / "p.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "label", *names])
            writer.writerows([at, label[at], 1 - share[at], share[at]] for at in range(80))
        found.append([each.key for each in goodfit.find_wrong_labels(path).wrong])
    assert found[0] == found[1]
    path.write_text("id,label,p_Low,p_other\n1,low,0.5,0.5\n2,high,0.1,0.9\n")
    with pytest.raises(GoodfitError, match="no column of predictions"):
        goodfit.find_wrong_labels(path)
