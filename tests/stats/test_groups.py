"""Rows that belong together: standard errors against statsmodels, and against the same rows without their copies."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm

from goodfit.stats import areas, estimates
from goodfit.stats.groups import effective_groups, error_ratio, pooled
from goodfit.stats.recalls import balanced_accuracy

COPIES = 4


def rows_in_groups(count: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Values of groups of one to nine rows, which share a shift; and the groups."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(count), random.integers(1, 10, size=count))
    return random.exponential(size=len(groups)) + random.normal(size=count)[groups], groups


def test_the_error_of_a_mean_of_groups_is_that_of_statsmodels() -> None:
    values, groups = rows_in_groups()
    model = sm.OLS(values, np.ones(len(values)))
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": groups}).bse[0]
    assert error_ratio(values, groups) == pytest.approx(clustered / model.fit().bse[0])


def test_groups_have_the_mean_of_their_rows() -> None:
    values, groups = rows_in_groups()
    each = pooled(values, groups)
    assert len(each) == 40
    assert each.mean() == pytest.approx(values.mean())


def test_groups_of_one_size_count_each_and_a_large_one_counts_little_more_than_itself() -> None:
    assert effective_groups(np.repeat(np.arange(12), 5)) == pytest.approx(12)
    assert effective_groups(np.repeat([0, 1, 2], [98, 1, 1])) == pytest.approx(100**2 / (98**2 + 2))


@pytest.mark.parametrize("figure", ["share", "mean", "rmse", "r2", "auc", "average precision", "balanced", "ratio"])
def test_copies_of_rows_tell_nothing_new(figure: str) -> None:
    """Each row four times, and known to be the same: about the interval of the rows alone, with Student's quantile."""
    random = np.random.default_rng(1)
    x, y = random.normal(size=(2, 120))
    right = y + x > -0.5

    def of(at: np.ndarray, groups: np.ndarray | None) -> estimates.Estimate | None:
        a, b, correct, positive = x[at], y[at], right[at], at % 3 == 0
        sizes = np.exp(b)[:, None]
        score = a + 1.5 * positive
        figures: dict[str, Callable[[], estimates.Estimate | None]] = {
            "share": lambda: estimates.share(correct, groups),
            "mean": lambda: estimates.mean(np.exp(a), groups),
            "rmse": lambda: estimates.rmse(a, groups),
            "r2": lambda: estimates.r2(a, 2 * b + a, groups),
            "auc": lambda: areas.auc(score, positive, groups),
            "average precision": lambda: areas.average_precision(score, positive, groups),
            "balanced": lambda: balanced_accuracy(correct, at % 2, groups),
            "ratio": lambda: estimates.mean_of_ratios(sizes / (1 + np.exp(-a[:, None])), sizes, groups),
        }
        return figures[figure]()

    alone, copied = of(np.arange(120), None), of(np.tile(np.arange(120), COPIES), np.tile(np.arange(120), COPIES))
    believed = of(np.tile(np.arange(120), COPIES), None)
    assert alone is not None
    assert copied is not None
    assert believed is not None
    width, of_copies = alone.high - alone.low, copied.high - copied.low
    assert copied.value == pytest.approx(alone.value, abs=0.01 if figure == "average precision" else 1e-9)
    assert of_copies == pytest.approx(width, rel=0.08)
    assert believed.high - believed.low < 0.6 * width


def test_each_row_a_group_of_its_own_changes_nothing() -> None:
    values = np.random.default_rng(2).exponential(size=50)
    assert estimates.share(values > 0.2, np.arange(50)) == estimates.share(values > 0.2)
    assert estimates.rmse(values, np.arange(50)) == estimates.rmse(values)
    one, other = estimates.mean(values, np.arange(50)), estimates.mean(values)
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_one_group_tells_nothing_of_others() -> None:
    together = np.zeros(30)
    right = np.arange(30) > 3
    assert (estimates.share(right, together).low, estimates.share(right, together).high) == (0, 1)
    assert estimates.mean(np.arange(30.0), together).high == np.inf


def test_groups_that_are_all_right_count_once_each() -> None:
    expected = estimates.proportion(8, 8)  # Wilson's, of eight groups in place of 40 rows
    assert estimates.share(np.ones(40, dtype=bool), np.arange(40) // 5) == expected
