"""train-rows-in-validation: rows of the validation or test data stand in the training data as well.

What it checks
    The content of every row is hashed (a file's bytes, an array's row); a row of the validation or test part whose
    hash is among those of the training part is counted. Under 1% of the part it is a notice: so few cannot move a
    figure by more than 1%. Tables whose every column repeats its values are let off: their rows are equal by nature.

Why it hurts
    The net has seen the answer. The figures on those rows measure memory, not skill.

Example
    photos/train/cat/7.jpg and photos/test/cat/copy of 7.jpg are the same file.

Instead
    Remove the copies, or keep copies together in one part with --group.

When it is a false alarm
    Rows that are equal by nature, such as blank scans.

Cost
    One set look-up a row, before training.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule

FEW = 0.01  # a smaller share of the rows cannot move a figure by more than itself


class TrainRowsInValidation(DataRule):
    code, level = "GF405", Level.ERROR

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.digests is None:
            return
        trained = {data.digests[row]: row for row in np.flatnonzero(data.parts == "train").tolist()}
        for part in ("valid", "test"):
            rows = np.flatnonzero(data.parts == part).tolist()
            copies = [row for row in rows if data.digests[row] in trained]
            if copies:
                twin = data.keys[trained[data.digests[copies[0]]]]
                yield self.finding(
                    f"{len(copies)} of {len(rows)} {part} rows ({len(copies) / len(rows):.1%}) stand in the training "
                    f"rows as well, such as {data.keys[copies[0]]} = {twin}",
                    "Remove the copies, or keep them in one part with --group",
                    file=data.keys[copies[0]],
                    count=len(copies),
                    level=Level.NOTICE if len(copies) < FEW * len(rows) else None,
                )
