"""What torchrun's processes need from each other before, and beside, their sums: a common start, a life, a heartbeat.

- **A start**: torchrun's store outlives its processes, and on several machines those that are started again may count
  their attempts differently. So the first process of a round names it, and the others learn the name by a nonce of
  their own: what is left of earlier rounds is never taken for theirs.
- **A life**: a launcher that is killed leaves its processes behind. They look after it, and end with it.
- **A heartbeat**: how many sums each process has come to. Where one is late, that says which.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid
from collections.abc import Callable

from torch._C._distributed_c10d import Store

LOOK_EVERY = 0.05  # seconds, while processes wait for each other's start
BEAT_EVERY = 1.0  # seconds, between looks at the launcher and heartbeats


class NoStartError(RuntimeError):
    """Not all processes have come."""


def common_round(store: Store, rank: int, count: int, patience: float) -> str:
    """The name of this start of all processes, the same in each of them and in no other start.

    Args:
        store: that all of them see, with whatever earlier processes left in it.
        patience: seconds to wait for the others.

    Raises:
        NoStartError: some of them have not come.
    """
    end = time.monotonic() + patience
    own = uuid.uuid4().hex
    if rank:
        store.set(f"hello/{rank}", own)
        _wait(lambda: store.check([f"welcome/{own}"]), end, "the first process")
        name: bytes = store.get(f"welcome/{own}")
        store.set(f"here/{name.decode()}/{own}", "")
        return name.decode()
    welcomed: set[str] = set()

    def all_here() -> bool:
        """Whether the newest process of each rank has answered; one of an earlier start never will."""
        here = 0
        for other in range(1, count):
            if not store.check([f"hello/{other}"]):
                continue
            nonce = store.get(f"hello/{other}").decode()
            if nonce not in welcomed:
                store.set(f"welcome/{nonce}", own)
                welcomed.add(nonce)
            here += store.check([f"here/{own}/{nonce}"])
        return here == count - 1

    _wait(all_here, end, "the other processes")
    return own


def _wait(until: Callable[[], bool], end: float, whom: str) -> None:
    while not until():
        if time.monotonic() > end:
            raise NoStartError(f"timed out waiting for {whom}")
        time.sleep(LOOK_EVERY)


class Heartbeat:
    """Tells the store, beside the work, how many sums this process has come to; and ends it with torchrun's launcher.

    Args:
        store: of its own: the thread talks to it at any time.
        name: of this start of all processes.
    """

    def __init__(self, store: Store, name: str, rank: int, count: int) -> None:
        self._store, self._name, self._rank, self._count = store, name, rank, count
        self._launcher = os.getppid() if "TORCHELASTIC_RUN_ID" in os.environ else None
        self.sums = 0
        threading.Thread(target=self._beat, name="goodfit-heartbeat", daemon=True).start()

    def late(self) -> list[int]:
        """Ranks that have come to fewer sums than this process."""
        behind = []
        for rank in range(self._count):
            key = f"sums/{self._name}/{rank}"
            if rank != self._rank and self._store.check([key]) and int(self._store.get(key)) < self.sums:
                behind.append(rank)
        return behind

    def _beat(self) -> None:
        told = -1
        while True:
            if self._launcher not in (None, os.getppid()):
                print("goodfit: the launcher of this process has ended, and so does it", file=sys.stderr, flush=True)
                os._exit(1)  # the main thread may wait for another process, and would hear of no exception
            if self.sums != told:
                told = self.sums
                try:
                    self._store.set(f"sums/{self._name}/{self._rank}", str(told))
                except RuntimeError:  # the store is going: its machine's launcher has ended, or is about to
                    told = -1
            time.sleep(BEAT_EVERY)
