"""Figures against hand calculations, SciPy and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special as scipy_special
from scipy import stats as scipy_stats
from scipy.optimize import brentq
from sklearn.metrics import average_precision_score, balanced_accuracy_score, r2_score, roc_auc_score

from goodfit.stats import areas
from goodfit.stats import estimates as stats
from goodfit.stats.recalls import balanced_accuracy


def test_wilson_gives_the_textbook_interval() -> None:
    # 81 of 263 (Newcombe 1998, table I): 0.2553 to 0.3662
    found = stats.proportion(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    # 0 of 20 (the same table): 0 to 0.1611
    found = stats.proportion(0, 20)
    assert found.low == 0
    assert round(found.high, 4) == 0.1611


@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_wilson_is_scipys(n: int, share: float) -> None:
    hits = round(n * share)
    expected = scipy_stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = stats.proportion(hits, n)
    assert found.low == pytest.approx(expected.low, abs=1e-9)
    assert found.high == pytest.approx(expected.high, abs=1e-9)


def test_no_rows_say_that_nothing_is_known() -> None:
    found = stats.proportion(0, 0)
    assert math.isnan(found.value)
    assert (found.low, found.high) == (0, 1)


@given(st.floats(-6, 6))
def test_the_normals_area_is_scipys(z: float) -> None:
    assert stats.normal_cdf(z) == pytest.approx(scipy_stats.norm.cdf(z), abs=1e-12)


def test_z_scores_are_scipys_and_a_constant_column_gives_zeros() -> None:
    x = np.random.default_rng(0).normal(3, 5, (50, 3))
    np.testing.assert_allclose(stats.z_scores(x), scipy_stats.zscore(x))
    assert (stats.z_scores(np.full((4, 1), 7.0)) == 0).all()


def test_a_mean_of_symmetric_values_has_students_interval() -> None:
    half = np.random.default_rng(1).normal(0, 1, 50)
    values = 2 + np.concatenate([half, -half])
    low, high = scipy_stats.t.interval(0.95, 99, values.mean(), values.std(ddof=1) / 10)
    found = stats.mean(values)
    assert [found.low, found.high] == pytest.approx([low, high])


def halls_ends(values: np.ndarray, raised: float = 1.0) -> tuple[float, float]:
    """Where Hall's statistic is Student's quantile, by SciPy's root finder; with so many times the skewness."""
    n, deviation = len(values), values.std(ddof=1)
    skewness = raised * scipy_stats.skew(values, bias=False)

    def statistic(mean: float) -> float:
        t = (values.mean() - mean) / deviation
        shifted = t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / (6 * n)
        return float(math.sqrt(n) * shifted)

    quantile, far = scipy_stats.t.ppf(0.975, n - 1), 20 * deviation
    low = brentq(lambda mean: statistic(mean) - quantile, values.mean() - far, values.mean())
    return low, brentq(lambda mean: statistic(mean) + quantile, values.mean(), values.mean() + far)


def test_a_mean_of_skewed_values_has_halls_interval() -> None:
    values = np.random.default_rng(2).exponential(3, 40)
    found = stats.mean(values)
    assert [found.low, found.high] == pytest.approx(halls_ends(values))
    assert found.high - found.value > found.value - found.low


@pytest.mark.parametrize("law", ["normal", "exponential"])
def test_a_mean_of_30_values_is_covered_in_95_of_100_samples(law: str) -> None:
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(2_000):
        found = stats.mean(getattr(random, law)(size=30) - (law == "exponential"))
        covered += found.low <= 0 <= found.high
    assert 0.935 <= covered / 2_000 <= 0.965  # three simulation errors


