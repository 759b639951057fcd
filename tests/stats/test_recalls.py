"""The interval of balanced accuracy: against Wilson's, and against a score test solved by a general optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from goodfit.stats.estimates import proportion
from goodfit.stats.recalls import balanced_accuracy, recall_influence


@pytest.mark.parametrize(("right", "rows"), [(8, 10), (0, 7), (7, 7), (499, 500)])
def test_of_one_class_it_is_wilsons(right: int, rows: int) -> None:
    got, expected = balanced_accuracy(np.arange(rows) < right, np.zeros(rows)), proportion(right, rows)
    assert (got.value, got.low, got.high) == pytest.approx((expected.value, expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize("counts", [((9, 10), (3, 5)), ((90, 95), (4, 5)), ((6, 6), (2, 4))])
def test_the_ends_are_the_means_that_a_score_test_just_keeps(counts: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (x1, n1), (x2, n2) = counts
    correct = np.r_[np.arange(n1) < x1, np.arange(n2) < x2]
    got = balanced_accuracy(correct, np.repeat(["a", "b"], [n1, n2]))

    def statistic(mean: float) -> float:
        """Of the likeliest pair of shares with this mean; variances over n - 1/2."""

        def unlikely(first: float) -> float:
            shares = np.clip([first, 2 * mean - first], 1e-12, 1 - 1e-12)
            hits, misses = np.array([x1, x2]), np.array([n1 - x1, n2 - x2])
            return -float((hits * np.log(shares) + misses * np.log(1 - shares)).sum())

        ends = (max(0.0, 2 * mean - 1), min(1.0, 2 * mean))
        first = minimize_scalar(unlikely, bounds=ends, method="bounded", options={"xatol": 1e-12}).x
        second = 2 * mean - first
        error = np.sqrt(first * (1 - first) / (n1 - 0.5) + second * (1 - second) / (n2 - 0.5)) / 2
        return float((got.value - mean) / error)

    assert statistic(got.low) == pytest.approx(1.96, abs=0.001)
    if got.value < 1:
        assert statistic(got.high) == pytest.approx(-1.96, abs=0.001)


def test_what_rows_do_adds_up_to_the_figure() -> None:
    random = np.random.default_rng(0)
    labels, correct = random.choice(4, size=60, p=[0.5, 0.3, 0.15, 0.05]), random.random(60) < 0.7
    assert recall_influence(correct, labels).mean() == pytest.approx(balanced_accuracy(correct, labels).value)
