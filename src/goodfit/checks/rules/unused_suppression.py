"""unused-suppression: a rule is allowed to be broken, and had nothing to report.

What it checks
    A `with gf.allow("RULE", ...)` block ran, or [tool.goodfit.allow] of pyproject.toml names a rule, and this rule
    reported nothing there.

Why it hurts
    The suppression hides the mistake when somebody makes it later, and its reason is no longer true.

Example
    with gf.allow("samples-mix", reason="contrastive loss"): ...        # and the loss is cross-entropy by now

Instead
    Remove the suppression.

When it is a false alarm
    A suppression for a part of the program that did not run this time.

Cost
    None.
"""

from __future__ import annotations

from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import Rule


class UnusedSuppression(Rule):
    code, level = "GF001", Level.NOTICE

    def of(self, rule: str, reason: str, *, in_project: bool) -> Finding:
        """The finding for the suppression of one rule."""
        return self.finding(
            f"{rule} is allowed ({reason}) and reported nothing",
            "Remove the suppression",
            file="pyproject.toml" if in_project else None,
        )
