"""What each row does to the average precision, and the difference of two average precisions of the same rows."""

from __future__ import annotations

import math

import numpy as np

from goodfit.stats.clustered import clustered_t
from goodfit.stats.estimates import Estimate
from goodfit.stats.paired import PairedTest, t_test

METHOD = "infinitesimal jackknife, paired"


def precision_difference(
    a: np.ndarray, b: np.ndarray, positive: np.ndarray, groups: np.ndarray | None = None
) -> tuple[PairedTest, float]:
    """The difference of two average precisions, with the standard error of what each row does to that difference.

    The spread of the values without each row (the jackknife) is up to 18% too large here: 98% of intervals of 100 rows,
    17 of them positive, hold the difference. What two rows do only together is in it twice (docs/compare.md).

    Args:
        a, b: (N,) scores of both models, higher for positive rows.
        positive: (N,) bool; there are rows of both kinds.
        groups: (N,) of rows that belong together; then their sums are compared, by `clustered_t`.

    Returns:
        The test and its degrees of freedom. With a single row of a kind nothing is known of others: p is 1.
    """
    of_a, of_b = precision_influence(a, positive), precision_influence(b, positive)
    values, rows = of_a - of_b, len(positive)
    if groups is not None:
        return clustered_t(values, positive.astype(np.int64), groups, "clustered t test")
    value = float(values.mean())
    if min(int(positive.sum()), rows - int(positive.sum())) < 2:
        return PairedTest(Estimate(value, -1.0, 1.0), 0.0, 1.0, METHOD), 1.0
    scale = max(float(np.abs(each).mean()) for each in (of_a, of_b))
    return t_test(value, float(values.std(ddof=1)) / math.sqrt(rows), rows - 1, METHOD, scale), rows - 1


def precision_influence(scores: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """(N,) values whose mean is the average precision, and their spread its error: rows of one score stand together.

    The derivative of the average precision by the weight of each row (Efron 1982, "The jackknife, the bootstrap and
    other resampling plans", chapter 6). More weight of a row raises the rank of all that stand behind it, and of a
    positive row the hits down to them.

    Args:
        scores: (N,), higher for positive rows.
        positive: (N,) bool, one of them or more.
    """
    _, place = np.unique(-scores, return_inverse=True)  # of each row's score among the falling scores
    hits = np.bincount(place, weights=positive)
    found, ranks, count = np.cumsum(hits), np.cumsum(np.bincount(place)).astype(np.float64), int(positive.sum())
    precision = found / ranks
    value = float((hits * precision).sum()) / count

    def from_here(parts: np.ndarray) -> np.ndarray:
        return np.asarray(np.cumsum(parts[::-1])[::-1])

    lost = from_here(hits * precision / ranks)
    won = precision + from_here(hits / ranks) - value
    return np.asarray(value + len(positive) / count * (np.where(positive, won[place], 0) - lost[place]))
