"""Numbers, durations and names as people read them: the same on the page and in the plots."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np


def spaced(name: str) -> str:
    """batch_size as batch size."""
    return name.replace("_", " ")


def capital(text: str) -> str:
    """The first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def number(value: Any) -> str:
    """A measured number in a sentence: four significant digits, whole above 1,000. None and NaN are a dash."""
    if value is None:
        return "–"
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, (float, np.floating)):
        plain = float(value)
        if math.isnan(plain):
            return "–"
        return f"{plain:,.0f}" if 1_000 <= abs(plain) < 1e15 else f"{plain:.4g}"
    return str(value)


def fixed(value: Any) -> str:
    """A number of a table's column: as many decimals as its neighbours have. 0.9010, 48.20, 48,211."""
    if not isinstance(value, (float, np.floating)) or not math.isfinite(value):
        return number(value)
    size = abs(float(value))
    if 0 < size < 0.0001:
        return number(value)  # four decimals would show a zero
    return f"{value:.4f}" if size < 10 else f"{value:.2f}" if size < 1_000 else number(value)


def duration(seconds: float) -> str:
    """Seconds in words: 8.3 s, 2 min 5 s, 3 h 20 min."""
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def moment(created: str) -> str:
    """2026-03-01T09:30:00+00:00 as 2026-03-01 09:30 UTC; what is no ISO date stays as it is."""
    try:
        when = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{when:%Y-%m-%d %H:%M} {when.tzname() or ''}".strip()


def sentence(text: Any) -> str:
    """With one full stop at its end."""
    return str(text).rstrip(". ") + "."
