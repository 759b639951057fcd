"""Balanced accuracy: the mean over classes of the share of their rows that is right, and its interval."""

from __future__ import annotations

import math

import numpy as np

from goodfit.stats.estimates import SHARE, Z95, Estimate, of_groups

SMALLEST_CLASS = 0.5  # rows: what a class of one row counts as, once the rest of its spread is taken off
FURTHEST = 1e9  # of the multiplier; a class of more rows than this has an interval of no width
HALVINGS = 60


def balanced_accuracy(correct: np.ndarray, labels: np.ndarray, groups: np.ndarray | None = None) -> Estimate:
    """The mean over classes of the share that is right, with its score interval.

    It holds each mean that lies within 1.96 standard errors, the error being that of the most likely shares with this
    mean (Martin Andres, Herranz Tejedor and Alvarez Hernandez 2011, "Inferences about a linear combination of
    proportions"); of one class it is Wilson's. Those shares move to the data as far as the mean allows, so that all but
    one of K take a degree of freedom: the variance of a class of n rows is over n - (1 - 1/K). On the logit scale with
    the variance of the shares themselves, 90% of intervals hold the truth where one class has 5 of 100 rows
    (docs/benchmarks.md).

    Args:
        correct: (N,) whether it is right.
        labels: (N,) its class.
        groups: (N,) of rows that belong together; None: all stand alone.
    """
    at = np.unique(labels, return_inverse=True)[1]
    rows = np.bincount(at).astype(np.float64)
    right = np.bincount(at, weights=np.asarray(correct, dtype=np.float64))
    value = float((right / rows).mean())
    low, high = (_end(right, rows, value, side) for side in (1, -1))
    estimate = Estimate(value, min(low, value), max(high, value))
    return estimate if groups is None else of_groups(estimate, recall_influence(correct, labels), groups, SHARE)


def recall_influence(correct: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(N,) what each row does to the balanced accuracy.

    Args:
        correct: (N,) whether it is right.
        labels: (N,) its class.
    """
    correct, (_, at) = np.asarray(correct, dtype=np.float64), np.unique(labels, return_inverse=True)
    rows = np.bincount(at)
    shares = np.bincount(at, weights=correct) / rows
    return np.asarray(shares.mean() + len(correct) / (len(rows) * rows[at]) * (correct - shares[at]))


def _end(right: np.ndarray, rows: np.ndarray, value: float, side: int) -> float:
    """The mean of the shares at which the score is 1.96: below the value (side 1), or above it (-1)."""
    free = np.maximum(rows - 1 + 1 / len(rows), SMALLEST_CLASS)

    def score(multiplier: float) -> float:
        shares = _most_likely(side * multiplier, right, rows)
        error = math.sqrt(float((shares * (1 - shares) / free).sum())) / len(rows)
        return side * (value - float(shares.mean())) / error if error > 0 else 0.0

    low, high = 0.0, 1.0
    while score(high) < Z95 and high < FURTHEST:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle) < Z95 else (low, middle)
    return float(_most_likely(side * high, right, rows).mean())


def _most_likely(multiplier: float, right: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(K,) the most likely shares with a given mean, which falls with the multiplier: Lagrange's, 0 for the shares.

    Each p solves rows (right / rows - p) = multiplier p (1 - p); written so that nothing is taken away from itself.
    """
    root = np.sqrt(np.maximum(0.0, (rows + multiplier) ** 2 - 4 * multiplier * right))
    if multiplier >= 0:
        return np.asarray(2 * right / (rows + multiplier + root))
    return np.asarray(1 - 2 * (rows - right) / (rows - multiplier + root))
