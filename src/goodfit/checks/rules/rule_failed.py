"""rule-failed: a rule of goodfit raised an exception, so that nothing is known of the mistake that it looks for.

What it checks
    Whether a rule that is asked about a program, data or a finished run raises an exception of its own.

Why it hurts
    The mistake that the rule looks for may be there, and the report would not name it. All other rules were asked.

Example
    the rule samples-mix failed in its line 63 with RuntimeError: ...

Instead
    Report it as a bug of goodfit, with the message. Until it is fixed, leave the rule out: --ignore RULE, or
    gf.watch(ignore=["RULE"]).

When it is a false alarm
    Never: the rule did fail. What the program computes is not changed by that.

Cost
    None.
"""

from __future__ import annotations

from goodfit.checks.finding import Level
from goodfit.checks.rule import Rule


class RuleFailed(Rule):
    code, level = "GF000", Level.ERROR