@settings(max_examples=30, deadline=None)
@given(above=st.integers(2, 25), below=st.integers(2, 25), seed=st.integers(0, 1000), ties=st.booleans())
def test_auc_and_its_variance_are_those_of_all_pairs(above: int, below: int, seed: int, ties: bool) -> None:
    random = np.random.default_rng(seed)
    high, low = random.normal(0.5, 1, above), random.normal(0, 1, below)
    if ties:
        high, low = high.round(), low.round()
    scores, positive = np.concatenate([high, low]), np.array([1] * above + [0] * below)
    found = areas.auc(scores, positive)
    assert found is not None
    assert found.value == pytest.approx(roc_auc_score(positive, scores))
    # DeLong, DeLong and Clarke-Pearson 1988, written out over all pairs, less the residuals of a two-way table
    wins = (high[:, None] > low) + 0.5 * (high[:, None] == low)
    residuals = wins - wins.mean(1)[:, None] - wins.mean(0) + wins.mean()
    of_pairs = (residuals**2).sum() / ((above - 1) * (below - 1)) / (above * below)
    theirs = wins.mean(1).var(ddof=1) / above + wins.mean(0).var(ddof=1) / below
    error = math.sqrt(max(theirs - of_pairs, theirs / 2))
    if error == 0 and 0 < found.value < 1:  # all scores are the same
        assert (found.low, found.high) == (found.value, found.value)
        return
    wrong = min(above, below) * min(found.value, 1 - found.value)
    own = found.value * (1 - found.value)
    for end in (found.low, found.high):
        if end in (found.value, 0, 1):
            continue
        # Hanley and McNeil 1982: two positive rows above one negative one, and one above two
        first, second = end / (2 - end) - end**2, 2 * end**2 / (1 + end) - end**2
        ways = ((first, second), (second, first))
        sums = [end * (1 - end) + (above - 1) * one + (below - 1) * other for one, other in ways]
        theirs = max(sums) / (above * below)
        moved = error**2 * end * (1 - end) / own if own else 0.0
        variance = (wrong * moved + 0.5 * theirs) / (wrong + 0.5)
        assert abs(found.value - end) == pytest.approx(scipy_stats.norm.ppf(0.975) * math.sqrt(variance), rel=1e-6)
    turned = areas.auc(-scores, ~positive.astype(bool))  # the same question
    assert turned is not None
    assert [turned.value, turned.low, turned.high] == pytest.approx([found.value, found.low, found.high])


def test_rows_that_are_all_in_order_speak_as_hanley_and_mcneil_have_it() -> None:
    """10 and 10 rows: 1 - a = 1.96 sqrt(v(a)), with their variance: a = 0.8002."""
    found = areas.auc(np.arange(20.0), np.arange(20) >= 10)
    assert found is not None
    assert found.high == 1
    low = brentq(
        lambda a: (
            (1 - a) ** 2 - 1.959964**2 * (a * (1 - a) + 9 * (a / (2 - a) + 2 * a * a / (1 + a) - 2 * a * a)) / 100
        ),
        0.5,
        0.999,
    )
    assert found.low == pytest.approx(low, abs=1e-5)


def test_an_area_near_one_is_covered_though_few_rows_are_positive() -> None:
    """15 positive rows of 150, twice as spread, 0.97: DeLong's interval on the logit scale holds it in 81%."""
    random, held = np.random.default_rng(5), 0
    truth = scipy_stats.norm.cdf(4.2 / math.sqrt(5))
    positive = np.arange(150) < 15
    for _ in range(600):
        found = areas.auc(random.normal(size=150) * np.where(positive, 2, 1) + 4.2 * positive, positive)
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.925 <= held / 600 <= 0.985  # 95% to 97%, and three simulation errors


def test_the_mean_area_of_several_classes_is_scikit_learns() -> None:
    random = np.random.default_rng(7)
    labels = random.integers(0, 3, 90)
    scores = random.random((90, 3)) + 0.5 * (labels[:, None] == np.arange(3))
    scores /= scores.sum(axis=1, keepdims=True)
    found = areas.mean_auc(scores, labels[:, None] == np.arange(3))
    assert found is not None
    assert found.value == pytest.approx(roc_auc_score(labels, scores, multi_class="ovr", average="macro"))
    alone = [areas.auc(scores[:, at], labels == at) for at in range(3)]
    assert found.high - found.low < min(each.high - each.low for each in alone if each is not None)


def test_average_precision_has_the_interval_of_a_jackknife() -> None:
    """Each row is left out in turn, by scikit-learn."""
    random = np.random.default_rng(8)
    positive = random.random(40) < 0.4
    scores = random.normal(size=40) + positive
    found = areas.average_precision(scores, positive)
    assert found is not None
    assert found.value == pytest.approx(average_precision_score(positive, scores))
    left_out = np.array([average_precision_score(np.delete(positive, at), np.delete(scores, at)) for at in range(40)])
    error = math.sqrt(39 / 40 * ((left_out - left_out.mean()) ** 2).sum())
    reach = scipy_stats.t.ppf(0.975, 39) * error / (found.value * (1 - found.value))
    ends = [scipy_special.expit(scipy_special.logit(found.value) + side * reach) for side in (-1, 1)]
    assert [found.low, found.high] == pytest.approx(ends)
    apart = areas.average_precision(np.arange(10.0), np.arange(10) > 5)
    assert apart == stats.proportion(4, 4)
    assert areas.average_precision(np.arange(3.0), np.ones(3, dtype=bool)) is None


def test_auc_of_a_single_class_is_left_out() -> None:
    assert areas.auc(np.array([0.1, 0.2]), np.array([1, 1])) is None


def test_balanced_accuracy_is_scikit_learns() -> None:
    random = np.random.default_rng(2)
    labels, named = random.integers(0, 4, 200), random.integers(0, 4, 200)
    found = balanced_accuracy(labels == named, labels)
    assert found.value == pytest.approx(balanced_accuracy_score(labels, named))
    assert found.low < found.value < found.high


