"""score-of-decisions: an area under a curve is computed from decisions instead of scores.

What it checks
    roc_auc_score or average_precision_score of scikit-learn gets predictions that are all 0 or 1, both of them, for
    twenty rows or more with both labels.

Why it hurts
    The area is that of a curve through all thresholds, and decisions have one. What comes out is the mean of
    sensitivity and specificity at that threshold: lower than the area, and blind to how the rows are ordered.

Example
    roc_auc_score(y, probabilities > 0.5)

Instead
    roc_auc_score(y, probabilities)

When it is a false alarm
    Classifiers that give nothing but a class.

Cost
    The distinct values of the predictions, when it is called.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.engine.events import Score
from goodfit.checks.engine.sklearn_hooks import AREAS
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST = 20
ROWS_AT_FIRST = 100


class ScoreOfDecisions(LiveRule):
    code, level = "GF433", Level.WARNING
    sleepless = (Score,)

    def start(self) -> None:
        self.reported: set[str] = set()

    def on_score(self, event: Score) -> Iterator[Finding]:
        if event.name not in AREAS or event.name in self.reported:
            return
        predictions, labels = np.asarray(event.predictions), np.asarray(event.labels)
        if predictions.dtype.kind not in "biuf" or predictions.ndim != 1 or len(predictions) < ROWS_AT_LEAST:
            return
        if not np.isin(predictions[:ROWS_AT_FIRST], (0, 1)).all():  # scores: nearly always
            return
        if set(np.unique(predictions).tolist()) == {0, 1} and len(np.unique(labels)) == 2:
            self.reported.add(event.name)
            yield self.finding(
                f"{event.name} gets {len(predictions):,} predictions that are all 0 or 1: it is the area of one "
                "threshold, not of all",
                "Give it probabilities or logits, as they are before the threshold",
            )
