"""epoch-coverage: an epoch does not see every row once.

What it checks
    The indices that a custom sampler gave in a whole epoch: rows that came twice while others did not come, or rows
    that came in none of the epochs. Samplers that draw with replacement or by weight are left out, and of those whose
    epochs grow, as a curriculum's do, rows that have not come yet.

Why it hurts
    Some rows count twice and others never, without an error: the net learns from less data than there is.

Example
    def __iter__(self): return iter(random.choices(range(self.n), k=self.n))

Instead
    def __iter__(self): return iter(random.sample(range(self.n), self.n))

When it is a false alarm
    A sampler that leaves rows out on purpose: allow it by name. One that draws by weights, or as many rows of each
    class into each batch (P classes x K rows, episodes), is not reported.

Cost
    A list of indices per epoch, for custom samplers only.
"""

from __future__ import annotations

import re
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import BatchSampler, IterableDataset

from goodfit.checks.engine.events import Batch, Epoch, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

ON_PURPOSE = lazy_pattern(
    r"balanc|weight|replac|bootstrap|oversampl|undersampl|episod|curricul|infinite|multinomial|priorit|importance|"
    r"way|shot|support|triplet|negativ",
    re.I,
)
BATCHES_EXAMINED = 20  # of a loader, for their classes
BALANCED_SHARE_AT_LEAST = 0.9  # of the batches: as many rows of each class in them


class EpochCoverage(LiveRule):
    code, level = "GF504", Level.WARNING
    sleepless = (Epoch, Batch)

    def start(self) -> None:
        # Whether a loader has a sampler that is not torch's.
        self.own_samplers: weakref.WeakKeyDictionary[Any, bool] = weakref.WeakKeyDictionary()
        self.indices: dict[int, list[Any]] = {}  # loader -> indices of this epoch
        self.never: dict[int, set[int]] = {}  # loader -> rows that came in no epoch of `sizes`
        self.sizes: dict[int, list[int]] = {}
        self.examined: Counter[int] = Counter()  # batches by loader; of these, `balanced`
        self.balanced: Counter[int] = Counter()
        self.begun: dict[int, tuple[Place, int, str, int]] = {}  # line, rows, sampler, backwards before

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        loader = event.loader
        if loader not in self.own_samplers:
            self.own_samplers[loader] = _own_sampler(loader)
        if not self.own_samplers[loader]:
            return
        key = id(loader)
        yield from self._compare(key)
        sampler = _sampler(loader)
        self.indices[key] = []
        self.begun[key] = (user_place(), len(loader.dataset), type(sampler).__name__, self.program.backwards)

    def on_batch(self, event: Batch) -> None:
        key = id(event.loader)
        if key in self.indices and event.indices is not None:
            self.indices[key] += [index for index in event.indices if isinstance(index, int)]
            if event.number < BATCHES_EXAMINED:
                self.examined[key] += 1
                self.balanced[key] += _is_balanced(event.tensors)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for key in list(self.indices):
            yield from self._compare(key)
        for key, never in self.never.items():
            place, rows, sampler, _ = self.begun[key]
            sizes = self.sizes[key]
            if never and len(sizes) > 1 and rows / 2 <= sizes[-1] <= sizes[0]:
                epochs = counted(len(sizes), "epoch")
                yield self._finding(sampler, f"{len(never)} of {rows} rows came in none of {epochs}", place)

    def _compare(self, key: int) -> Iterator[Finding]:
        indices = self.indices.pop(key, None)
        place, rows, sampler, backwards = self.begun.get(key, (Place(None, None), 0, "", 0))
        if not indices or self.program.backwards == backwards:
            return  # nothing was trained on it
        if self.balanced[key] >= BALANCED_SHARE_AT_LEAST * self.examined[key] > 1:
            return
        twice, missing = len(indices) - len(set(indices)), set(range(rows)) - set(indices)
        self.never[key] = missing & self.never.get(key, missing)
        self.sizes.setdefault(key, []).append(len(indices))
        if twice and len(indices) >= rows / 2 and missing:
            what = f"{counted(twice, 'row')} came twice and {len(missing)} of {rows} never"
        elif twice and not missing and twice < rows / 2:
            what = f"{twice} of {rows} rows came twice"
        else:
            return
        self.never[key] = set()  # said already
        yield self._finding(sampler, f"in an epoch {what}", place)

    def _finding(self, sampler: str, what: str, place: Place) -> Finding:
        return self.finding(
            f"{sampler} does not give every row once: {what}",
            "Let the sampler give a permutation of all rows, as torch.randperm does",
            file=place.file,
            line=place.line,
        )


def _sampler(loader: Any) -> Any:
    batches = getattr(loader, "batch_sampler", None)
    own = batches is not None and type(batches) is not BatchSampler
    return batches if own else getattr(loader, "sampler", None)


def _is_balanced(tensors: Sequence[Tensor]) -> bool:
    """Whether a batch holds several rows of each of its classes, as many of each."""
    rows = len(tensors[0]) if tensors and tensors[0].dim() else 0
    for labels in tensors[1:]:
        if labels.dim() == 1 and len(labels) == rows and not labels.is_floating_point():
            counts = torch.unique(labels, return_counts=True)[1]
            return len(counts) > 1 and int(counts.min()) == int(counts.max()) > 1
    return False


def _names_of(kind: type) -> set[str]:
    """Names that a sampler's own code uses, with those of keyword arguments."""
    names = {kind.__name__}
    for member in vars(kind).values():
        code = getattr(member, "__code__", None)
        todo = [code] if isinstance(code, CodeType) else []
        while todo:
            code = todo.pop()
            names |= {*code.co_names, *code.co_varnames}
            for const in code.co_consts:
                if isinstance(const, CodeType):
                    todo.append(const)
                elif isinstance(const, tuple):
                    names |= {name for name in const if isinstance(name, str)}
    return names


def _own_sampler(loader: Any) -> bool:
    sampler = _sampler(loader)
    kind = type(sampler)
    return (
        sampler is not None
        and not isinstance(loader.dataset, IterableDataset)
        and not kind.__module__.startswith("torch.")
        and not any(ON_PURPOSE.search(name) for name in _names_of(kind))
        and hasattr(loader.dataset, "__len__")
    )
