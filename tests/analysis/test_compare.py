"""Models compared on the same rows, from files of anybody; figures against scikit-learn, SciPy and by hand."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from scipy import stats
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    log_loss,
    roc_auc_score,
    root_mean_squared_error,
)

import goodfit
from goodfit.analysis.entry import Entry
from goodfit.analysis.pairing import paired
from goodfit.cli.app import app
from goodfit.errors import GoodfitError, UsageError


def write(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]], separator: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(names)
        writer.writerows(rows)
    return path


def two_classes(folder: Path, rows: int = 300) -> tuple[Path, Path, np.ndarray, np.ndarray, np.ndarray]:
    """Files of a good and of a worse model; the truth, and the probabilities of yes of both."""
    random = np.random.default_rng(3)
    score = random.normal(size=rows)
    y = random.random(rows) < 1 / (1 + np.exp(-3 * score))
    good = 1 / (1 + np.exp(-3 * score - 0.3 * random.normal(size=rows)))
    worse = 1 / (1 + np.exp(-1.2 * score - 1.5 * random.normal(size=rows)))
    label = np.where(y, "yes", "no")
    a = write(
        folder / "good.csv",
        ["id", "y_true", "y_pred", "p_no", "p_yes"],
        ([f"r{at}", label[at], "yes" if good[at] > 0.5 else "no", 1 - good[at], good[at]] for at in range(rows)),
    )
    b = write(  # another order of rows, other names of columns
        folder / "worse.csv",
        ["Key", "prob_yes", "prob_no", "Predicted"],
        (
            [f"r{at}", worse[at], 1 - worse[at], "yes" if worse[at] > 0.5 else "no"]
            for at in random.permutation(rows).tolist()
        ),
    )
    return a, b, y, good, worse


def test_figures_of_classes_are_those_of_sklearn(tmp_path: Path) -> None:
    a, b, y, good, worse = two_classes(tmp_path)
    values = goodfit.compare(a, b).to_json()["metrics"]
    for name, shares in (("good", good), ("worse", worse)):
        assert values[name] == pytest.approx(
            {
                "accuracy": ((shares > 0.5) == y).mean(),
                "balanced_accuracy": balanced_accuracy_score(y, shares > 0.5),
                "log_loss": log_loss(y, shares),
                "auc": roc_auc_score(y, shares),
                "average_precision": average_precision_score(y, shares),
            }
        )


def delong(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The difference of two areas and its standard error: DeLong et al. 1988, less the residuals of a two-way table."""

    def wins(scores: np.ndarray) -> np.ndarray:
        above, below = scores[y], scores[~y]
        return np.asarray((above[:, None] > below[None, :]) + 0.5 * (above[:, None] == below[None, :]))

    table = wins(a) - wins(b)
    m, n = table.shape
    lines, columns = table.mean(1), table.mean(0)
    residuals = table - lines[:, None] - columns + table.mean()
    pairs = (residuals**2).sum() / ((m - 1) * (n - 1)) / (m * n)
    return table.mean(), float(np.sqrt(lines.var(ddof=1) / m + columns.var(ddof=1) / n - pairs))


def test_tests_of_classes_are_those_of_the_literature(tmp_path: Path) -> None:
    a, b, y, good, worse = two_classes(tmp_path)
    pairs = {pair.metric.name: pair for pair in goodfit.compare(a, b).pairs}
    right_a, right_b = (good > 0.5) == y, (worse > 0.5) == y
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    assert pairs["accuracy"].p == pytest.approx(stats.chi2.sf((only_a - only_b) ** 2 / (only_a + only_b), 1))
    losses = [-np.log(np.where(y, shares, 1 - shares)) for shares in (good, worse)]
    assert pairs["log_loss"].p == pytest.approx(flipped(losses[0] - losses[1]), abs=0.002)
    difference, error = delong(good, worse, y)
    assert pairs["auc"].difference.value == pytest.approx(difference)
    half = pairs["auc"].difference.high - difference
    assert half == pytest.approx(1.959964 * error)


