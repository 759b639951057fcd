"""Intervals of paired differences: of equal models nothing, of correlated ones what a paired bootstrap says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

import goodfit
from goodfit.analysis.compare import Pair
from goodfit.stats.precisions import precision_difference, precision_influence

BOTH = ("accuracy", "balanced_accuracy", "log_loss", "auc", "average_precision")


def ends(pair: Pair) -> tuple[float, float, float]:
    return pair.difference.low, pair.difference.value, pair.difference.high


def file_of(path: Path, y: np.ndarray, share: np.ndarray, **more: object) -> Path:
    """Predictions of yes and no, as CSV or Parquet by the name."""
    frame = pl.DataFrame(
        {
            "id": np.arange(len(y)),
            "truth": np.where(y, "yes", "no"),
            "prediction": np.where(share > 0.5, "yes", "no"),
            "p_no": 1 - share,
            "p_yes": share,
            **more,
        }
    )
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    else:
        frame.write_csv(path)
    return path


@pytest.fixture(scope="module")
def patients() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether a tumour is malignant (569 rows), and two models' probabilities of it, of rows held out in folds."""
    data = load_breast_cancer()
    x, y = StandardScaler().fit_transform(data.data[:, :4]), data.target == 0
    models = (LogisticRegression(C=0.01), GaussianNB())
    one, other = (cross_val_predict(model, x, y, cv=5, method="predict_proba")[:, 1] for model in models)
    return y, one, other


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_equal_predictions_differ_by_nothing(
    tmp_path: Path, patients: tuple[np.ndarray, np.ndarray, np.ndarray], ending: str
) -> None:
    y, one, _ = patients
    a, b = file_of(tmp_path / f"a.{ending}", y, one), file_of(tmp_path / "b.csv", y, one)
    for path in (b, file_of(tmp_path / "rounded.csv", y, one.round(8))):
        result = goodfit.compare(a, path)
        assert {pair.metric.name: ends(pair) for pair in result.pairs} == dict.fromkeys(BOTH, (0, 0, 0))
        assert all(pair.p == 1 and pair.equal == 1 for pair in result.pairs)
        assert result.answer.endswith(": their predictions are equal in every row.")
    groups = np.where(y, 0, np.arange(len(y)) % 7 + 1)  # all malignant ones are of one hospital: nothing is known
    grouped = [file_of(tmp_path / f"{name}.csv", y, one, hospital=groups) for name in "cd"]
    assert all(ends(pair) == (0, 0, 0) for pair in goodfit.compare(*grouped, group="hospital").pairs)


def test_equal_classes_without_probabilities(tmp_path: Path) -> None:
    """The balanced accuracy has not moved; that of accuracy is Tango's: other rows may tell the models apart."""
    y = ["a", "b", "c"] * 40
    predicted = ["a", *y[:-1]]
    path = tmp_path / "a.csv"
    pl.DataFrame({"id": range(120), "truth": y, "prediction": predicted}).write_csv(path)
    pairs = {pair.metric.name: pair for pair in goodfit.compare(path, path).pairs}
    assert ends(pairs["balanced_accuracy"]) == (0, 0, 0)
    square = 1.959964**2
    assert pairs["accuracy"].difference.high == pytest.approx(square / (120 + square))


