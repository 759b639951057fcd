"""The time that rivals have where a fit has a budget, and what there was no time for."""

from __future__ import annotations

import time


class TimeLimit:
    """Asked before each part of the work that can be left out; what is left out is kept, so that it can be said.

    Args:
        ends: on the monotonic clock, which all processes of a machine share; None: there is time for everything.
    """

    def __init__(self, ends: float | None = None) -> None:
        self.ends = ends
        self.left_out: list[str] = []

    def allows(self, seconds: float, what: str) -> bool:
        """Whether so many seconds are left; where they are not, `what` is left out."""
        if self.ends is None or time.monotonic() + seconds <= self.ends:
            return True
        if what not in self.left_out:  # two forests may end at the same number of rounds
            self.left_out.append(what)
        return False
