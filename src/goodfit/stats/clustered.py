"""Student's t test of a figure that rows of several kinds make up, where rows belong to groups."""

from __future__ import annotations

import math

import numpy as np

from goodfit.stats.estimates import Estimate
from goodfit.stats.paired import PairedTest, t_test

ALONE = 1e-9  # a kind of which a group has all rows but this share has no spread between groups


def clustered_t(values: np.ndarray, kinds: np.ndarray, groups: np.ndarray, method: str) -> tuple[PairedTest, float]:
    """Whether the mean of values is zero, by the spread of the groups' sums around the means of the kinds.

    Bell and McCaffrey 2002, "Bias reduction in standard errors for linear regression with multi-stage samples" (CR2):
    a group that has a large share of the rows of a kind pulls its mean along, so that its residuals are raised by
    1 / sqrt(1 - share); and Student's t has the degrees of freedom of the spread of such residuals (Satterthwaite), few
    where one group has most of the rows, or few groups have a kind.

    Args:
        values: (N,) what each row does to the figure, its mean.
        kinds: (N,) class of each row.
        groups: (N,) of rows that belong together.

    Returns:
        The test and its degrees of freedom. Where all rows of a kind are of one group nothing is known: p is 1.
    """
    of_group, of_kind = (np.unique(each, return_inverse=True)[1] for each in (groups, kinds))
    shape, value = (int(of_group.max()) + 1, int(of_kind.max()) + 1), float(values.mean())
    cells = of_group * shape[1] + of_kind
    counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)  # (G, K)
    sums = np.bincount(cells, weights=values, minlength=shape[0] * shape[1]).reshape(shape)
    of_kinds = counts.sum(axis=0)
    share, means = counts / of_kinds, sums.sum(axis=0) / of_kinds
    if (share > 1 - ALONE).any():
        return PairedTest(Estimate(value, -math.inf, math.inf), 0.0, 1.0, method), 1.0
    raised = 1 / np.sqrt(1 - share) / len(values)
    residuals = (raised * (sums - counts * means)).sum(axis=1) + counts @ (means - value) / len(values)
    degrees = _degrees(raised, counts, of_kinds)
    error, scale = math.sqrt(float((residuals**2).sum())), float(np.abs(values).mean())
    return t_test(value, error, degrees, method, scale), degrees


def _degrees(raised: np.ndarray, counts: np.ndarray, of_kinds: np.ndarray) -> float:
    """Satterthwaite's, of the residuals of independent rows of one spread: their covariance is M, (tr M)² / tr M².

    M is diagonal less a rank for each kind; it is never written out.

    Args:
        raised, counts: (G, K).
        of_kinds: (K,) rows.
    """
    diagonal = (raised**2 * counts).sum(axis=1)
    pulled = raised * counts
    trace = float(diagonal.sum() - ((pulled**2).sum(axis=0) / of_kinds).sum())
    crossed = (pulled.T @ pulled) ** 2 / np.outer(of_kinds, of_kinds)
    squares = float((diagonal**2).sum() - 2 * ((diagonal @ pulled**2) / of_kinds).sum() + crossed.sum())
    return max(1.0, trace**2 / squares)
