"""Encoders of the runs that were used last: a schema is made ready once, and rows may come one by one."""

from __future__ import annotations

from collections import deque
from typing import Any

from goodfit.data.tables.encoder import Encoder

SCHEMAS_KEPT = 4

_ENCODERS: deque[tuple[dict[str, Any], Encoder]] = deque(maxlen=SCHEMAS_KEPT)


def encoder_of(values: dict[str, Any]) -> Encoder:
    """As `Encoder.from_json`, once for a run's schema: rows that come one by one are read by the same object.

    A column of 10,000 levels takes a millisecond to be made ready, and one row may take no longer in all.
    """
    for known, encoder in _ENCODERS:
        if known is values:
            return encoder
    encoder = Encoder.from_json(values)
    _ENCODERS.append((values, encoder))
    return encoder
