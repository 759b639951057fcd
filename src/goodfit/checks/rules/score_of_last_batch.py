"""score-of-last-batch: what an evaluation compares with labels is its last batch alone.

What it checks
    A loader of three batches or more is gone through without gradients, and nothing of its batches but the last is
    compared (==), given to a loss, or read as numbers; the last one's labels are compared. In two evaluations.

Why it hurts
    The score stands for a handful of rows, and changes with their order. The best epoch by it is the luckiest one.

Example
    for x, y in loader: pred = net(x).argmax(1)
    accuracy = (pred == y).float().mean()              # after the loop

Instead
    for x, y in loader: right += (net(x).argmax(1) == y).sum().item(); rows += len(y)

When it is a false alarm
    None is known.

Cost
    Counts in the evaluations that are watched.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import Batch, Compare, Epoch, Loss, NetCall, Read
from goodfit.checks.engine.events_data import batches_of
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3
EVALUATIONS_AT_LEAST = 2


class ScoreOfLastBatch(LiveRule):
    code, level = "GF435", Level.WARNING

    def start(self) -> None:
        self.loader: weakref.ref[Any] | None = None  # whose batches are gone through
        self.evaluations = 0
        self._begin()

    def _begin(self) -> None:
        self.batches = 0  # that came while rules were awake
        self.calls = 0  # of nets, without gradients
        self.used = False  # a batch before the last was compared or read
        self.addresses: set[int] = set()  # of the tensors of the last batch

    def on_epoch(self, event: Epoch) -> None:
        self.loader = weakref.ref(event.loader)
        self._begin()

    def on_batch(self, event: Batch) -> None:
        if self.loader is None or self.loader() is not event.loader or event.number != self.batches:
            self.loader = None  # some of its batches came unseen
            return
        self.batches += 1
        self.addresses = {tensor.data_ptr() for tensor in event.tensors}

    def on_call(self, event: NetCall) -> None:
        if event.grad:
            self.loader = None
        self.calls += 1

    def on_loss(self, event: Loss) -> None:
        self.used = True

    def on_read(self, event: Read) -> None:
        """argmax is a way to a comparison; whole outputs that are read as numbers are scored elsewhere."""
        if not event.tensor.is_floating_point():
            self.used = True

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        if self.loader is None or event.grad:
            return
        loader = self.loader()
        is_last = loader is not None and self.batches == batches_of(loader) >= BATCHES_AT_LEAST
        of_batch = self._is_of_batch(event.left) or self._is_of_batch(event.right)
        if not is_last or not of_batch:
            self.used = True
            return
        if self.used or self.calls < self.batches:
            return
        self.used = True
        self.evaluations += 1
        if self.evaluations == EVALUATIONS_AT_LEAST:
            place = user_place()
            yield self.finding(
                f"of the {self.batches} batches of an evaluation only the last is compared with its labels",
                "Count the right predictions of every batch, and divide by all rows",
                file=place.file,
                line=place.line,
            )

    def _is_of_batch(self, tensor: Tensor) -> bool:
        return tensor.data_ptr() in self.addresses
