"""one-class-in-test: all test rows are of one class, where the training rows have several.

What it checks
    The classes of the test rows, and those of the training rows.

Why it hurts
    Naming that class always is right every time. No test row can say how well the model tells the classes apart: there
    is no AUC, and an accuracy of 100% may be that of a model that has learnt nothing.

Example
    a test file that was cut from the end of a file sorted by class

Instead
    Test rows of all classes: leave --test out, and goodfit chooses them by chance.

When it is a false alarm
    When only rows of this class will ever come.

Cost
    One count before training.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import DataFacts, DataRule
from goodfit.formatting import counted

ROWS_AT_LEAST = 5


class OneClassInTest(DataRule):
    code, level = "GF470", Level.WARNING

    def check(self, data: DataFacts) -> Iterator[Finding]:
        if data.labels is None:
            return
        train, test = (set(data.labels[data.parts == part].tolist()) for part in ("train", "test"))
        rows = int((data.parts == "test").sum())
        if len(test) == 1 and len(train) > 1 and rows >= ROWS_AT_LEAST:
            yield self.finding(
                f"all {counted(rows, f'test {data.noun}')} are of the class '{test.pop()}', and the training "
                f"{data.noun}s are of {len(train)}: they cannot say how well the model distinguishes them",
                "Give test rows of all classes, or leave --test out and let them be chosen by chance",
            )
