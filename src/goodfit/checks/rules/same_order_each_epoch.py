"""same-order-each-epoch: a loader that shuffles gives the same order in every epoch.

What it checks
    The first rows of two epochs of a loader with a random or distributed sampler are the same, in training; or with a
    sampler of the program's own that has set_epoch() and draws random numbers, where these rows are in no order.

Why it hurts
    Batches are the same again and again, so that the noise that shuffling should bring is gone; with several processes,
    each sees only its own share. Usually set_epoch is forgotten, or a seed is set within the epoch.

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

import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from torch.utils.data import RandomSampler, SubsetRandomSampler
from torch.utils.data.distributed import DistributedSampler

from goodfit.checks.engine.events import Batch, WatchEnds
from goodfit.checks.engine.identity_map import IdentityMap
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

ROWS_COMPARED_AT_LEAST = 4
DRAWING = lazy_pattern(r"rand|shuffle|perm|choice|sample|multinomial|rng|generator|integers", re.IGNORECASE)


class Begun(NamedTuple):
    """An epoch that has begun."""

    dataset: Any
    order: tuple[Any, ...]  # of the first rows
    sampler: str
    takes_epochs: bool
    place: Place
    backwards: int  # before it


class SameOrderEachEpoch(LiveRule):
    code, level = "GF502", Level.ERROR
    sleepless = (Batch,)

    def start(self) -> None:
        # Of each data set: the first rows of the last epoch, and the net that was trained on them.
        self.orders: IdentityMap[tuple[tuple[Any, ...], int]] = IdentityMap()
        self.reported: IdentityMap[bool] = IdentityMap()  # data sets
        self.begun: Begun | None = None  # the epoch that has begun, until a backward shows which net it trains

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        yield from self._settle()
        if event.number:
            return
        self.begun = None
        loader, indices = event.loader, event.indices
        if indices is None or len(indices) < ROWS_COMPARED_AT_LEAST or loader.dataset in self.reported:
            return
        order = tuple(indices)
        sampler = next(filter(_takes_epochs, (loader.sampler, loader.batch_sampler)), loader.sampler)
        shuffles = isinstance(sampler, (RandomSampler, SubsetRandomSampler)) or (
            sampler.shuffle
            if isinstance(sampler, DistributedSampler)
            else _takes_epochs(sampler) and _is_mixed(order) and _draws(type(sampler))
        )
        if shuffles and len(set(order)) > 1:
            kind = type(sampler).__name__
            takes_epochs, passes = _takes_epochs(sampler), self.program.backwards
            self.begun = Begun(loader.dataset, order, kind, takes_epochs, user_place(), passes)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        yield from self._settle()

    def _settle(self) -> Iterator[Finding]:
        """A backward has shown which net the epoch trains."""
        if self.begun is None or self.program.backwards == self.begun.backwards:
            return
        begun, self.begun = self.begun, None
        last = self.program.last_call
        net = id(last.module()) if last is not None else 0
        if self.orders.get(begun.dataset) == (begun.order, net):
            self.reported[begun.dataset] = True
            yield self._same_order(begun)
        self.orders[begun.dataset] = (begun.order, net)

    def _same_order(self, begun: Begun) -> Finding:
        fix = (
            "Call sampler.set_epoch(epoch) at the start of each epoch"
            if begun.takes_epochs
            else "Set the seed once, before the first epoch, and create the generator once"
        )
        return self.finding(
            f"the {begun.sampler} gave the same order of rows in two epochs in a row",
            fix,
            file=begun.place.file,
            line=begun.place.line,
        )


def _takes_epochs(sampler: object) -> bool:
    return hasattr(sampler, "set_epoch")


def _draws(kind: type) -> bool:
    """Whether the code of a sampler names what draws random numbers: others give their order on purpose."""
    functions = [each for owner in kind.__mro__ for each in vars(owner).values() if inspect.isfunction(each)]
    own = [each for each in functions if each.__module__ != "torch.utils.data.sampler"]
    return any(DRAWING.search(name) for each in own for name in each.__code__.co_names)


def _is_mixed(order: tuple[Any, ...]) -> bool:
    """Whether row numbers are in no order."""
    numbers = [each for each in order if isinstance(each, int)]
    return len(numbers) == len(order) and numbers not in (sorted(numbers), sorted(numbers, reverse=True))
