"""Threads of a program: whose turn it is to be watched, and whether two of them train at once."""

from __future__ import annotations

import threading
from typing import Any

WAIT_AT_MOST = 10.0  # seconds: whoever has the turn for so long may be waiting for this thread


class _OfThread(threading.local):
    """Of one thread.

    Attributes:
        lock: that it takes: that of all, or one of its own if autograd has started it, as for each GPU. The thread
            whose backward pass waits for such a thread has the turn meanwhile.
        thread: itself; None for one that autograd has started.
    """

    def __init__(self, lock: Any) -> None:
        thread = threading.current_thread()
        is_autograds = isinstance(thread, threading._DummyThread)
        self.lock = threading.RLock() if is_autograds else lock
        self.thread = None if is_autograds else thread


class Turns:
    """One turn for all threads; a thread that has it may take it again.

    A backward pass, and who sets gradients to None, do so without holding Python's lock: if another thread reads
    `.grad` meanwhile, the process crashes (seen with torch 2.13: a loop of these beside a loop that reads). So rules
    of one thread run neither beside those of another, nor beside what writes the gradients that they read.
    """

    def __init__(self) -> None:
        self._of_thread = _OfThread(threading.RLock())
        self._trains: threading.Thread | None = None  # the last one that did
        self._trained: set[threading.Thread] = set()  # those before it

    def take(self) -> bool:
        """Wait for the turn; False where it does not come. Every turn that came is to be left."""
        lock = self._of_thread.lock
        return bool(lock.acquire(blocking=False) or lock.acquire(timeout=WAIT_AT_MOST))

    def leave(self) -> None:
        """Let others have it."""
        self._of_thread.lock.release()

    def trains_beside_another(self) -> bool:
        """Whether this thread, which trains now, does so while another one does: known when the first comes back."""
        thread = self._of_thread.thread
        if thread is self._trains or thread is None:
            return False
        before, self._trains = self._trains, thread
        if before is None:
            return False
        self._trained.add(before)
        return thread in self._trained and before.is_alive()
