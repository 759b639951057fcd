"""What programs call the rows that are trained on, and those that are kept apart."""

from __future__ import annotations

import re

from goodfit.lazy_pattern import lazy_pattern

TRAINING = lazy_pattern(r"(^|_)(train|tr|training)(_|$)|^train(set|data|loader|dl|ds)$", re.IGNORECASE)
HELD_OUT = lazy_pattern(
    r"(^|_)(test|te|val|va|valid|validation|held_?out|unseen|eval|dev)(_|$)|^(test|val|valid)(set|data|loader|dl|ds)$",
    re.IGNORECASE,
)
