"""duplicated-stream: every worker of a loader reads the same stream.

What it checks
    An iterable data set is read by several workers, and one of the first batches came twice, or each row of an epoch
    came exactly once from each worker.

Why it hurts
    With four workers every row comes four times an epoch, and an epoch is four times as long as it should be.

Example
    class Lines(IterableDataset): def __iter__(self): return iter(open(self.path))      # num_workers=4

Instead
    info = torch.utils.data.get_worker_info(); every info.num_workers-th line from info.id on

When it is a false alarm
    A stream whose rows repeat by nature.

Cost
    Fingerprints of the rows that streams with several workers give, up to 20,000 an epoch.
"""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from torch.utils.data import IterableDataset

from goodfit.checks.engine.events import Batch, Epoch, WatchEnds
from goodfit.checks.engine.fingerprints import blank, fingerprints
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

ROWS_AT_LEAST = 8  # different ones of an epoch
ROWS_AT_MOST = 20_000


@dataclass
class Stream:
    """One epoch of a loader: the rows of its first batches, and how often each of all rows came."""

    batches: list[list[int]] = field(default_factory=list)
    rows: Counter[int] = field(default_factory=Counter)
    place: Place = field(default_factory=user_place)
    full: bool = False  # too many rows to count


class DuplicatedStream(LiveRule):
    code, level = "GF506", Level.ERROR
    sleepless = (Epoch, Batch)

    def start(self) -> None:
        self.streams: weakref.WeakKeyDictionary[Any, Stream] = weakref.WeakKeyDictionary()
        self.reported: weakref.WeakSet[Any] = weakref.WeakSet()  # loaders

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        loader = event.loader
        if isinstance(loader.dataset, IterableDataset) and loader.num_workers >= 2 and loader not in self.reported:
            yield from self._whole(loader)
            self.streams[loader] = Stream()

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        loader = event.loader
        if not isinstance(loader.dataset, IterableDataset):
            return
        stream = self.streams.get(loader)
        if stream is None or loader in self.reported or not event.tensors or event.tensors[0].dim() == 0:
            return
        x = event.tensors[0]
        now = fingerprints(x)
        stream.full = stream.full or len(stream.rows) > ROWS_AT_MOST
        if not stream.full:
            stream.rows.update(row for row, is_blank in zip(now, blank(x).tolist(), strict=True) if not is_blank)
        if event.number >= 2 * loader.num_workers:
            return
        again = now in stream.batches and not bool(blank(x).all()) and len(set(now)) > 1
        stream.batches.append(now)
        if again:
            self.reported.add(loader)
            yield self._finding(
                loader,
                f"batch {event.number + 1} of {type(loader.dataset).__name__} is the same as one before",
                stream.place,
            )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for loader in list(self.streams):
            if loader not in self.reported:
                yield from self._whole(loader)

    def _whole(self, loader: Any) -> Iterator[Finding]:
        """Every row of an epoch came once from each worker, in whatever order."""
        stream = self.streams.get(loader)
        if stream is None or stream.full or len(stream.rows) < ROWS_AT_LEAST:
            return
        if set(stream.rows.values()) == {loader.num_workers}:
            self.reported.add(loader)
            yield self._finding(
                loader,
                f"each of the {counted(len(stream.rows), 'row')} of {type(loader.dataset).__name__} came "
                f"{loader.num_workers} times in an epoch",
                stream.place,
            )

    def _finding(self, loader: Any, what: str, place: Place) -> Finding:
        return self.finding(
            f"{what}: each of the {loader.num_workers} workers reads the whole stream",
            "Call torch.utils.data.get_worker_info() in __iter__, and let each worker read its own share",
            file=place.file,
            line=place.line,
        )
