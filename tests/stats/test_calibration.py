"""What chance alone makes of perfect probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from goodfit.stats.calibration import Reliability, reliability


def test_perfect_probabilities_have_the_error_that_chance_makes() -> None:
    random = np.random.default_rng(0)
    errors, expected = [], []
    for _ in range(200):
        shares = random.uniform(0.5, 1, size=300)
        bins = reliability(shares, random.random(300) < shares)
        errors.append(bins.error)
        expected.append(bins.error_by_chance)
    assert np.mean(errors) == pytest.approx(np.mean(expected), rel=0.05)


def test_one_bin_by_hand() -> None:
    """100 rows at 80%: a deviation of 4 points, of which the mean distance is 0.798 times as much."""
    assert Reliability((0.8,), (0.7,), (100,)).error_by_chance == pytest.approx(0.0319, abs=1e-4)


def test_bins_are_read_as_they_were_written() -> None:
    made = reliability(np.linspace(0.5, 1, 90), np.arange(90) % 3 > 0)
    assert Reliability.from_json(made.to_json()) == made
