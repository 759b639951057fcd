"""copied-generator: every worker of a loader draws the same random numbers.

What it checks
    A data set (or a transform that it holds) owns a random generator, its way of reading rows uses it, and the loader
    has several workers and no worker_init_fn, or one whose code names neither the generator nor the data set.

Why it hurts
    Each worker gets a copy of the generator in the same state: all augment alike, and every epoch starts again from it.

Example
    self.rng = np.random.default_rng(0)                # in a Dataset, with num_workers=4

Instead
    Draw from torch's generator, which is seeded for each worker, or create self.rng in worker_init_fn.

When it is a false alarm
    A generator that is seeded by the row's index when it is used.

Cost
    The names that the reading code uses, once a loader.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

import numpy as np
import torch

from goodfit.checks.engine.events import Epoch
from goodfit.checks.engine.own_generators import GENERATORS
from goodfit.checks.engine.user_frame import is_users
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

READERS = ("__getitem__", "__getitems__", "__iter__", "__call__", "forward")
SEARCH_DEPTH = 4


class CopiedGenerator(LiveRule):
    code, level = "GF503", Level.ERROR

    def start(self) -> None:
        self.examined: weakref.WeakSet[Any] = weakref.WeakSet()

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        loader = event.loader
        if loader in self.examined:
            return
        self.examined.add(loader)
        if loader.num_workers < 1:
            return
        owner = next((each for each in _owners(loader.dataset) if not _may_reach(loader.worker_init_fn, each[1])), None)
        if owner is not None:
            what, name = owner
            yield self.finding(
                f"{what} draws from its own generator '{name}', of which each of the {loader.num_workers} workers has "
                f"a copy in the same state",
                "Draw from torch's generator, or create it in worker_init_fn from torch.initial_seed()",
            )


def _may_reach(function: Any, generator: str) -> bool:
    """Whether a worker_init_fn may give a data set another generator: it names that, or the data set, or is unknown."""
    if function is None:
        return False
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return True
    names, known = _all_names(code), getattr(function, "__globals__", {})
    called = [each for name in names if isinstance(each := known.get(name), FunctionType)]
    calls_own = any(is_users(each.__code__.co_filename) for each in called)
    return bool(names & {generator, "dataset", "setattr", "__dict__", "vars"}) or calls_own or bool(code.co_freevars)


def _owners(thing: Any, depth: int = SEARCH_DEPTH) -> Iterator[tuple[str, str]]:
    """Objects within a data set that own a generator which their reading code uses."""
    inner = getattr(thing, "__dict__", None)
    if inner is None or isinstance(thing, torch.Tensor) or not depth:
        return
    used = _names(type(thing))
    for name, value in inner.items():
        if isinstance(value, GENERATORS):
            if name in used:
                yield type(thing).__name__, name
        elif isinstance(value, (list, tuple)):
            for part in value[:20]:
                yield from _owners(part, depth - 1)
        elif not isinstance(value, (str, int, float, np.ndarray)):
            yield from _owners(value, depth - 1)


def _names(kind: type) -> set[str]:
    """Names used by the reading methods of a class, and by its methods that these name."""
    names: set[str] = set()
    todo = [name for name in READERS if hasattr(kind, name)]
    done: set[str] = set()
    while todo:
        name = todo.pop()
        done.add(name)
        code = getattr(getattr(kind, name, None), "__code__", None)
        if isinstance(code, CodeType):
            used = _all_names(code)
            names |= used
            todo += [other for other in used if other not in done and callable(getattr(kind, other, None))]
    return names


def _all_names(code: CodeType) -> set[str]:
    """Also of comprehensions and functions inside."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*(_all_names(part) for part in inner))
