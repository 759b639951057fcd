"""The sign-flip test of paired differences: if two models are equally good, each difference may as well be the other.

Under this hypothesis a row's difference keeps its size and takes either sign with probability 1/2 (Fisher 1935, "The
design of experiments", section 21; in language processing "approximate randomisation", Noreen 1989). Student's t test
of the same differences is too cautious where a few rows have most of the error: squared errors of heavy tails.

The probability of a sum as large is not drawn but computed: exactly for few differences, else by the saddlepoint
approximation (Robinson 1982, "Saddlepoint approximations for permutation tests and confidence intervals", with the
modified signed root of Barndorff-Nielsen 1986), whose error is a few percent of a p-value, however small that is. Only
where one row is larger than all others together are p-values above 0.1 rough; at 0.05 4.3% to 5.7% are rejected of
normal, exponential and Cauchy differences, of 16 rows and more.
"""

from __future__ import annotations

import math

import numpy as np

from goodfit.stats.estimates import Z95, Estimate, t_quantile
from goodfit.stats.paired import ROUNDING, PairedTest, paired_t

COUNTED_AT_MOST = 12  # differences whose 2^12 sums are all computed
ROWS_AT_LEAST = 6  # with fewer no sum is rarer than 5%, and no interval ends
STEPS_AT_MOST = 200  # of Newton's method; 5 to 12 are usual
NEAR_ZERO = 1e-3  # of a z-score, below which both of its forms are equal to the last digits that count
SMALLEST = 1e-300  # of a probability

METHOD = "sign-flip test"


def sign_flip(a: np.ndarray, b: np.ndarray, groups: np.ndarray | None = None) -> PairedTest:
    """Whether a - b, row by row, is zero on average; the interval holds the differences that this test does not reject.

    Args:
        a, b: (N,) whose means are compared.
        groups: (N,) of rows that belong together; None: all stand alone.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    difference = np.where(np.abs(a - b) > ROUNDING * np.maximum(np.abs(a), np.abs(b)), a - b, 0.0)
    count = max(1, len(difference))
    return sign_flip_of_parts(difference / count, np.full(len(difference), 1 / count), groups)


def sign_flip_of_parts(parts: np.ndarray, weights: np.ndarray, groups: np.ndarray | None = None) -> PairedTest:
    """The same of a difference that is the sum of what each row, or group, adds to it.

    Rows of a group change their sign together: the sums of the groups are what is flipped. Fewer than 6 rows, or
    groups, get Student's t test.

    Args:
        parts: (N,) whose sum is the difference. Exchanging both models in a row turns its sign.
        weights: (N,) of sum 1: what each row would add to a difference of 1 that all have alike.
        groups: (N,) of rows that belong together; None: all stand alone.

    Returns:
        The test; its statistic is the normal quantile of the p-value, with the sign of the difference.
    """
    sums, sizes = parts, weights
    if groups is not None:
        at = np.unique(groups, return_inverse=True)[1]
        sums, sizes = np.bincount(at, weights=parts), np.bincount(at, weights=weights)
        sums[np.abs(sums) <= ROUNDING * np.bincount(at, weights=np.abs(parts))] = 0.0  # they cancel but for rounding
    count, value = len(sums), float(sums.sum())
    if count < ROWS_AT_LEAST:
        return paired_t(value + count * (sums - value * sizes), np.zeros(count))
    from scipy.special import ndtr

    z = normal_score(sums)
    ends = [_end(count * sums, count * sizes, value, side) for side in (-1, 1)]
    return PairedTest(Estimate(value, *ends), z, min(1.0, 2 * float(ndtr(-abs(z)))), METHOD)


def normal_score(differences: np.ndarray) -> float:
    """The normal quantile of the share of all sign patterns whose sum is smaller; a part of those whose sum is equal.

    Zero differences tell nothing and do not count; nor do those that rounding leaves of them.
    """
    from scipy.special import ndtri

    sizes = np.abs(differences)
    sizes = sizes[sizes > ROUNDING * sizes.max(initial=0.0)]
    if not len(sizes):
        return 0.0
    scale = math.sqrt(float((sizes**2).sum()))
    total = abs(float(differences.sum())) / scale
    sizes = sizes / scale
    sign = math.copysign(1.0, float(differences.sum()))
    if len(sizes) <= COUNTED_AT_MOST:
        return sign * -float(ndtri(_counted(sizes, total)))
    if total >= (1 - 1e-9) * float(sizes.sum()):  # all of one sign
        return sign * -float(ndtri(max(SMALLEST, 0.5 ** min(len(sizes) + 1, 1_000))))
    return sign * _saddlepoint(sizes, total)


def _counted(sizes: np.ndarray, total: float) -> float:
    """The share of sums above the total, and a part of those equal to it: each sum is spread between its neighbours.

    As shares of all, 64 sums of six differences reject 3.1% or 6.2% of equal pairs at 5%, none between. Spread evenly
    from halfway to the sum below to halfway to the sum above, they reject 5% (docs/compare.md). Half of the largest.
    """
    signs = 1 - 2 * ((np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes))) & 1)
    sums, near = signs @ sizes, 1e-9 * float(sizes.sum())
    higher, lower = sums[sums > total + near], sums[sums < total - near]
    equal = len(sums) - len(higher) - len(lower)
    above = 0.5
    if len(higher) and len(lower):
        above = float((higher.min() - total) / (higher.min() - lower.max()))
    return (len(higher) + above * equal) / len(sums)


def _saddlepoint(sizes: np.ndarray, total: float) -> float:
    """Barndorff-Nielsen's r* of the sum; sizes of which the squares sum to 1, so that the total is a z-score."""
    if total < NEAR_ZERO:
        return total
    point = total
    for _ in range(STEPS_AT_MOST):  # the slope of the cumulants' function is the total there
        tanh = np.tanh(point * sizes)
        slope, bend = float((sizes * tanh).sum()), float((sizes**2 * (1 - tanh**2)).sum())
        step = (slope - total) / max(bend, SMALLEST)
        step = max(min(step, point / 2), -point)  # the point stays above zero, and at most doubles
        point -= step
        if abs(step) <= 1e-12 * point:
            break
    reach = point * sizes
    cumulants = float((reach + np.log1p(np.exp(-2 * reach)) - math.log(2)).sum())  # log cosh
    root = math.sqrt(max(0.0, 2 * (point * total - cumulants)))
    bend = float((sizes**2 / np.cosh(np.minimum(reach, 300)) ** 2).sum())
    if root < NEAR_ZERO or bend == 0:
        return root
    return root + math.log(point * math.sqrt(bend) / root) / root


def _end(differences: np.ndarray, sizes: np.ndarray, value: float, side: int) -> float:
    """Where the interval ends below (-1) or above (1) the mean: the difference at which the score is 1.96.

    Args:
        differences: of rows, or of groups.
        sizes: of these; 1 on average.
    """
    from scipy.optimize import brentq

    error = float((differences - value * sizes).std(ddof=1)) / math.sqrt(len(differences))
    if error <= 1e-12 * abs(value):
        return value
    reach = t_quantile(len(differences) - 1) * error

    def beyond(distance: float) -> float:
        return abs(normal_score(differences - (value + side * distance) * sizes)) - Z95

    far = reach
    while beyond(far) < 0:
        far *= 1.5
    return value + side * float(brentq(beyond, 0.0, far, xtol=1e-6 * reach))
