"""same-order-each-epoch: a loader that shuffles gives the same order in every epoch.

What it checks
    The first rows of two epochs of a loader with a random or distributed sampler are the same, in training.

Why it hurts
    Batches are the same again and again, so that the noise that shuffling should bring is gone; with several processes,
    each sees its own share alone, for ever. Mostly set_epoch is forgotten, or a seed is set within the epoch.

Example
    for epoch in range(10): torch.manual_seed(0); train(loader)

Instead
    for epoch in range(10): sampler.set_epoch(epoch); train(loader)

When it is a false alarm
    Two runs in one program from the same seed, with the same loader.

Cost
    The indices of the first batch of each epoch.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from torch.utils.data import RandomSampler, SubsetRandomSampler
from torch.utils.data.distributed import DistributedSampler

from goodfit.checks.engine.events import Batch, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS = 4


class SameOrderEachEpoch(LiveRule):
    code, level = "GF502", Level.ERROR
    sleepless = (Batch,)

    def start(self) -> None:
        # Of each data set: the first rows of the last epoch, and the net that was trained on them.
        self.first: weakref.WeakKeyDictionary[Any, tuple[tuple[Any, ...], int]] = weakref.WeakKeyDictionary()
        # This epoch, until a backward tells the net: data set, first rows, sampler, line, backwards before.
        self.now: tuple[Any, tuple[Any, ...], str, Place, int] | None = None
        self.told: weakref.WeakSet[Any] = weakref.WeakSet()

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        yield from self._settle()
        if event.number:
            return
        self.now = None
        loader, indices = event.loader, event.indices
        if loader is None or indices is None or len(indices) < ROWS or not hasattr(loader.dataset, "__weakref__"):
            return
        sampler = getattr(loader, "sampler", None)
        shuffles = isinstance(sampler, (RandomSampler, SubsetRandomSampler)) or (
            isinstance(sampler, DistributedSampler) and sampler.shuffle
        )
        order = tuple(indices)
        if shuffles and loader.dataset not in self.told and len(set(order)) > 1:
            self.now = (
                weakref.ref(loader.dataset),
                order,
                type(sampler).__name__,
                user_place(),
                self.program.backwards,
            )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        yield from self._settle()

    def _settle(self) -> Iterator[Finding]:
        """A backward has shown which net the epoch trains."""
        if self.now is None or self.program.backwards == self.now[4]:
            return
        (ref, order, name, place, _), self.now = self.now, None
        data, net = ref(), self.program.last_call.module() if self.program.last_call is not None else None
        if data is None:
            return
        if self.first.get(data) == (order, id(net)):
            self.told.add(data)
            yield self._seen(name, place)
        self.first[data] = (order, id(net))

    def _seen(self, name: str, place: Place) -> Finding:
        fix = (
            "Call sampler.set_epoch(epoch) at the start of each epoch"
            if name == "DistributedSampler"
            else "Set the seed once, before the epochs, and make the generator once"
        )
        return self.finding(
            f"the {name} gave the same order of rows in two epochs running", fix, file=place.file, line=place.line
        )
