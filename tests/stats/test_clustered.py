"""Areas and balanced accuracies of rows in groups: tests against matrices written out, and against all exchanges."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import fractional_matrix_power
from sklearn.metrics import balanced_accuracy_score

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_tests import recall_test
from goodfit.stats.areas import area_difference
from goodfit.stats.clustered import clustered_t
from goodfit.stats.paired import PairedTest

Figure = Callable[[np.ndarray, np.ndarray], float]
SIZES = [1, 1, 2, 3, 5, 8, 13, 4]


def share_of_exchanges(figure: Figure, a: np.ndarray, b: np.ndarray, truth: np.ndarray, groups: np.ndarray) -> float:
    """Two-sided: of all ways to exchange a and b in whole groups, those that differ as much; half of the equal ones."""
    differences = []
    for swapped in product((False, True), repeat=int(groups.max()) + 1):
        swap = np.array(swapped)[groups]
        differences.append(abs(figure(truth, np.where(swap, b, a)) - figure(truth, np.where(swap, a, b))))
    observed = differences[0]
    near = np.isclose(differences, observed, rtol=0, atol=1e-9)
    return float(((np.array(differences) > observed) & ~near).mean() + near.mean() / 2)


def models(random: np.random.Generator, groups: np.ndarray, gap: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether a row is positive, and the scores of two models, of which the first knows more."""
    positive = random.random(len(groups)) < 0.4
    base = np.where(positive, 1.5, -1.5)
    a, b = (base + random.normal(size=len(SIZES))[groups] + random.normal(size=len(groups)) for _ in "ab")
    return positive, a + gap * base, b


def entry(name: str, scores: np.ndarray, positive: np.ndarray, groups: np.ndarray) -> Entry:
    words, keys = np.array(["no", "yes"]), tuple(map(str, range(len(groups))))
    predicted, truth = (words[array.astype(int)] for array in (scores > 0, positive))
    return Entry(name, "rows", keys, True, truth, predicted, ("no", "yes"), groups=groups)


def by_matrices(values: np.ndarray, kinds: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Standard error and degrees of freedom of Bell and McCaffrey, with matrices: a regression on the classes.

    The figure is the mean over rows of class means; residuals of a group are multiplied by (I - H)^(-1/2).
    """
    x = (kinds[:, None] == np.unique(kinds)).astype(float)
    inverse = np.linalg.inv(x.T @ x)
    contrast, whole = x.mean(axis=0), np.eye(len(values)) - x @ inverse @ x.T
    weights = np.zeros((groups.max() + 1, len(values)))
    for group in np.unique(groups):
        inside = np.flatnonzero(groups == group)
        adjusted = fractional_matrix_power(np.eye(len(inside)) - x[inside] @ inverse @ x[inside].T, -0.5).real
        weights[group] = (contrast @ inverse @ x[inside].T @ adjusted) @ whole[inside]
    covariance = weights @ weights.T
    error = float(np.sqrt(((weights @ values) ** 2).sum()))
    return error, float(np.trace(covariance) ** 2 / (covariance**2).sum())


@pytest.mark.parametrize("classes", [1, 2])
def test_the_clustered_t_test_is_that_of_bell_and_mccaffrey(classes: int) -> None:
    groups, random = np.repeat(np.arange(len(SIZES)), SIZES), np.random.default_rng(1)
    kinds = random.integers(0, classes, len(groups))
    values = random.normal(size=len(groups)) + random.normal(size=len(SIZES))[groups]
    for kind in range(classes):  # as values of an area: each class has the mean of all
        values[kinds == kind] += 0.3 - values[kinds == kind].mean()
    test, degrees = clustered_t(values, kinds, groups, "clustered t test")
    error, expected = by_matrices(values, kinds, groups)
    assert degrees == pytest.approx(expected)
    assert test.p == pytest.approx(2 * stats.t.sf(0.3 / error, expected))
    assert (test.difference.low, test.difference.high) == pytest.approx(stats.t.interval(0.95, expected, 0.3, error))


def test_a_class_that_is_in_one_group_alone_says_nothing_of_others() -> None:
    kinds = np.array([1, 1, 1, 0, 0, 0, 0, 0])
    groups = np.array([0, 0, 0, 0, 1, 1, 2, 3])
    test, _ = clustered_t(np.arange(8.0), kinds, groups, "clustered t test")
    assert (test.p, test.difference.low, test.difference.high) == (1.0, -np.inf, np.inf)


def test_balanced_accuracies_of_groups_have_the_p_value_of_all_exchanges() -> None:
    groups = np.repeat(np.arange(len(SIZES)), SIZES)
    positive, a, b = models(np.random.default_rng(8), groups, 1.0)
    found = recall_test(entry("a", a, positive, groups), entry("b", b, positive, groups))
    figures = [balanced_accuracy_score(positive, scores > 0) for scores in (a, b)]
    assert found.difference.value == pytest.approx(figures[0] - figures[1])
    expected = share_of_exchanges(balanced_accuracy_score, a > 0, b > 0, positive, groups)
    assert 0.01 < expected < 0.9
    assert found.p == pytest.approx(expected)


def test_a_group_that_has_half_of_the_rows_makes_no_difference_of_equal_models() -> None:
    """60 groups of three rows, and of one that has 90: t tests of the groups' sums rejected 12% in place of 5%."""
    sizes = np.full(60, 3)
    sizes[0] = 90
    groups, random, rejected = np.repeat(np.arange(60), sizes), np.random.default_rng(0), np.zeros(2)
    draws = 300
    for _ in range(draws):
        positive = random.random(len(groups)) < 0.4
        base = np.where(positive, 1.5, -1.5)
        a, b = (base + random.normal(size=60)[groups] + random.normal(size=len(groups)) for _ in "ab")
        tests: list[PairedTest] = [
            area_difference(a[:, None], b[:, None], positive[:, None], groups)[0],
            recall_test(entry("a", a, positive, groups), entry("b", b, positive, groups)),
        ]
        rejected += [test.p < 0.05 for test in tests]
    assert (100 * rejected / draws < 9).all()


@pytest.mark.parametrize("seed", range(20))
def test_areas_whose_groups_have_the_same_scores_in_other_rows_are_equal(seed: int) -> None:
    """Exchanged within a group and a class: a group's sum is 0 but for rounding, by which 17 of these were tested."""
    random, of_group, groups = np.random.default_rng(seed), 6, 8
    group = np.repeat(np.arange(groups), of_group)
    positive = np.tile(np.arange(of_group) < 3, groups)
    a = random.normal(size=len(group)) + positive
    of_cells = a.reshape(-1, 3)  # rows of a group that are of one class
    b = random.permuted(of_cells, axis=1).reshape(-1)
    test, _ = area_difference(a[:, None], b[:, None], positive[:, None], group)
    assert (test.p, test.difference.value) == (1, 0)
