"""first-batch-only: every step asks the loader anew, and gets its first batch again.

What it checks
    A loader that does not shuffle is asked for an iterator for each step; the first batch is taken, trained on, and the
    rest is left, five times one after the other.

Why it hurts
    next(iter(loader)) begins from the start each time. The net sees one batch and none of the other rows.

Example
    for step in range(1000):
        x, y = next(iter(loader))

Instead
    for x, y in loader:                                # or batches = iter(loader) before, and next(batches)

When it is a false alarm
    A test whether a net can learn a single batch by heart: take the batch once, before the loop.

Cost
    A counter for each loader.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from goodfit.checks.engine.events import BackwardEnded, Batch, Epoch, NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing

TIMES_AT_LEAST = 5


@dataclass
class _Loader:
    """Times that only the first batch of an iterator was taken and trained on; the same rows each time."""

    times: int = 0
    indices: Any = None
    pointer: int = 0  # where the values of this iterator's only batch lie
    trained: bool = False


class FirstBatchOnly(LiveRule):
    code, level = "GF510", Level.WARNING

    def start(self) -> None:
        self.loaders: weakref.WeakKeyDictionary[Any, _Loader] = weakref.WeakKeyDictionary()
        self.inputs: set[int] = set()

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        kept = self.loaders.setdefault(event.loader, _Loader())
        kept.times = kept.times + 1 if kept.trained else 0
        kept.trained, kept.pointer = False, 0
        if kept.times == TIMES_AT_LEAST and len(event.loader) > 1:
            others = len(event.loader) - 1
            yield self.finding(
                f"in each of {TIMES_AT_LEAST} steps the loader was begun anew, and its first batch was trained on: "
                f"{agreeing(others, 'the other one is', f'the other {others:,} batches are')} never seen",
                "Write for batch in loader, or make batches = iter(loader) once and take next(batches)",
            )

    def on_batch(self, event: Batch) -> None:
        kept = self.loaders.get(event.loader)
        if kept is None or not event.tensors:
            return
        same = kept.indices is None or event.indices == kept.indices
        if event.number > 0 or event.indices is None or not same:  # it goes on, or shuffles
            kept.times, kept.trained, kept.pointer = -(10**9), False, 0
            return
        kept.indices, kept.pointer = event.indices, event.tensors[0].data_ptr()

    def on_call(self, event: NetCall) -> None:
        if event.grad:
            self.inputs.update(x.data_ptr() for x in event.inputs)

    def after_backward(self, event: BackwardEnded) -> None:
        inputs, self.inputs = self.inputs, set()
        for kept in self.loaders.values():
            kept.trained = kept.trained or kept.pointer in inputs
