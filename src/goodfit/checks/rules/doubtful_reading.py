"""doubtful-reading: the data can be read in another way than it was.

What it checks
    Whether something in the files speaks against the way in which they were read: images that are left out because
    their format is not read, cells that may hold several labels, images that are black throughout, numbers such as
    1,234 whose comma may be a decimal one, dates such as 03/04/2024 whose day may be the month.

Why it hurts
    A model learns what was read. Where that is not what was meant, its figures are right and of no use.

Example
    Half of the images of a class are HEIC files, which are left out.

Instead
    Do what the finding says: convert the files, or give the option that says what they are.

When it is a false alarm
    The data was read as it was meant; the option that is named says so, and ends the warning.

Cost
    None: it is seen while the data is read.
"""

from __future__ import annotations

from goodfit.checks.finding import Level
from goodfit.checks.rule import Rule


class DoubtfulReading(Rule):
    code, level = "GF003", Level.WARNING
