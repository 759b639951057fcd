"""What an event is: a small record of one thing that a watched program does."""

from __future__ import annotations


class Event:
    """Something that the watched program has done, or is about to do."""
