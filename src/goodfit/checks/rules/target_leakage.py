"""target-leakage: a single column of the table predicts the target almost without error.

What it checks
    A decision tree of at most 50 leaves learns the target from each column alone, on training rows. On the validation
    rows it is right in 99%, where the most frequent class is in under 90% of them; or explains 99% of the variance.

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

from collections.abc import Iterator

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule

SCORE_AT_LEAST = 0.99  # share of the rows right, or of the variance explained
MAJORITY_AT_MOST = 0.9  # share of the most frequent class: above it, being right means little
LEAVES = 50
ROWS_AT_MOST = 50_000  # that the trees are trained on


class TargetLeakage(DataRule):
    code, level = "GF413", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        if data.targets is None or data.targets.ndim != 1:
            return
        train, valid = data.held_out()
        classes = data.labels is not None
        if min(len(train), len(valid)) < LEAVES or (classes and _majority(data.targets[valid]) > MAJORITY_AT_MOST):
            return
        rows = train[:: max(1, len(train) // ROWS_AT_MOST)]
        for name, values in data.columns.items():
            tree = (DecisionTreeClassifier if classes else DecisionTreeRegressor)(max_leaf_nodes=LEAVES, random_state=0)
            tree.fit(values[rows, None], data.targets[rows])
            score = float(tree.score(values[valid, None], data.targets[valid]))  # accuracy, or R2
            if score >= SCORE_AT_LEAST:
                what = f"is right in {score:.1%} of" if classes else f"explains {score:.1%} of the variance of"
                yield self.finding(
                    f"the column '{name}' alone {what} the rows held out: was it written after the target was known?",
                    f"Leave it out with --ignore '{name}', unless it is known when you predict",
                )


def _majority(targets: np.ndarray) -> float:
    return float(np.unique(targets, return_counts=True)[1].max() / len(targets))
