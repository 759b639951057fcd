"""duplicated-stream: every worker of a loader reads the same stream.

What it checks
    An iterable data set is read by several workers, it does not ask which worker it is in, and a batch came twice.

Why it hurts
    With four workers every row comes four times an epoch, and an epoch is four times as long as it should be.

Example
    class Lines(IterableDataset): def __iter__(self): return iter(open(self.path))      # num_workers=4

Instead
    info = torch.utils.data.get_worker_info(); every info.num_workers-th line from info.id on

When it is a false alarm
    A stream whose rows repeat by nature.

Cost
    Fingerprints of the first batches.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from torch.utils.data import IterableDataset

from goodfit.checks.engine.events import Batch
from goodfit.checks.engine.fingerprints import blank, fingerprints
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class DuplicatedStream(LiveRule):
    code, level = "GF506", Level.ERROR

    def start(self) -> None:
        self.batches: weakref.WeakKeyDictionary[Any, list[list[int]]] = weakref.WeakKeyDictionary()

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        loader = event.loader
        if not isinstance(loader.dataset, IterableDataset) or loader.num_workers < 2:
            return
        if event.number >= 2 * loader.num_workers or not event.tensors or event.tensors[0].dim() == 0:
            return
        x = event.tensors[0]
        if event.number == 0:
            self.batches[loader] = []
        now = fingerprints(x)
        again = now in self.batches.get(loader, []) and not bool(blank(x).all()) and len(set(now)) > 1
        self.batches.setdefault(loader, []).append(now)
        if again:
            yield self.finding(
                f"batch {event.number + 1} of {type(loader.dataset).__name__} is the same as one before: each of the "
                f"{loader.num_workers} workers reads the whole stream",
                "Call torch.utils.data.get_worker_info() in __iter__, and let each worker read its own share",
            )
