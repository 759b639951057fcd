"""Prediction intervals: the quantile by hand, and the coverage on rows that were not calibrated on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

import goodfit as gf
from goodfit.tasks.intervals import Intervals


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
    with pytest.raises(gf.GoodfitError, match="--interval is for regression of one number"):
        gf.fit(gf.arrays(x[:, None], (x > 2).astype(int)), out=tmp_path / "b", interval=True, epochs=1, quiet=True)
