"""Threads of a program: whose turn it is to be watched, and whether two of them train at once."""

from __future__ import annotations

import threading
from typing import Any

WAIT_AT_MOST = 10.0  # seconds: whoever has the turn for so long may be waiting for this thread


class Turns:
    """One turn for all threads; a thread that has it may take it again.

    A backward pass, and who sets gradients to None, do so without holding Python's lock: if another thread reads
    `.grad` meanwhile, the process crashes (seen with torch 2.13: a loop of these beside a loop that reads). So rules
    of one thread run neither beside those of another, nor beside what writes the gradients that they read.
    """

    def __init__(self) -> None:
        self._lock: Any = threading.RLock()
        self._ident: int | None = None  # of the last thread that trained
        self._trains: threading.Thread | None = None  # this one
        self._trained: set[threading.Thread] = set()  # those before it

    def take(self) -> Any:
        """What is to be released when the turn is over; None where it does not come."""
        return self._lock if self._lock.acquire(False) else self._wait()

    def _wait(self) -> Any:
        """The same, where another thread has the turn.

        Threads that autograd has started, as for each GPU, do not wait: the one whose backward pass waits for them has
        the turn meanwhile.
        """
        if isinstance(threading.current_thread(), threading._DummyThread):
            own = threading.RLock()
            own.acquire()
            return own
        return self._lock if self._lock.acquire(timeout=WAIT_AT_MOST) else None

    def trains_beside_another(self) -> bool:
        """Whether this thread, which trains now, does so while another one does: known when the first comes back."""
        ident = threading.get_ident()
        if ident == self._ident:
            return False
        thread = threading.current_thread()
        if isinstance(thread, threading._DummyThread):
            return False
        before, self._trains, self._ident = self._trains, thread, ident
        if before is None:
            return False
        self._trained.add(before)
        return thread in self._trained and before.is_alive()
