"""The sign-flip test against all sign patterns, written out, and against Student's t test of many rows."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from goodfit.stats.sign_flips import normal_score, sign_flip, sign_flip_of_parts


def share_of_patterns(differences: np.ndarray) -> float:
    """Two-sided, of all 2^n sums, each spread evenly between its neighbours; of the outermost half lies beyond."""
    sums = np.array([np.dot(signs, differences) for signs in product((-1, 1), repeat=len(differences))])
    steps, counts = np.unique(sums.round(12), return_counts=True)
    at = np.array([steps[0], *(steps[1:] + steps[:-1]) / 2])
    below = np.interp(-abs(differences.sum()), at, np.array([counts[0] / 2, *np.cumsum(counts)[:-1]]) / len(sums))
    return 2 * float(below)


@pytest.mark.parametrize("law", ["normal", "exponential", "standard_cauchy"])
@pytest.mark.parametrize("count", [6, 12])
def test_few_differences_are_counted_out(law: str, count: int) -> None:
    differences = getattr(np.random.default_rng(count), law)(size=count)
    test = sign_flip(differences, np.zeros(count))
    assert test.p == pytest.approx(share_of_patterns(differences))


def test_a_sum_lies_between_its_neighbours() -> None:
    """By hand: of 64 sums 30.8 is the largest but one; with 31.2 above and 29.2 below, a fifth of it is above."""
    assert sign_flip(np.array([-0.2, 1, 2, 4, 8, 16]), np.zeros(6)).p == pytest.approx(2 * (1 + 0.4 / 2) / 64)


@pytest.mark.parametrize("count", [6, 7])
def test_six_or_seven_differences_are_called_so_in_5_of_100(count: int) -> None:
    """Shares of 64 sums are 3.1% or 6.2%, of 128 3.9% or 5.5%: none of them is 5%."""
    draws = np.random.default_rng(1).normal(size=(5_000, count))
    assert np.mean([abs(normal_score(draw)) > 1.96 for draw in draws]) == pytest.approx(0.05, abs=0.0062)  # two errors


@pytest.mark.parametrize(("law", "shift"), [("normal", 0.7), ("exponential", -0.5), ("laplace", 0.5)])
def test_the_saddlepoint_is_near_to_all_patterns(law: str, shift: float) -> None:
    """16 differences: 65,536 patterns."""
    differences = getattr(np.random.default_rng(4), law)(size=16) + shift
    expected = share_of_patterns(differences)
    assert expected < 0.3
    assert 2 * stats.norm.sf(abs(normal_score(differences))) == pytest.approx(expected, rel=0.06)


def test_of_many_rows_of_a_normal_law_it_is_students_test() -> None:
    random = np.random.default_rng(2)
    a, b = random.normal(size=(2, 2_000))
    a += 0.06
    test, other = sign_flip(a, b), stats.ttest_rel(a, b)
    interval = other.confidence_interval()
    assert test.p == pytest.approx(other.pvalue, rel=0.03)
    assert (test.difference.low, test.difference.high) == pytest.approx((interval.low, interval.high), abs=3e-4)


def test_the_interval_holds_what_the_test_does_not_reject() -> None:
    differences = np.random.default_rng(5).standard_t(3, size=40) + 0.5
    test = sign_flip(differences, np.zeros(40))
    for end in (test.difference.low, test.difference.high):
        assert abs(normal_score(differences - end)) == pytest.approx(1.96, abs=1e-3)
    assert test.difference.low < differences.mean() < test.difference.high
    assert (test.p < 0.05) == (test.difference.low > 0)


@pytest.mark.slow
def test_it_is_wrong_in_5_of_100_where_errors_have_heavy_tails() -> None:
    """Student's t test of squared errors is in 1 to 2 of 100: lognormal errors, 30 rows, 2,000 pairs of models."""
    random = np.random.default_rng(6)
    errors = np.exp(0.8 * random.normal(size=(2_000, 2, 30)))
    rejected = [sign_flip(*pair**2).p < 0.05 for pair in errors]
    assert 100 * np.mean(rejected) == pytest.approx(5, abs=3 * 0.49)  # three simulation errors
    assert 100 * np.mean([stats.ttest_rel(*pair**2).pvalue < 0.05 for pair in errors]) < 3


def test_differences_without_a_spread() -> None:
    same = sign_flip(np.ones(9), np.ones(9))
    assert (same.p, same.difference.low, same.difference.high) == (1.0, 0.0, 0.0)
    always = sign_flip(np.ones(9), np.zeros(9))
    assert always.p == pytest.approx(2 * 0.5**10)  # one pattern of 512 is as large on either side; it counts half
    assert (always.difference.low, always.difference.high) == (1.0, 1.0)
    many = sign_flip(np.ones(5_000), np.zeros(5_000))
    assert 0 <= many.p < 1e-200
    assert math.isfinite(many.statistic)


def test_a_few_rows_have_students_test() -> None:
    a, b = np.array([3.0, 1.0, 2.5]), np.array([1.0, 0.5, 1.2])
    assert sign_flip(a, b).p == pytest.approx(stats.ttest_rel(a, b).pvalue)


def test_groups_without_a_difference_tell_nothing() -> None:
    """20 groups of five, of which two have one row that only one model gets right: 1/4, as of two rows alone.

    What rounding left of the others was counted as 18 more that all speak for that model: p was 0.000001.
    """
    groups, differences = np.repeat(np.arange(20), 5), np.zeros(100)
    differences[[3, 58]] = 1
    assert sign_flip(differences, np.zeros(100), groups).p == pytest.approx(0.25)


@pytest.mark.parametrize("seed", range(40))
def test_groups_in_which_both_are_right_equally_often_tell_nothing(seed: int) -> None:
    """In other rows of the group: its sum is 0 but for rounding, and that of every pattern of signs.

    Before, 15 of these 40 had the p-value of what it left, or ended in an error.
    """
    random = np.random.default_rng(seed)
    of_each = [int(pairs) for pairs in random.integers(1, 5, 8)]  # rows that only one of them gets right
    weight = 1 / random.integers(3, 60)
    parts = np.concatenate([random.permutation([weight, -weight] * pairs) for pairs in of_each])
    found = sign_flip_of_parts(
        parts, np.full(len(parts), 1 / len(parts)), np.repeat(np.arange(8), 2 * np.array(of_each))
    )
    assert found.p == 1
    assert (found.difference.low, found.difference.high) == (0, 0)


def test_uneven_groups_have_the_p_value_of_all_their_signs() -> None:
    random = np.random.default_rng(4)
    groups = np.repeat(np.arange(8), [1, 1, 2, 3, 5, 8, 13, 4])
    differences = random.normal(0.4, 1, len(groups))
    sums = np.array([differences[groups == group].sum() for group in range(8)])
    found = sign_flip(differences, np.zeros(len(groups)), groups)
    assert found.p == pytest.approx(share_of_patterns(sums))
    assert found.difference.value == pytest.approx(differences.mean())
    for end in (found.difference.low, found.difference.high):
        step = 1e-3 * (found.difference.high - found.difference.low)
        near = [sign_flip(differences - (end + side * step), np.zeros(len(groups)), groups).p for side in (-1, 1)]
        assert min(near) <= 0.05 <= max(near)


def test_rows_that_stand_alone_may_be_given_as_groups() -> None:
    a, b = np.random.default_rng(5).normal(0.3, 1, 40), np.zeros(40)
    assert sign_flip(a, b, np.arange(40)) == sign_flip(a, b)
