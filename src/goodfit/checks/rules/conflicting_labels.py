"""conflicting-labels: equal images or texts have different labels.

What it checks
    Images of equal content (the bytes of a file) that have more than one class; and texts, and rows of a table with a
    column of free text, that are equal but for the class.

Why it hurts
    One of the labels is wrong, or nothing in the row tells them apart: no net can be right on both.

Example
    photos/cat/7.jpg and photos/dog/12.jpg are the same file.

Instead
    Look at them, and keep the one that is right.

When it is a false alarm
    Images and texts that are equal by nature, such as blank ones or "thank you".

Cost
    One look-up a row, before training.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule
from goodfit.formatting import agreeing, counted


class ConflictingLabels(DataRule):
    code, level = "GF508", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.inputs is None or data.labels is None:
            return
        first: dict[str, int] = {}
        conflicts = []
        for row, digest in enumerate(data.inputs):
            twin = first.setdefault(digest, row)
            if data.labels[twin] != data.labels[row]:
                conflicts.append((twin, row))
        if conflicts:
            one, other = conflicts[0]
            yield self.finding(
                f"{counted(len(conflicts), data.noun)} {agreeing(len(conflicts), 'has', 'have')} two classes, "
                f"such as {data.keys[one]} ({data.labels[one]}) = "
                f"{data.keys[other]} ({data.labels[other]})",
                "Keep the copy whose class is right",
                file=data.keys[other],
                count=len(conflicts),
            )
