"""Descriptions of numbers against Python's statistics, SciPy, statsmodels and the printed table of the normal curve."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from scipy import stats as scipy_stats
from statsmodels.stats.diagnostic import lilliefors

from goodfit import stats

AGES = [22.0, 38.0, 26.0, 35.0, 54.0, 2.0, 27.0, 14.0, 4.0, 58.0]


def test_the_two_variances_are_told_apart() -> None:
    """By hand for 2, 4, 6: squared distances 4, 0 and 4; over 3 values, or over the 2 that are free."""
    assert stats.population_variance([2, 4, 6]) == pytest.approx(8 / 3)
    assert stats.sample_variance([2, 4, 6]) == pytest.approx(4.0)
    assert stats.population_variance(AGES) == pytest.approx(statistics.pvariance(AGES))
    assert stats.sample_variance(AGES) == pytest.approx(statistics.variance(AGES))
    assert stats.population_deviation(AGES) == pytest.approx(statistics.pstdev(AGES))
    assert stats.sample_deviation(AGES) == pytest.approx(statistics.stdev(AGES))
    assert np.isnan(stats.sample_variance([3.0]))


def test_standardised_values_have_mean_0_and_deviation_1() -> None:
    scores = stats.standardised(AGES)
    assert scores == pytest.approx(scipy_stats.zscore(AGES))
    assert (scores.mean(), stats.population_deviation(scores)) == pytest.approx((0, 1))
    assert stats.standardised([60.0], 50.0, 5.0) == pytest.approx([2.0])
    assert stats.standardised([7.0, 7.0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("z", "area"),
    [(0, 0.5), (0.67, 0.7486), (1, 0.8413), (1.645, 0.9500), (1.96, 0.9750), (2.58, 0.9951), (-1, 0.1587)],
)
def test_areas_are_those_of_the_printed_table(z: float, area: float) -> None:
    assert stats.area_left_of(z) == pytest.approx(area, abs=5e-5)
    assert stats.z_of_area(stats.area_left_of(z)) == pytest.approx(z, abs=1e-9)


def test_shares_within_deviations() -> None:
    assert [round(100 * share, 1) for share in stats.normal_shares()] == [68.3, 95.4, 99.7]
    # by hand: mean 0, population deviation sqrt(20 / 5) = 2; within 2, 4 and 6
    assert stats.shares_within([-3, -1, 0, 1, 3]) == pytest.approx((0.6, 1.0, 1.0))


@pytest.mark.parametrize("law", ["normal", "exponential", "uniform"])
def test_distance_from_the_normal_curve_is_that_of_lilliefors(law: str) -> None:
    values = getattr(np.random.default_rng(4), law)(size=400)
    assert stats.distance_from_normal(values) == pytest.approx(lilliefors(values)[0])


def test_outliers_are_beyond_tukeys_fences() -> None:
    """Quartiles of 1..9 are 3 and 7: the fences are -3 and 13."""
    assert stats.outliers([1, 2, 3, 4, 5, 6, 7, 8, 9]).tolist() == []
    assert stats.outliers([*range(1, 10), 40]).tolist() == [9]


def test_a_bootstrap_interval_of_a_mean_is_near_that_of_student() -> None:
    values = np.random.default_rng(6).normal(10, 2, 200)
    estimate = stats.bootstrap(values, np.mean)
    low, high = scipy_stats.t.interval(0.95, 199, values.mean(), scipy_stats.sem(values))
    assert estimate.value == pytest.approx(values.mean())
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=0.06)
    assert stats.bootstrap([3, 3, 3], np.mean).low == 3


def test_every_public_name_is_there() -> None:
    assert [name for name in stats.__all__ if not hasattr(stats, name)] == []
