"""target-leakage: a single column of the table predicts the target almost without error.

What it checks
    A decision tree of at most 50 leaves learns the target from each column alone, on training rows; the ranks of a
    number, which an extreme one does not outweigh, are also read off the line between the two nearest rows. On the
    validation rows, or by five folds of all rows where these are fewer than 2,000, one of the two is right in 99%,
    where the most frequent class is in under 90% of them; or explains 99% of the variance.

Why it hurts
    Such a column was usually written after the target was known (a refund amount beside "refunded"), or is the target
    in another form. The scores look perfect, and the column is missing when you predict.

Example
    Predicting `income_class` with `tax_bracket` among the columns.

Instead
    Leave it out with --ignore, unless it is known when you predict.

When it is a false alarm
    When the column is known in time and the rule behind the target is as simple as that.

Cost
    A small tree for each column, before training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule

SCORE_AT_LEAST = 0.99  # share of the rows right, or of the variance explained
MAJORITY_AT_MOST = 0.9  # share of the most frequent class: above it, being right means little
LEAVES = 50
ROWS_AT_LEAST = 50
ROWS_AT_MOST = 50_000  # that the trees are trained on
FEW_ROWS, FOLDS = 2_000, 5

Parts = list[tuple[np.ndarray, np.ndarray]]  # numbers of rows to learn from, and of others to judge by
Predictor = Callable[[np.ndarray, np.ndarray, np.ndarray, bool], np.ndarray]


class TargetLeakage(DataRule):
    code, level = "GF413", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.targets is None or data.targets.ndim != 1:
            return
        from scipy.stats import rankdata

        parts = _parts(data)
        judged = np.concatenate([held_out for _, held_out in parts])
        classes = data.labels is not None
        if len(judged) < ROWS_AT_LEAST or (classes and _majority(data.targets[judged]) > MAJORITY_AT_MOST):
            return
        ways = [(_by_tree, data.targets)]
        if not classes:
            ways.append((_by_neighbours, rankdata(data.targets)))
        for name, values in data.columns.items():
            score = max(_score(predict, values, y, parts, classes) for predict, y in ways)
            if score >= SCORE_AT_LEAST:
                what = f"is right in {score:.1%} of" if classes else f"explains {score:.1%} of the variance of"
                yield self.finding(
                    f"the column '{name}' alone {what} the rows held out: was it written after the target was known?",
                    f"Leave it out with --ignore '{name}', unless it is known when you predict",
                )


def _parts(data: DataFacts) -> Parts:
    """The validation rows after the training rows, or of few rows each fifth after the others."""
    train, held_out = data.held_out()
    everything = np.flatnonzero((data.parts == "train") | (data.parts == "valid"))
    if len(everything) >= FEW_ROWS:
        return [(train[:: max(1, len(train) // ROWS_AT_MOST)], held_out)]
    fold = np.random.default_rng(0).permutation(len(everything)) % FOLDS
    return [(everything[fold != at], everything[fold == at]) for at in range(FOLDS)]


def _by_tree(values: np.ndarray, targets: np.ndarray, asked: np.ndarray, classes: bool) -> np.ndarray:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    tree = (DecisionTreeClassifier if classes else DecisionTreeRegressor)(max_leaf_nodes=LEAVES, random_state=0)
    return np.asarray(tree.fit(values[:, None], targets).predict(asked[:, None]))


def _by_neighbours(values: np.ndarray, targets: np.ndarray, asked: np.ndarray, classes: bool) -> np.ndarray:
    """The line between the mean targets of the two nearest values: of few rows a tree has too few steps for numbers."""
    known, group = np.unique(values, return_inverse=True)
    return np.asarray(np.interp(asked, known, np.bincount(group, targets) / np.bincount(group)))


def _score(predict: Predictor, values: np.ndarray, y: np.ndarray, parts: Parts, classes: bool) -> float:
    """Share that is right, or of the variance that is explained; as far as it is known when it is too low already."""
    truth = y[np.concatenate([held_out for _, held_out in parts])]
    most = len(truth) if classes else max(float(((truth - truth.mean()) ** 2).sum()), 1e-30)
    lost = 0.0
    for rows, rest in parts:
        predicted = predict(values[rows], y[rows], values[rest], classes)
        lost += float((predicted != y[rest]).sum() if classes else ((predicted - y[rest]) ** 2).sum())
        if 1 - lost / most < SCORE_AT_LEAST:
            break
    return 1 - lost / most


def _majority(targets: np.ndarray) -> float:
    return float(np.unique(targets, return_counts=True)[1].max() / len(targets))
