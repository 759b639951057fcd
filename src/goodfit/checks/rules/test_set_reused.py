"""test-set-reused: the test rows were scored more than once.

What it checks
    Each run folder counts the scorings of every set of test rows (the one at the end of `fit`, and each `evaluate`).

Why it hurts
    A choice made between two looks fits the choice to the test rows: their score is then too good, as that of the
    validation rows is.

Example
    Ten runs with ten learning rates, each scored on the same test folder, the best one reported.

Instead
    Choose by the validation rows; look at the test rows once, at the end.

When it is a false alarm
    When nothing was chosen between the looks, as when a score is only reproduced.

Cost
    None: a line in looks.json.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import EndFacts, EndRule


class TestSetReused(EndRule):
    code, level = "GF409", Level.WARNING
    __test__ = False  # pytest: not a test class

    def at_end(self, end: EndFacts) -> Iterator[Finding]:
        yield from self.seen(end.looks_at_test)

    def seen(self, looks: int) -> Iterator[Finding]:
        """The finding for this many scorings of the same rows."""
        if looks > 1:
            yield self.finding(
                f"these test rows have now been scored {looks} times",
                "Choose by the validation rows, and keep new test rows for the final result",
                count=looks,
            )