def flipped(differences: np.ndarray) -> float:
    """The p-value of the sign-flip test, by 200,000 random sign patterns."""
    signs = np.random.default_rng(0).integers(0, 2, size=(200_000, len(differences)), dtype=np.int8)
    sums = 2.0 * (signs @ differences) - differences.sum()
    return float((np.abs(sums) >= abs(differences.sum())).mean())


def test_the_answer_is_one_sentence(tmp_path: Path) -> None:
    a, b, *_ = two_classes(tmp_path)
    result = goodfit.compare(a, b)
    assert result.answer.startswith("Of 300 rows good has 8")
    assert "good is better, and by more than chance explains (p below 0.001)" in result.answer
    same = goodfit.compare(a, write(tmp_path / "copy.csv", *read(a)))
    assert same.answer.endswith(": their predictions are equal in every row.")


def test_two_models_without_a_mistake_on_few_rows_are_not_called_equal(tmp_path: Path) -> None:
    """Nor is their difference known to be nothing: of 18 rows 17.6 points are within the interval of the accuracy."""
    random, label = np.random.default_rng(0), ["yes", "no"] * 9
    paths = []
    for name in "ab":
        sure = random.uniform(0.6, 0.99, 18)
        yes = [share if word == "yes" else 1 - share for share, word in zip(sure, label, strict=True)]
        rows = [(at, label[at], yes[at], 1 - yes[at]) for at in range(18)]
        paths.append(write(tmp_path / f"{name}.csv", ["id", "truth", "p_yes", "p_no"], rows))
    result = goodfit.compare(*paths)
    assert result.answer.endswith("they cannot be told apart (p 1.00).")
    pairs = {pair.metric.name: pair for pair in result.pairs}
    for name in ("accuracy", "balanced_accuracy", "auc", "average_precision"):
        assert pairs[name].p == 1
        assert pairs[name].difference.low < -0.1
        assert pairs[name].difference.high > 0.1
        assert pairs[name].equal < 0.7
    many = [paths[0].read_text().splitlines()[:1] for _ in "ab"]
    for at, path in enumerate(paths):
        lines = [line.split(",", 1)[1] for line in path.read_text().splitlines()[1:]]
        many[at] += [f"{number},{line}" for number, line in enumerate(lines * 100)]
        path.write_text("\n".join(many[at]) + "\n")
    assert "practically equal" in goodfit.compare(*paths).answer


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    return lines[0], lines[1:]


def test_figures_of_numbers(tmp_path: Path) -> None:
    """Decimal commas and semicolons, as our readers take them; one file with two models."""
    random = np.random.default_rng(5)
    y = random.normal(50, 10, 80).round(2)
    one, other = (y + random.normal(0, spread, 80).round(2) for spread in (3, 5))
    rows = [[f"{value:.2f}".replace(".", ",") for value in line] for line in zip(y, one, other, strict=True)]
    path = write(tmp_path / "prices.csv", ["price", "forest", "tree"], rows, ";")
    result = goodfit.compare(path, truth="price", prediction=["forest", "tree"])
    pairs = {pair.metric.name: pair for pair in result.pairs}
    assert pairs["rmse"].values == pytest.approx([root_mean_squared_error(y, each) for each in (one, other)])
    squares = (one - y) ** 2 - (other - y) ** 2
    assert pairs["rmse"].p == pytest.approx(flipped(squares), abs=0.002)
    low, high = stats.ttest_1samp(squares, 0).confidence_interval()  # nearly the same with 80 rows
    total, ends = sum(pairs["rmse"].values), pairs["rmse"].difference
    assert (ends.low, ends.high) == pytest.approx((low / total, high / total), rel=0.05)
    assert pairs["mae"].p == pytest.approx(flipped(abs(one - y) - abs(other - y)), abs=0.002)


