"""Rows that belong together, such as several visits of one patient: each tells less than a row that stands alone.

What a row does to a figure is its influence value: their mean is the figure, and for independent rows their spread is
its standard error (the infinitesimal jackknife). Rows of a group are added up first, and the sums of the groups are
independent (Liang and Zeger 1986, "Longitudinal data analysis using generalized linear models"; for areas under a curve
Obuchowski 1997, "Nonparametric analysis of clustered ROC curve data").
"""

from __future__ import annotations

import math

import numpy as np


def pooled(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """(G,) what each group does to a figure, for (N,) that each row does: the mean is the same.

    Args:
        groups: (N,) numbers or names; rows with the same are one group.
    """
    value, (_, at) = float(values.mean()), np.unique(groups, return_inverse=True)
    sums = np.bincount(at, weights=values - value)
    return np.asarray(value + len(sums) / len(values) * sums)


def effective_groups(groups: np.ndarray) -> float:
    """How many groups of equal size would tell as much: (rows)² / sum of squared sizes (Kish 1965).

    With one group that has most of the rows, a standard error is known as badly as from few groups (Carter, Schnepel
    and Steigerwald 2017, "Asymptotic behavior of a t-test robust to cluster heterogeneity").
    """
    sizes = np.unique(groups, return_counts=True)[1]
    return float(sizes.sum() ** 2 / (sizes.astype(np.float64) ** 2).sum())


def error_ratio(influence: np.ndarray, groups: np.ndarray) -> float:
    """The standard error of a figure with these groups over that of independent rows; 1 where no row does anything."""
    apart = influence - influence.mean()
    rows = float((apart**2).sum()) / (len(apart) - 1)
    sums = pooled(apart, groups)
    of_groups = float((sums**2).sum()) / (len(sums) * (len(sums) - 1))
    return math.sqrt(of_groups / (rows / len(apart))) if rows > 0 else 1.0
