"""Prediction intervals: the quantile by hand, and the coverage on rows that were not calibrated on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch
from click.testing import CliRunner

import goodfit as gf
from goodfit.cli.app import app
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


@pytest.mark.slow
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


def test_relative_widths_are_the_quantile_of_errors_in_spreads_by_hand() -> None:
    spread = np.linspace(1.0, 2.0, 19)
    errors = np.arange(1.0, 20.0) * spread  # in spreads 1 to 19, of which the 18th smallest
    made = Intervals.calibrate(np.zeros(19), errors, spread)
    assert (made.widths, made.edges, made.relative) == ((18.0,), (), True)
    assert made.half_widths(np.zeros(2), np.array([0.5, 3.0])).tolist() == [9.0, 54.0]
    assert Intervals.from_json(made.to_json()) == made
    assert not Intervals.from_json({"edges": [], "widths": [1.0]}).relative  # as older runs have it
    # 36 wide; the truth of the second row lies 2 outside: 36 + 20 x 2
    assert made.losses(np.zeros(2), np.array([1.0, 20.0]), np.ones(2)) == pytest.approx([36.0, 76.0])


def test_widths_follow_a_column_that_the_prediction_does_not_show(tmp_path: Path) -> None:
    """Noise of 0.2 where `a` is below 0 and of 2 above: y does not depend on `a`, so that only x tells them apart."""
    random = np.random.default_rng(3)
    a, b = random.normal(size=(2, 4_000))
    frame = pl.DataFrame({"a": a, "b": b, "y": b + np.where(a > 0, 2.0, 0.2) * random.normal(size=4_000)})
    run = gf.fit(
        gf.table(frame[:2_000], "y"),
        out=tmp_path / "run",
        interval=True,
        epochs=5,
        arch="mlp",
        rivals="none",
        quiet=True,
    )
    assert [choice.value for choice in run.record.choices if choice.name == "intervals"] == [
        "widths follow x, by boosted trees"
    ]
    new = gf.load(run.folder).predict(frame[2_000:].drop("y"))
    low, high, y, noisy = np.array(new["low"]), np.array(new["high"]), frame["y"][2_000:].to_numpy(), a[2_000:] > 0
    width, inside = high - low, (low <= y) & (y <= high)
    assert width[noisy].mean() > 4 * width[~noisy].mean()
    for part in (noisy, ~noisy):  # 1,000 rows: a standard error of 0.01, and as much of the calibration
        assert inside[part].mean() == pytest.approx(0.9, abs=0.05)
    assert isinstance(run.net, type(gf.load(run.folder).net))
    assert run.net(torch.zeros(2, 2)).shape == (2, 1)  # the net alone, as it was trained
    wide = [group for group in run.record.analyses["coverage"] if group["group"].startswith("interval")]
    assert len(wide) == 3
    alone = gf.load(run.folder).predict(frame[2_000:2_001].drop("y"))
    assert alone["high"][0] == pytest.approx(high[0], rel=1e-6)


def test_a_run_without_intervals_gives_them_when_they_are_asked_for(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    x = random.normal(size=(1_500, 2))
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": x[:, 0] + random.normal(size=1_500)})
    run = gf.fit(gf.table(frame[:700], "y"), out=tmp_path / "run", epochs=3, arch="mlp", rivals="none", quiet=True)
    again = gf.load(run.folder)
    assert list(again.predict(frame).columns) == ["prediction"]
    given = again.predict(frame[700:], interval=True)
    low, high, y = np.array(given["low"]), np.array(given["high"]), frame["y"][700:].to_numpy()
    assert ((low <= y) & (y <= high)).mean() == pytest.approx(0.9, abs=0.05)  # 800 rows: an error of 0.01, and as much
    frame[:20].write_csv(tmp_path / "new.csv")
    printed = CliRunner().invoke(app, ["predict", str(run.folder), str(tmp_path / "new.csv"), "--interval", "-q"])
    assert printed.stdout.splitlines()[0] == "key,prediction,low,high,error"
    several = gf.fit(gf.arrays(x, x), out=tmp_path / "two", epochs=1, arch="mlp", rivals="none", quiet=True)
    with pytest.raises(gf.GoodfitError, match="classes, and regression of one number"):
        several.predict(x, interval=True)


def test_widths_stay_as_they_are_where_x_says_nothing_of_the_noise(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    a, b = random.normal(size=(2, 1_200))
    frame = pl.DataFrame({"a": a, "b": b, "y": b + random.normal(size=1_200)})
    run = gf.fit(
        gf.table(frame, "y"), out=tmp_path / "run", interval=True, epochs=3, arch="linear", rivals="none", quiet=True
    )
    assert run.record.net.spread is None
    assert run.record.task["intervals"].keys() == {"edges", "widths"}


def test_intervals_of_images_follow_what_the_head_of_the_net_is_given(tmp_path: Path) -> None:
    """The upper half of an image says how noisy its number is, the lower half how high."""
    random = np.random.default_rng(0)
    noisy, height = random.random(900) < 0.5, random.random(900)
    images = random.uniform(0, 60, (900, 1, 16, 16))
    images[:, 0, :8] += 150 * noisy[:, None, None]
    images[:, 0, 8:] += 150 * height[:, None, None]
    y = 3 * height + np.where(noisy, 1.0, 0.1) * random.normal(size=900)
    pixels = images.clip(0, 255).astype(np.uint8)
    run = gf.fit(
        gf.arrays(pixels, y), out=tmp_path / "run", interval=True, epochs=5, arch="resnet10", width=8, quiet=True
    )
    assert run.record.net.spread is not None
    assert run.record.net.spread.head == "fc"
    again = gf.load(run.folder)
    predicted = again.predict(pixels)
    width = np.array(predicted["high"]) - np.array(predicted["low"])
    assert width[noisy].mean() > 1.5 * width[~noisy].mean()
    assert again.embed(pixels[:5]).vectors.shape == (5, 64)


def test_no_interval_of_a_rating_leaves_the_ratings(tmp_path: Path) -> None:
    random = np.random.default_rng(6)
    users, items = random.integers(0, 40, 4_000), random.integers(0, 30, 4_000)
    erratic = users < 20
    stars = np.where(erratic, random.integers(1, 6, 4_000), np.where(random.random(4_000) < 0.9, 3, 4))
    frame = pl.DataFrame({"user": users, "film": items, "stars": stars})
    run = gf.fit(gf.ratings(frame, "user", "film", "stars"), out=tmp_path / "run", interval=True, epochs=4, quiet=True)
    assert run.record.net.spread is not None
    again = gf.load(run.folder)
    predicted = again.predict(frame.drop("stars"))
    low, high = np.array(predicted["low"]), np.array(predicted["high"])
    assert low.min() >= 1
    assert high.max() <= 5
    assert (high - low)[erratic].mean() > 1.5 * (high - low)[~erratic].mean()
    with pytest.warns(UserWarning, match="not in the training rows"):  # scores of the catalogue have no spread
        assert len(again.recommend("nobody", 5)) == 5


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