def test_a_model_and_the_same_at_another_temperature_have_the_same_areas(
    tmp_path: Path, patients: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    """All rows stand in the same order, and no row on the other side of a half."""
    y, one, _ = patients
    cooler = 1 / (1 + (1 / one - 1) ** 2)
    pairs = {
        pair.metric.name: pair
        for pair in goodfit.compare(
            file_of(tmp_path / "a.csv", y, one), file_of(tmp_path / "b.csv", y, cooler)
        ).pairs
    }  # fmt: skip
    assert ends(pairs["auc"]) == ends(pairs["average_precision"]) == (0, 0, 0)
    assert pairs["log_loss"].p < 0.05
    square = 1.959964**2  # of a class of n rows that are all alike, square / (n + square), as of accuracy
    each = pairs["balanced_accuracy"].difference.high
    assert square / (len(y) + square) / 2 < each < square / (min(y.sum(), (~y).sum()) + square)


def test_nearly_equal_predictions_have_a_narrow_interval(
    tmp_path: Path, patients: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    y, one, _ = patients
    near = np.clip(one + np.random.default_rng(0).normal(0, 0.003, len(y)), 1e-6, 1 - 1e-6)
    a, b = file_of(tmp_path / "a.csv", y, one), file_of(tmp_path / "b.csv", y, near)
    pairs = {pair.metric.name: pair for pair in goodfit.compare(a, b).pairs}
    assert ends(pairs["auc"])[2] - ends(pairs["auc"])[0] < 0.002
    alone = goodfit.stats.auc(one, y)
    assert alone is not None
    assert alone.high - alone.low > 0.02


def test_intervals_of_differences_are_those_of_a_paired_bootstrap(
    tmp_path: Path, patients: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> None:
    """Percentiles of 1,000 draws of rows, both models on the same ones, by scikit-learn's figures."""
    y, one, other = patients
    a, b = file_of(tmp_path / "a.csv", y, one), file_of(tmp_path / "b.csv", y, other)
    pairs = {pair.metric.name: pair for pair in goodfit.compare(a, b).pairs}
    figures = {
        "auc": roc_auc_score,
        "average_precision": average_precision_score,
        "balanced_accuracy": lambda y, share: balanced_accuracy_score(y, share > 0.5),
    }
    random, drawn = np.random.default_rng(0), []
    for _ in range(1_000):
        rows = random.integers(0, len(y), len(y))
        drawn.append([figure(y[rows], one[rows]) - figure(y[rows], other[rows]) for figure in figures.values()])
    for (name, figure), low, high in zip(figures.items(), *np.percentile(drawn, [2.5, 97.5], axis=0), strict=True):
        of_pair = pairs[name].difference
        assert of_pair.value == pytest.approx(figure(y, one) - figure(y, other))
        assert of_pair.high - of_pair.low == pytest.approx(high - low, rel=0.12), name
        assert of_pair.low == pytest.approx(low, abs=0.15 * (high - low)), name


def test_what_a_row_does_to_the_average_precision_is_its_derivative_by_the_rows_weight() -> None:
    """By scikit-learn with weights of 1 and 1.0001, of scores with ties; the mean of all is the average precision."""
    random = np.random.default_rng(1)
    scores, positive = random.integers(0, 12, 40) / 12, random.random(40) < 0.4
    values, figure = precision_influence(scores, positive), average_precision_score(positive, scores)
    assert values.mean() == pytest.approx(figure)
    for row in range(40):
        weights = np.ones(40)
        weights[row] += 1e-4
        moved = average_precision_score(positive, scores, sample_weight=weights)
        assert (values[row] - figure) / 40 == pytest.approx((moved - figure) / 1e-4, abs=1e-4)
    test, degrees = precision_difference(scores, scores[::-1], np.arange(40) == 7)
    assert (test.p, test.difference.low, test.difference.high, degrees) == (1, -1, 1, 1)


def test_intervals_of_correlated_models_hold_the_difference_in_95_of_100_samples() -> None:
    """300 rows of two equally good models whose errors are correlated by 0.8; a simulation error is 1.1 points."""
    from goodfit.analysis.compare import compare_entries
    from goodfit.analysis.entry import Entry

    random, held = np.random.default_rng(3), dict.fromkeys(("auc", "average_precision", "balanced_accuracy"), 0)
    for _ in range(400):
        odds = 2 * random.normal(size=300)
        y = random.random(300) < 1 / (1 + np.exp(-odds))
        common, own = random.normal(size=300), random.normal(size=(2, 300))
        entries: list[Entry] = []
        for each in own:
            share = 1 / (1 + np.exp(-odds - np.sqrt(0.8) * common - np.sqrt(0.2) * each))
            shares = np.stack([1 - share, share], axis=1)
            predicted = np.where(share > 0.5, "yes", "no")
            truth = np.where(y, "yes", "no")
            name = "ab"[len(entries)]
            entries.append(
                Entry(name, "rows", tuple(map(str, range(300))), True, truth, predicted, ("no", "yes"), shares)
            )
        for pair in compare_entries(entries, rope=0.01).pairs:
            if pair.metric.name in held:
                held[pair.metric.name] += pair.difference.low <= 0 <= pair.difference.high
    assert all(0.92 <= count / 400 <= 0.98 for count in held.values()), held
