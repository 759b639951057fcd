"""Thresholds and reliability, by hand and against scikit-learn's curve."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.metrics import precision_recall_curve

from goodfit.analysis.threshold import choose_threshold
from goodfit.cli.app import app
from goodfit.errors import UsageError
from goodfit.stats.calibration import reliability


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Calibrated probabilities of a rare class."""
    random = np.random.default_rng(1)
    shares = random.beta(1, 4, 2_000).round(4)
    y = random.random(2_000) < shares
    path = tmp_path_factory.mktemp("threshold") / "p.csv"
    lines = [f"{at},{int(each)},{share}" for at, (each, share) in enumerate(zip(y, shares, strict=True))]
    path.write_text("\n".join(["id,truth,probability", *lines]))
    return path


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    values = np.loadtxt(path, delimiter=",", skiprows=1)
    return values[:, 2], values[:, 1].astype(bool)


def test_by_costs_it_is_elkans_and_near_the_cheapest(table: Path) -> None:
    shares, y = read(table)
    result = choose_threshold(table, cost_fp=1, cost_fn=4)
    assert result.value == pytest.approx(0.2)

    def cost(at: float) -> float:
        called = shares >= at
        return float((1.0 * (called & ~y) + 4.0 * (~called & y)).mean())

    assert result.cuts[0].cost is not None
    assert result.usual[0].cost is not None
    assert result.cuts[0].cost.value == pytest.approx(cost(0.2))
    assert result.usual[0].cost.value == pytest.approx(cost(0.5))
    assert cost(0.2) <= min(cost(at) for at in np.linspace(0, 1, 101)) + 0.02


def same_cut(shares: np.ndarray, one: float, other: float) -> bool:
    """Whether two thresholds call the same rows positive."""
    return bool(((shares >= one) == (shares >= other)).all())


def test_a_wanted_precision_or_recall_is_had_at_the_best_threshold_of_sklearn(table: Path) -> None:
    shares, y = read(table)
    precision, recall, places = precision_recall_curve(y, shares)
    wanted = choose_threshold(table, precision=0.6)
    assert same_cut(shares, wanted.value, places[precision[:-1] >= 0.6].min())
    assert wanted.cuts[0].precision.value >= 0.6
    found = choose_threshold(table, recall=0.8)
    assert same_cut(shares, found.value, places[recall[:-1] >= 0.8].max())
    assert found.cuts[0].recall.value >= 0.8


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({}, "a threshold is chosen by what both kinds of mistake cost"),
        ({"precision": 0.5, "recall": 0.5}, "a threshold is chosen by what both kinds of mistake cost"),
        ({"cost_fp": 1.0}, "a threshold is chosen by what both kinds of mistake cost"),
        ({"cost_fp": 0.0, "cost_fn": 1.0}, "a cost is above 0"),
        ({"recall": 0.5, "positive": "2"}, "--positive 2 is not one of the classes"),
    ],
)
def test_what_cannot_be_wanted_is_refused(table: Path, wanted: dict[str, float], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        choose_threshold(table, **wanted)  # type: ignore[arg-type]  # keywords of several types


def test_the_command(table: Path) -> None:
    printed = CliRunner().invoke(app, ["threshold", str(table), "--precision", "0.6", "--json"])
    assert json.loads(printed.stdout)["at_threshold"][0]["precision"]["value"] >= 0.6
    shown = CliRunner().invoke(app, ["threshold", str(table), "--cost-fp", "1", "--cost-fn", "4"])
    assert "Call it 1 where the probability is 0.2 or more" in shown.output


def test_reliability_by_hand() -> None:
    """40 rows in two bins: said 0.6, right 0.5; said 0.9, right 1.0. The error is (0.1 + 0.1) / 2."""
    confidence = np.array([0.6] * 20 + [0.9] * 20)
    right = np.array([True, False] * 10 + [True] * 20)
    made = reliability(confidence, right)
    assert made.rows == (20, 20)
    assert made.confidence == pytest.approx((0.6, 0.9))
    assert made.accuracy == pytest.approx((0.5, 1.0))
    assert made.error == pytest.approx(0.1)
    assert made.to_json()["binning"] == "2 bins with equally many rows, by confidence"


def test_calibrated_probabilities_have_a_small_error() -> None:
    random = np.random.default_rng(2)
    shares = random.random(60_000)
    assert reliability(shares, random.random(60_000) < shares).error < 0.01
    assert reliability(shares, random.random(60_000) < shares**2).error > 0.1


def test_the_printed_threshold_cuts_as_the_probability_itself(tmp_path: Path) -> None:
    """By hand: at 0.58247 or more 3 of 3 are yes, at 0.41 3 of 4. Rounded to 0.5825 two equal rows would be lost."""
    path = tmp_path / "p.csv"
    path.write_text(
        "id,truth,p_no,p_yes\n1,yes,.1,.9\n2,yes,.41753,.58247\n3,yes,.41753,.58247\n4,no,.59,.41\n5,no,.9,.1\n"
    )
    assert choose_threshold(path, precision=1.0).value == 0.582
    printed = CliRunner().invoke(app, ["threshold", str(path), "--precision", "1"]).output
    assert printed.startswith("Call it yes where the probability is 0.582 or more")
    assert "recall 100.0%" in printed


def test_neighbours_that_differ_late_keep_the_digits_that_tell_them_apart(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,truth,p_no,p_yes\n1,yes,.41753,.58247\n2,no,.41754,.58246\n3,no,.9,.1\n")
    assert choose_threshold(path, recall=1.0).value == 0.58247


def test_a_precision_of_no_row_is_said_in_words_and_a_cost_is_never_negative(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,truth,p_no,p_yes\n1,no,.9,.1\n2,yes,.2,.8\n3,no,.4,.6\n4,yes,.7,.3\n")
    printed = CliRunner().invoke(app, ["threshold", str(path), "--cost-fp", "1000000", "--cost-fn", "1"]).output
    assert "nan" not in printed
    assert "no precision, since no row is called yes" in printed
    assert "a false alarm costs 1,000,000, a miss 1." in printed  # not 1e+06
    result = choose_threshold(path, cost_fp=1, cost_fn=3)
    for cut in (*result.cuts, *result.usual):
        assert cut.cost is not None
        assert 0 <= cut.cost.low <= cut.cost.high <= 3
