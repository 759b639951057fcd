"""class-imbalance: the rarest class has under 1% of the training rows.

What it checks
    The share of every class among the training rows.

Why it hurts
    Accuracy hides what happens to a rare class: a model that never predicts it loses under 1%.

Example
    10,000 images of sound parts, 40 of broken ones.

Instead
    Read balanced_accuracy and the per-class table; collect more of the rare class.

When it is a false alarm
    When the rare class does not matter.

Cost
    One count before training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule

RARE_SHARE = 0.01  # of the training rows


class ClassImbalance(DataRule):
    code, level = "GF507", Level.NOTICE

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.labels is None:
            return
        counts = Counter(data.labels[data.parts == "train"].tolist())
        total = sum(counts.values())
        if len(counts) < 2 or len(counts) > 1 / RARE_SHARE:  # with over 100 classes every class is rare
            return
        label, count = min(counts.items(), key=lambda item: (item[1], item[0]))
        if count < RARE_SHARE * total:
            yield self.finding(
                f"the class '{label}' has {count} of {total} training rows ({count / total:.2%}): accuracy does not "
                "show how well it is predicted",
                "Read balanced_accuracy and the per-class table; add rows of this class if it matters",
            )
