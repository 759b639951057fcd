"""assumed-meaning: what some values mean was assumed, because nothing in the data shows it.

What it checks
    Whether numbers such as 1,234 have decimals or thousands, and whether the dates 03/04/2024 begin with the day or the
    month, can be seen from any other value in the data.

Why it hurts
    Read the wrong way, numbers are a thousand times too large or small, and months are days.

Example
    A file separated by semicolons whose only numbers are 1,234 and 2,500.

Instead
    Say what is meant: --decimal , or --decimal . for numbers; --date-order day or month for dates.

When it is a false alarm
    When the assumption, which the message names, is right.

Cost
    None: the values are read anyway.
"""

from __future__ import annotations

from goodfit.checks.finding import Level
from goodfit.checks.rule import Rule


class AssumedMeaning(Rule):
    code, level = "GF003", Level.WARNING
