"""A row that could not be read: quarantined, counted and listed, never dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unreadable:
    """A row that could not be read, and why, in a line."""

    row: int
    key: str
    reason: str
