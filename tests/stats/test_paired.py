"""Paired tests against scipy, statsmodels, baycomp, and published examples."""

from __future__ import annotations

import math

import baycomp
import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from goodfit.stats.estimates import proportion
from goodfit.stats.paired import (
    DiscordantPosterior,
    apart,
    corrected_t,
    correlated_posterior,
    holm,
    mcnemar,
    paired_t,
    share_difference,
)
from goodfit.stats.sign_flips import sign_flip


@pytest.mark.parametrize(("only_a", "only_b"), [(1, 7), (4, 0), (12, 30)])
def test_mcnemar_is_as_published(only_a: int, only_b: int) -> None:
    """The first: Fagerland et al. 2013, table 2 (airway hyper-responsiveness before and after): 0.034."""
    theirs = statsmodels_mcnemar([[1, only_a], [only_b, 12]], exact=False, correction=False).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(theirs)
    assert mcnemar(1, 7) == pytest.approx(0.034, abs=5e-4)


@pytest.mark.parametrize(("only_a", "only_b"), [(4, 0), (5, 1), (6, 1), (8, 1), (9, 2)])
def test_mcnemar_and_the_interval_of_the_difference_agree(only_a: int, only_b: int) -> None:
    assert (mcnemar(only_a, only_b) < 0.05) == (share_difference(only_a, only_b, 30).low > 0)


def test_mcnemar_of_equal_models() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == pytest.approx(1.0)


def test_interval_of_a_share_difference_is_as_published() -> None:
    """Tango's interval of the same data, Fagerland, Lydersen and Laake 2014: -0.517 to -0.026."""
    estimate = share_difference(1, 7, 21)
    assert estimate.value == pytest.approx(-6 / 21)
    assert (estimate.low, estimate.high) == pytest.approx((-0.517, -0.026), abs=1e-3)


@pytest.mark.parametrize(("only_a", "only_b", "rows"), [(12, 2, 50), (3, 0, 40), (0, 0, 30), (30, 25, 400)])
def test_interval_of_a_share_difference_holds_what_a_score_test_does_not_reject(
    only_a: int, only_b: int, rows: int
) -> None:
    """The likelihood of a difference is maximised over a grid, not solved."""

    def score(delta: float) -> float:
        shares = np.linspace(max(0.0, -delta), 1, 200_001)[1:-1]  # of rows where only b is right
        more = shares + delta
        inside = (more > 0) & (more + shares < 1)
        p, q = more[inside], shares[inside]
        rest = rows - only_a - only_b
        with np.errstate(divide="ignore", invalid="ignore"):
            likelihood = only_a * np.log(p) + only_b * np.log(q) + rest * np.log(1 - p - q)
        best = q[np.nanargmax(likelihood)]
        return float((only_a - only_b - rows * delta) / math.sqrt(rows * (2 * best + delta - delta**2)))

    estimate = share_difference(only_a, only_b, rows)
    assert score(estimate.low) == pytest.approx(1.96, abs=0.01)
    assert score(estimate.high) == pytest.approx(-1.96, abs=0.01)


def test_paired_t_is_that_of_scipy() -> None:
    random = np.random.default_rng(1)
    a, b = random.gamma(2, size=(2, 40))
    test, other = paired_t(a, b), stats.ttest_rel(a, b)
    interval = other.confidence_interval()
    assert (test.statistic, test.p) == pytest.approx((other.statistic, other.pvalue))
    assert (test.difference.low, test.difference.high) == pytest.approx((interval.low, interval.high))


def test_rows_that_do_not_differ_are_no_difference() -> None:
    same = paired_t(np.ones(9), np.ones(9))
    assert (same.p, same.difference.low, same.difference.high) == (1.0, 0.0, 0.0)
    always = paired_t(np.ones(9), np.zeros(9))
    assert always.p == 0.0


def test_corrected_t_is_that_of_the_paper() -> None:
    """Nadeau and Bengio 2003, equation 9: the variance of the mean is (1/J + n2/n1) times that of the differences."""
    differences = np.array([0.02, 0.01, -0.005, 0.03, 0.015])
    test = corrected_t(differences, 1 / 5)
    expected = differences.mean() / math.sqrt((1 / 5 + 1 / 4) * differences.var(ddof=1))
    assert test.statistic == pytest.approx(expected)
    assert test.p == pytest.approx(2 * stats.t.sf(abs(expected), 4))


@pytest.mark.parametrize("rope", [0.0, 0.01, 0.05])
def test_probabilities_are_those_of_baycomp(rope: float) -> None:
    random = np.random.default_rng(7)
    a = 0.9 + 0.02 * random.standard_normal(10)
    b = a - 0.008 + 0.015 * random.standard_normal(10)
    theirs = baycomp.two_on_single(a, b, rope=rope)
    below, equal, above = correlated_posterior(a - b, 1 / 10).shares(rope)
    if rope == 0:
        assert (above, below) == pytest.approx(theirs, abs=1e-9)
        assert equal == pytest.approx(0, abs=1e-12)
    else:
        assert (above, equal, below) == pytest.approx(theirs, abs=1e-9)


def test_equal_folds_are_certainly_equal() -> None:
    assert correlated_posterior(np.zeros(5), 0.2).shares(0.01) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("only_a", "only_b", "rows"), [(0, 0, 18), (5, 1, 30), (40, 42, 1_000)])
@pytest.mark.parametrize("rope", [0.0, 0.01, 0.05])
def test_belief_in_a_difference_of_shares_is_that_of_drawn_dirichlet_shares(
    only_a: int, only_b: int, rows: int, rope: float
) -> None:
    counts = np.array([only_a, only_b, rows - only_a - only_b]) + 0.5
    drawn = np.random.default_rng(0).dirichlet(counts, size=400_000)
    difference = drawn[:, 0] - drawn[:, 1]
    expected = [(difference < -rope).mean(), (np.abs(difference) <= rope).mean(), (difference > rope).mean()]
    assert DiscordantPosterior(only_a, only_b, rows).shares(rope) == pytest.approx(expected, abs=0.003)


def test_intervals_of_both_values_give_that_of_independent_shares() -> None:
    """Newcombe 1998, method 10, which Zou and Donner's is for shares with Wilson's intervals; by statsmodels."""
    low, high = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    found = apart(proportion(56, 70), proportion(48, 80))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.value == pytest.approx(0.2)


def test_holm_is_that_of_statsmodels() -> None:
    values = [0.01, 0.04, 0.03, 0.005, 0.5]
    assert holm(values) == pytest.approx(multipletests(values, method="holm")[1])
    assert holm([]) == []


def test_what_rounding_leaves_is_no_difference() -> None:
    """The same values computed in two ways: 0.1 + 0.2 is not 0.3 in floats."""
    tenths = np.arange(1.0, 40.0)
    a, b = tenths * 0.1 + 0.2, (tenths + 2) / 10
    assert 0 < np.abs(a - b).max() < 1e-15
    for test in (paired_t(a, b), sign_flip(a, b), sign_flip(a, b, np.arange(39) // 4)):
        assert (test.p, test.difference.value, test.difference.low, test.difference.high) == (1, 0, 0, 0)
