"""unreadable-file: some rows of the data cannot be read.

What it checks
    Whether each image file can be decoded, and each row of a table can be read.

Why it hurts
    The model is trained and scored without these rows, and their predictions are missing.

Example
    photos/cat/12.jpg was truncated when it was copied.

Instead
    Copy or export the file again, or remove it.

When it is a false alarm
    Never: what is listed could not be read here.

Cost
    None: all files are read anyway.
"""

from __future__ import annotations

from goodfit.checks.finding import Level
from goodfit.checks.rule import Rule


class UnreadableFile(Rule):
    code, level = "GF002", Level.WARNING
