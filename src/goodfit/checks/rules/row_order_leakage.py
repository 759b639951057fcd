"""row-order-leakage: a column follows the order of the rows, and the order tells the target.

What it checks
    A number column rises (or falls) with the number of the row almost without exception, and a decision tree of at most
    50 leaves that sees nothing but the number of the row predicts the target of the validation rows: at least half of
    what the most frequent class (or the mean) gets wrong. Columns of dates are not asked.

Why it hurts
    The file was sorted by its target, or each class was appended to it, and the column numbers the lines: a counter, an
    order of measurement, an index that was written out. New rows have other numbers, and the figures are not theirs.

Example
    A list of flowers, the 50 of each species one after the other, with a column `number` from 1 on.

Instead
    Leave the column out with --ignore.

When it is a false alarm
    When the column is a quantity that grows as time goes by, known when you predict, and the rows came in that order.

Cost
    A rank correlation for each column, and one small tree.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule

CORRELATION_AT_LEAST = 0.995  # of ranks: a column and the number of the row
DISTINCT_AT_LEAST = 0.5  # of the rows: codes of categories and small counts do not number rows
ERROR_SHARE_EXPLAINED = 0.5  # of what the trivial predictor gets wrong
LEAVES = 50
PARTS_OF_DATES = (" days", " day", " hour", " month", " weekday")


class RowOrderLeakage(DataRule):
    code, level = "GF415", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.targets is None or data.targets.ndim != 1 or not data.columns:
            return
        train, valid = data.held_out()
        if min(len(train), len(valid)) < LEAVES:
            return
        rows = np.arange(len(data.parts), dtype=np.float64)
        following = [
            name
            for name, values in data.columns.items()
            if not name.endswith(PARTS_OF_DATES) and _follows(values[train], rows[train])
        ]
        if not following or not _order_tells(rows, data.targets, train, valid, classes=data.labels is not None):
            return
        for name in following:
            yield self.finding(
                f"the column '{name}' follows the order of the rows, and that order tells the target: was the file "
                "sorted by it?",
                f"Leave it out with --ignore '{name}', unless it is known when you predict",
            )


def _follows(values: np.ndarray, rows: np.ndarray) -> bool:
    from scipy.stats import spearmanr

    if len(np.unique(values)) < DISTINCT_AT_LEAST * len(values):
        return False
    return abs(float(spearmanr(values, rows).statistic)) >= CORRELATION_AT_LEAST


def _order_tells(rows: np.ndarray, targets: np.ndarray, train: np.ndarray, valid: np.ndarray, *, classes: bool) -> bool:
    """Whether the number of the row alone explains the target of the validation rows."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    tree = (DecisionTreeClassifier if classes else DecisionTreeRegressor)(max_leaf_nodes=LEAVES, random_state=0)
    tree.fit(rows[train, None], targets[train])
    score = float(tree.score(rows[valid, None], targets[valid]))  # accuracy, or R2
    if not classes:
        return score >= ERROR_SHARE_EXPLAINED
    known, counts = np.unique(targets[train], return_counts=True)
    trivial = float((targets[valid] == known[counts.argmax()]).mean())
    return trivial < 1 and (score - trivial) / (1 - trivial) >= ERROR_SHARE_EXPLAINED
