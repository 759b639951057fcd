"""Single cells as numbers and as text: what `kinds.numbers` and `encoder.texts` do to whole columns, for a few rows."""

from __future__ import annotations

import math
import re
from typing import Any

from goodfit.data.tables.column_types import MISSING

FEW = 32  # rows: with more, whole columns are faster
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
WHOLE = re.compile(r"(-?\d+)\.0+")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def number(cell: Any) -> float | None:
    """A finite number, or None."""
    if isinstance(cell, str):
        cell = cell.strip()
        if GROUPED.fullmatch(cell):
            cell = cell.replace(",", "")
        if not NUMBER.fullmatch(cell):
            return None
    elif not isinstance(cell, (int, float)):
        return None
    found = float(cell)
    return found if math.isfinite(found) else None


def text(cell: Any) -> str | None:
    """The level that a cell names, None where it is missing."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    found = str(cell).lower() if isinstance(cell, bool) else str(cell).strip()
    whole = WHOLE.fullmatch(found)
    found = whole[1] if whole else found
    return None if found in MISSING else found
