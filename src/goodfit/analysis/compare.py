"""Models on the same rows: how far they differ, whether that may be chance, and whether it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_scores import metrics_of
from goodfit.analysis.row_tests import OF_ALL_ROWS, ROUNDING, Belief, row_test
from goodfit.formatting import counted
from goodfit.stats.estimates import Estimate
from goodfit.stats.paired import PairedTest, corrected_t, correlated_posterior, holm
from goodfit.tasks.metric import ACCURACY, RMSE, Metric

SHARES = (ACCURACY, *OF_ALL_ROWS)  # a difference of these is measured in points


@dataclass(frozen=True)
class Pair:
    """Two models in one metric.

    Attributes:
        a, b: their names.
        values: the metric of a and of b.
        difference: a - b with its 95% interval.
        p: two-sided; adjusted: by Holm, for all pairs of this metric.
        method: of the test.
        rope: the largest difference that does not matter, in the units of the metric.
        better_a, equal, better_b: probabilities after the data that a is better, that they are practically equal, that
            b is better.
        rows: on which it rests: test rows; folds.
    """

    metric: Metric
    a: str
    b: str
    values: tuple[float, float]
    difference: Estimate
    p: float
    adjusted: float
    method: str
    rope: float
    better_a: float
    equal: float
    better_b: float
    rows: str


@dataclass(frozen=True)
class Compared:
    """Models on the same rows.

    Attributes:
        entries: their predictions, of the same rows in the same order.
        values: name of the model -> metric -> value.
        pairs: every pair in every metric, on rows.
        fold_pairs: the same over folds, where all models have the same.
        folds: how many; 0 without.
        alpha: a p-value below it is called a difference.
    """

    entries: tuple[Entry, ...]
    metrics: tuple[Metric, ...]
    values: dict[str, dict[str, float]]
    pairs: tuple[Pair, ...]
    fold_pairs: tuple[Pair, ...]
    folds: int
    alpha: float = 0.05


def compare_entries(entries: Sequence[Entry], rope: float) -> Compared:
    """Compare models whose rows are paired (`goodfit.analysis.pairing.paired`).

    Args:
        rope: the largest difference that does not matter: in points of shares (0.01: one percent of the rows), and as
            a share of the first model's value of all other metrics.
    """
    metrics = metrics_of(entries)
    scores = {metric: [score(entry) for entry in entries] for metric, score in metrics.items()}
    values = {
        entry.name: {metric.name: _figure(metric, scores[metric][at]) for metric in metrics}
        for at, entry in enumerate(entries)
    }
    pairs = [pair for metric, each in scores.items() for pair in _pairs(metric, entries, each, rope, None)]
    folds = _same_folds(entries)
    count = 0 if folds is None else len(np.unique(folds))
    fold_pairs = []
    if folds is not None and count >= 2:
        fold_pairs = [
            pair
            for metric, each in scores.items()
            if metric not in OF_ALL_ROWS  # of a fold they need its own classes
            for pair in _pairs(metric, entries, each, rope, folds)
        ]
    return Compared(tuple(entries), tuple(metrics), values, tuple(pairs), tuple(fold_pairs), count)


def _pairs(
    metric: Metric, entries: Sequence[Entry], scores: Sequence[np.ndarray], rope: float, folds: np.ndarray | None
) -> list[Pair]:
    """Every pair of models in one metric, on rows, or on folds."""
    width = rope if metric.share or metric in SHARES else rope * abs(_figure(metric, scores[0]))
    sign = 1 if metric.higher_is_better else -1
    made: list[tuple[int, int, PairedTest, Belief]] = []
    for a, b in combinations(range(len(entries)), 2):
        if folds is None:
            differences = _row_differences(metric, scores[a], scores[b])
            test, belief = row_test(metric, entries[a], entries[b], differences)
        else:
            fold_values = [
                [_figure(metric, scores[which][folds == fold]) for which in (a, b)] for fold in np.unique(folds)
            ]
            differences = np.array([first - second for first, second in fold_values])
            held_out = 1 / len(differences)
            test, belief = corrected_t(differences, held_out), correlated_posterior(differences, held_out)
        made.append((a, b, test, belief))
    adjusted = holm([test.p for _, _, test, _ in made])
    rows = _rows_of(entries[0]) if folds is None else counted(len(np.unique(folds)), "fold")
    result = []
    for (a, b, test, belief), p in zip(made, adjusted, strict=True):
        below, equal, above = belief.shares(width)
        better_a, better_b = (above, below) if sign > 0 else (below, above)
        result.append(
            Pair(
                metric, entries[a].name, entries[b].name, (_figure(metric, scores[a]), _figure(metric, scores[b])),
                _possible(metric, test.difference), test.p, p, test.method, width, better_a, equal, better_b, rows,
            )
        )  # fmt: skip
    return result


def _possible(metric: Metric, apart: Estimate) -> Estimate:
    """An interval of a t test, cut where two shares cannot lie further apart."""
    if not (metric.share or metric in SHARES):
        return apart
    return replace(apart, low=max(apart.low, -1.0), high=min(apart.high, 1.0))


def _rows_of(entry: Entry) -> str:
    groups = entry.groups
    return entry.rows if groups is None else f"{entry.rows} in {counted(len(np.unique(groups)), 'group')}"


def _figure(metric: Metric, scores: np.ndarray) -> float:
    value = float(scores.mean())
    return float(np.sqrt(value)) if metric == RMSE else value


def _row_differences(metric: Metric, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N,) values whose mean is the difference of the two figures.

    Of two RMSE it is that of the mean squares over their sum: (p² - q²) / (p + q) = p - q.
    """
    if metric != RMSE:
        differences = np.asarray(a - b)
        is_same = np.abs(differences).max() <= ROUNDING * np.abs(a).max()  # a run, and the file of its predictions
        return np.zeros(len(a)) if is_same else differences
    total = _figure(metric, a) + _figure(metric, b)
    return np.zeros(len(a)) if total == 0 else np.asarray((a - b) / total)


def _same_folds(entries: Sequence[Entry]) -> np.ndarray | None:
    """The folds of the rows, where all models have them and they are the same; None else."""
    folds = [entry.folds for entry in entries]
    first = folds[0]
    if first is None:
        return None
    return first if all(each is not None and np.array_equal(each, first) for each in folds) else None