def test_rmse_covers_the_truth_in_about_95_of_100_samples() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        found = stats.rmse(random.normal(0, 2, 150))
        covered += found.low <= 2 <= found.high
    assert 0.90 <= covered / 400 <= 0.98


def test_the_interval_of_r2_is_that_of_a_jackknife() -> None:
    """Written out: each row is left out in turn."""
    random = np.random.default_rng(6)
    y = random.normal(0, 3, 25)
    guess = y + random.normal(0, 1, 25)
    kept = [np.delete(np.arange(25), at) for at in range(25)]
    left_out = np.array([math.log(1 - r2_score(y[rows], guess[rows])) for rows in kept])
    error = math.sqrt(24 / 25 * ((left_out - left_out.mean()) ** 2).sum())
    reach = math.exp(scipy_stats.t.ppf(0.975, 24) * error)
    found = stats.r2(guess - y, y)
    assert found is not None
    unexplained = 1 - r2_score(y, guess)
    assert 1 - found.low == pytest.approx(unexplained * reach)
    # what each row does to the share: the residual less the share of the distance, over the mean distance
    influence = ((guess - y) ** 2 - unexplained * (y - y.mean()) ** 2) / ((y - y.mean()) ** 2).mean()
    least = min(unexplained / reach, max(0.0, unexplained + stats.mean(influence).low))
    assert 1 - found.high == pytest.approx((unexplained / reach + least) / 2)


@pytest.mark.parametrize("law", ["t", "normal", "nearly the same"])
def test_the_interval_of_an_rmse_is_the_widest_of_three(law: str) -> None:
    random = np.random.default_rng(8)
    errors = {
        "t": random.standard_t(3, size=40),
        "normal": random.normal(size=40),
        "nearly the same": random.uniform(1, 1.2, size=40),
    }[law]
    squares = errors**2
    left_out = np.array([math.log(np.delete(squares, at).mean()) for at in range(40)])
    error = math.sqrt(39 / 40 * ((left_out - left_out.mean()) ** 2).sum())
    reach = math.exp(scipy_stats.t.ppf(0.975, 39) * error)
    found = stats.rmse(errors)
    assert found.low**2 == pytest.approx(squares.mean() / reach)
    ends = squares.mean() * reach, halls_ends(squares)[1], halls_ends(squares, 1 + 1.5 / math.sqrt(40))[1]
    assert found.high**2 == pytest.approx(max(ends))
    assert stats.rmse(np.zeros(5)) == stats.Estimate(0, 0, 0)


def test_an_rmse_of_30_errors_with_tails_is_covered() -> None:
    """Of Student's t with 5 degrees: 92% without the skewness raised."""
    random, held = np.random.default_rng(10), 0
    for _ in range(2_000):
        found = stats.rmse(random.standard_t(5, size=30))
        held += found.low <= math.sqrt(5 / 3) <= found.high
    assert 0.935 <= held / 2_000 <= 0.965


def test_r2_is_scikit_learns_and_needs_a_varying_target() -> None:
    random = np.random.default_rng(4)
    y = random.normal(10, 3, 120)
    guess = y + random.normal(0, 1, 120)
    found = stats.r2(guess - y, y)
    assert found is not None
    assert found.value == pytest.approx(r2_score(y, guess))
    assert found.low < found.value < found.high
    assert stats.r2(np.zeros(5), np.ones(5)) is None


def test_the_paired_z_test_is_the_one_sample_test_of_the_differences() -> None:
    random = np.random.default_rng(5)
    a, b = random.normal(0.1, 1, 500), random.normal(0, 1, 500)
    found = stats.paired_z(a, b)
    expected = scipy_stats.ttest_1samp(a - b, 0)  # with 500 rows Student's law is the normal to 3 digits
    assert found.z == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue, rel=0.02)
    same = stats.paired_z(a, a)
    assert (same.z, same.p) == (0, 1)


def test_balanced_accuracy_of_one_mistake_in_many_classes_is_no_wider_than_accuracy() -> None:
    """Ten classes of 27 rows, one mistake: about as of 270 rows of one share (Wilson), 97.9% to 99.9%."""
    labels = np.repeat(np.arange(10), 27)
    correct = np.arange(270) > 0
    found, plain = balanced_accuracy(correct, labels), stats.proportion(269, 270)
    assert plain.low <= found.low
    assert (found.low, found.high) == pytest.approx((0.979, 0.999), abs=0.003)


def test_the_interval_of_a_loss_does_not_reach_below_zero() -> None:
    losses = np.r_[np.zeros(30), 1.2]
    assert stats.mean(losses).low < 0
    assert stats.mean(losses, least=0).low == 0
    assert stats.mean(losses, least=0).high == stats.mean(losses).high
    assert stats.mean(np.array([0.5]), least=0, most=1) == stats.Estimate(0.5, 0, 1)
