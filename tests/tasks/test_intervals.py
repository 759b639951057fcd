"""Prediction intervals: the quantile by hand, and the coverage on rows that were not calibrated on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf
from goodfit.tasks.intervals import Intervals
from goodfit.tasks.prediction_sets import PredictionSets


def test_the_half_width_is_the_conformal_quantile_by_hand() -> None:
    errors = np.arange(1.0, 20.0)  # 19 rows: ceil(20 x 0.9) = 18, the 18th smallest
    made = Intervals.calibrate(np.linspace(0, 1, 19), errors)
    assert made.widths == (18.0,)
    assert made.edges == ()
    few = Intervals.calibrate(np.zeros(5), np.array([3.0, 1.0, 2.0, 5.0, 4.0]))  # ceil(6 x 0.9) = 6 > 5: the largest
    assert few.widths == (5.0,)


def test_new_rows_are_covered_in_every_band_though_the_noise_grows() -> None:
    random = np.random.default_rng(0)
    predicted = random.uniform(0, 10, 20_000)
    errors = np.abs(random.normal(0, 0.1 + predicted))
    made = Intervals.calibrate(predicted[:10_000], errors[:10_000])
    assert len(made.widths) == 10
    assert list(made.widths) == sorted(made.widths)
    new, missed = predicted[10_000:], errors[10_000:]
    inside = missed <= made.half_widths(new)
    for low in range(0, 10, 2):
        band = (new >= low) & (new < low + 2)
        assert inside[band].mean() == pytest.approx(0.9, abs=0.03)  # 2,000 rows: a standard error of 0.007


def test_a_fit_gives_intervals_that_cover_test_rows(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    x = random.uniform(0, 4, 3_000)
    frame = pl.DataFrame({"x": x, "z": random.normal(size=3_000), "y": 2 * x + random.normal(0, 0.2 + x / 4)})
    run = gf.fit(gf.table(frame, "y"), out=tmp_path / "run", interval=True, epochs=6, quiet=True)
    coverage = run.metrics["test"]["coverage"]
    assert coverage.low <= 0.9 <= coverage.high + 0.02
    again = gf.load(run.folder)
    new = pl.DataFrame({"x": [0.2, 3.8], "z": [0.0, 0.0]})
    low, high = np.array(again.predict(new)["low"]), np.array(again.predict(new)["high"])
    assert (high - low)[1] > 2 * (high - low)[0]  # the noise is 0.25 there and 1.15 here
    groups = run.record.analyses["coverage"]
    assert sum(group["rows"] for group in groups) == run.record.rows.test
    assert all(group["high"] > 0.85 for group in groups)
    with pytest.raises(gf.GoodfitError, match="--interval is for classes, and regression of one number"):
        gf.fit(gf.arrays(x[:, None], np.stack([x, x], 1)), out=tmp_path / "b", interval=True, epochs=1, quiet=True)


def test_the_bound_of_a_class_is_the_conformal_quantile_by_hand() -> None:
    """99 rows of class 0: ceil(100 x 0.9) = 90 of them reach the 10th smallest; of class 1 there are too few."""
    of_true = np.arange(1, 100) / 100
    shares = np.stack([of_true, 1 - of_true], axis=1)
    made = PredictionSets.calibrate(shares, np.zeros(99, dtype=np.int64))
    assert made.bounds == (0.10, 0.10)
    few = PredictionSets.calibrate(shares[:5], np.zeros(5, dtype=np.int64))
    assert few.bounds == (0.0, 0.0)
    assert made.members(np.array([[0.95, 0.05], [0.5, 0.5]])).tolist() == [[True, False], [True, True]]
    assert made.names(np.array([[0.3, 0.7]]), ["cat", "dog"]) == ["dog|cat"]


def test_sets_hold_the_truth_in_90_of_100_rows_of_every_class() -> None:
    """Of a rare class as well; the sets are small where the classes are far apart."""
    random = np.random.default_rng(5)
    labels = random.choice(3, size=12_000, p=[0.7, 0.25, 0.05])
    logits = random.normal(size=(12_000, 3)) + 2 * (labels[:, None] == np.arange(3))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    made = PredictionSets.calibrate(shares[:6_000], labels[:6_000])
    inside, new = made.members(shares[6_000:]), labels[6_000:]
    for number in range(3):
        held = inside[new == number, number].mean()
        assert held == pytest.approx(0.9, abs=0.04), number  # 300 rows of the rare class: an error of 0.017, twice
    assert 1 < inside.sum(axis=1).mean() < 2


def test_a_fit_of_classes_gives_sets(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=(600, 2))
    y = np.array(["low", "middle", "high"])[np.digitize(x.sum(1) + random.normal(0, 0.7, 600), [-0.7, 0.7])]
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y})
    run = gf.fit(
        gf.table(frame, "y"), out=tmp_path / "run", interval=True, epochs=4, arch="linear", rivals="none", quiet=True
    )
    assert run.metrics["test"]["coverage"].high > 0.9
    assert 1 <= run.metrics["test"]["set_size"].value < 3
    predicted = gf.load(run.folder).predict(frame.head(40).drop("y"))
    assert all(named in text.split("|") for named, text in zip(predicted["prediction"], predicted["set"], strict=True))
    assert {group["group"] for group in run.record.analyses["coverage"]} == {"low", "middle", "high"}
