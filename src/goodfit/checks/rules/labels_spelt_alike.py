"""labels-spelt-alike: two classes differ only in upper and lower case, spaces, or signs between words.

What it checks
    The names of the classes, without case, spaces, hyphens, underscores and points: t-shirt and T Shirt
    are the same then. Names of one letter are left alone, since a and A may be two letters.

Why it hurts
    One class is learnt as two, each from a part of its rows, and half of what is right counts as wrong.

Example
    Yes (48 rows), yes (31 rows) and YES (9 rows).

Instead
    Write each class in one way.

When it is a false alarm
    When case has a meaning: names of genes, units (mW and MW).

Cost
    One look at each class, before training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule
from goodfit.formatting import counted, listed


class LabelsSpeltAlike(DataRule):
    code, level = "GF512", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        # late: a watch reads no data
        from goodfit.data.tables.spelt_alike import GROUPS_SHOWN, LEVELS_AT_MOST, spelt_alike

        if data.labels is None:
            return
        counts = Counter(data.labels[data.parts != "out"].tolist())
        groups = spelt_alike(counts) if len(counts) <= LEVELS_AT_MOST else []
        if groups:
            shown = "; ".join(
                listed(f"'{label}' ({counted(counts[label], 'row')})" for label in labels)
                for labels in groups[:GROUPS_SHOWN]
            )
            more = f"; and {len(groups) - GROUPS_SHOWN} more" if len(groups) > GROUPS_SHOWN else ""
            yield self.finding(
                f"classes that differ in case, spaces or signs alone: {shown}{more}; each is learnt as a class of its "
                "own",
                "If they are one class, write it in one way",
            )