def test_folds_get_the_tests_for_folds(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    y = random.integers(0, 2, 500)
    fold = np.arange(500) % 5
    a, b = (np.where(random.random(500) < share, y, 1 - y) for share in (0.9, 0.8))
    rows = list(zip(range(500), fold, y, a, b, strict=True))
    path = write(tmp_path / "cv.csv", ["id", "fold", "label", "a", "b"], rows)
    result = goodfit.compare(path, prediction=["a", "b"])
    pair = next(pair for pair in result.compared.fold_pairs if pair.metric.name == "accuracy")
    d = np.array([((a == y) * 1.0 - (b == y))[fold == each].mean() for each in range(5)])
    statistic = d.mean() / np.sqrt((1 / 5 + 1 / 4) * d.var(ddof=1))
    assert pair.p == pytest.approx(2 * stats.t.sf(abs(statistic), 4))
    assert pair.better_a + pair.equal + pair.better_b == pytest.approx(1)
    assert "Over 5 folds: a is better with probability" in " ".join(result.sentences)


def test_several_pairs_are_adjusted(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    y = random.normal(size=60)
    models = {name: y + random.normal(0, spread, 60) for name, spread in (("a", 1.0), ("b", 1.1), ("c", 1.6))}
    rows = zip(y, *models.values(), strict=True)
    path = write(tmp_path / "three.csv", ["target", *models], rows)
    result = goodfit.compare(path, prediction=["a", "b", "c"])
    pairs = [pair for pair in result.pairs if pair.metric.name == "rmse"]
    assert len(pairs) == 3
    ordered = sorted(pairs, key=lambda pair: pair.p)
    assert ordered[0].adjusted == pytest.approx(min(1, 3 * ordered[0].p))
    assert "Holm, 3 pairs" in result.answer


def test_runs_are_compared_on_test_rows_and_over_their_folds(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    x = random.normal(size=(120, 2)).round(3)
    y = np.where(x.sum(1) + random.normal(0, 0.5, 120) > 0, "up", "down")
    table = write(tmp_path / "t.csv", ["a", "b", "y"], ([*line, label] for line, label in zip(x, y, strict=True)))
    runs = []
    for name, lr in (("one", 0.02), ("two", 1e-7)):
        fitted = goodfit.fit(
            table, target="y", arch="linear", epochs=2, lr=lr, rivals="none", folds=3, out=tmp_path / name, quiet=True
        )
        runs.append(fitted.folder)
    result = goodfit.compare(*runs)
    entries = result.compared.entries
    assert entries[0].rows == "test rows"
    assert entries[0].truth is not None
    assert entries[0].predicted is not None
    truth = dict(enumerate(y.tolist()))
    assert [truth[int(key)] for key in entries[0].keys] == entries[0].truth.tolist()
    names, rows = read(runs[0] / "predictions.csv")
    written = {row[0]: row[names.index("prediction")] for row in rows}
    assert written == dict(zip(entries[0].keys, entries[0].predicted.tolist(), strict=True))
    assert result.compared.folds == 3
    valid = goodfit.compare(*runs, part="valid")
    assert valid.compared.entries[0].rows == "rows held out in folds"
    assert len(valid.compared.entries[0]) == 120 - len(entries[0])
    with pytest.raises(UsageError, match="this is a file of a run"):
        goodfit.compare(runs[0] / "run.json", runs[1])
    with pytest.raises(UsageError, match="not the same rows"):
        goodfit.compare(runs[0], write(tmp_path / "p.csv", ["key", "prediction"], [["0", "up"]]))


def test_runs_that_name_the_same_rows_differently_are_paired_by_row_number() -> None:
    truth = np.array(["x", "y", "z"])
    by_id = Entry("a", "test rows", ("i7", "i3", "i5"), True, truth, truth, tuple("xyz"), places=np.array([7, 3, 5]))
    at = np.array([2, 0, 1])
    by_number = Entry(
        "b", "test rows", ("5", "7", "3"), True, truth[at], truth[at], tuple("xyz"), places=np.array([5, 7, 3])
    )
    of_losses = Entry("c", "test rows", ("5", "7", "3"), True, None, losses=np.array([0.1, 0.2, 0.3]))
    with pytest.raises(UsageError, match="b predicts classes, c neither classes nor numbers"):
        paired([by_number, of_losses])
    _, second = paired([by_id, by_number])
    assert second.predicted is not None
    assert second.predicted.tolist() == truth.tolist()
    elsewhere = replace(by_number, places=np.array([5, 7, 4]))
    with pytest.raises(UsageError, match="not the same rows"):
        paired([by_id, elsewhere])


def test_the_command_prints_one_object_and_writes_a_page(tmp_path: Path) -> None:
    a, b, *_ = two_classes(tmp_path)
    page = tmp_path / "compare.html"
    result = CliRunner().invoke(app, ["compare", str(a), str(b), "--json", "-o", str(page)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["pairs"][0]["test"] == "McNemar"
    text = page.read_text(encoding="utf-8")
    assert '<meta name="generator" content="goodfit">' in text
    assert "Rows in which they differ" in text
    assert "://" not in text.replace("http://www.w3.org", "")
    assert "<script" not in text
    page.write_text("mine", encoding="utf-8")
    again = CliRunner().invoke(app, ["compare", str(a), str(b), "-o", str(page)])
    assert isinstance(again.exception, GoodfitError)
    assert "did not make" in str(again.exception)


def test_small_units_are_no_rounding(tmp_path: Path) -> None:
    """Lengths of waves in metres: errors of 1e-8 and 3e-8 differ, and last digits of a file do not."""
    random = np.random.default_rng(0)
    y = 5e-7 + 1e-7 * random.random(60)
    files = [
        write(tmp_path / f"{size}.csv", ["id", "truth", "prediction"], zip(range(60), y, guesses, strict=True))
        for size in (1, 3)
        for guesses in [y + size * 1e-8 * random.normal(size=60)]
    ]
    pair = next(pair for pair in goodfit.compare(*files).pairs if pair.metric.name == "mae")
    assert pair.p < 0.001
    first = pl.read_csv(files[0])
    near = first.with_columns(pl.col("truth") + (pl.col("prediction") - pl.col("truth")) * (1 + 1e-8))
    near.select("id", first["truth"], prediction="truth").write_csv(tmp_path / "near.csv")
    same = next(pair for pair in goodfit.compare(files[0], tmp_path / "near.csv").pairs if pair.metric.name == "mae")
    assert same.difference.low == same.difference.high == 0


def test_files_are_compared_without_pytorch(tmp_path: Path) -> None:
    a, b, *_ = two_classes(tmp_path)
    program = (
        "import sys; from goodfit.cli.app import app; "
        f"app(['compare', {str(a)!r}, {str(b)!r}, '-o', {str(tmp_path / 'c.html')!r}], standalone_mode=False); "
        f"app(['labels', {str(a)!r}], standalone_mode=False); app(['stats', {str(a)!r}], standalone_mode=False); "
        f"app(['threshold', {str(a)!r}, '--recall', '0.5'], standalone_mode=False); "
        "sys.exit('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_no_interval_of_a_difference_of_shares_is_beyond_all_rows(tmp_path: Path) -> None:
    """One model is right in all of six rows and the other in two: its t interval would end at 121 points."""
    truth = ["x", "y"] * 3
    wrong = ["y", "x", "y", "x", "x", "y"]
    a = write(tmp_path / "a.csv", ["truth", "prediction"], zip(truth, truth, strict=True))
    b = write(tmp_path / "b.csv", ["truth", "prediction"], zip(truth, wrong, strict=True))
    ends = [end for pair in goodfit.compare(a, b).pairs for end in (pair.difference.low, pair.difference.high)]
    assert ends
    assert all(-1 <= end <= 1 for end in ends)
    assert max(ends) == 1
