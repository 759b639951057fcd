"""worker-seeds-repeat: the workers of a loader begin each epoch with the same seeds.

What it checks
    A loader that trains has workers that are started anew in each epoch, and a worker_init_fn that seeds NumPy, random
    or torch with nothing but the worker's number and whole numbers that are the same in three epochs; and the data
    set, or a transform that it holds, draws from that library.

Why it hurts
    torch gives the workers other seeds in each epoch; these are overwritten. Each epoch draws the same crops, flips and
    noise as the one before, so that there is hardly any augmentation.

Example
    def worker_init(worker): np.random.seed(SEED + worker)

Instead
    def worker_init(worker): np.random.seed(torch.initial_seed() % 2**32)    # or no worker_init_fn at all

When it is a false alarm
    Epochs that are to be alike.

Cost
    The names in the code of the function and of the data set, once an epoch.
"""

from __future__ import annotations

import dis
import weakref
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

from torch.utils.data import DataLoader

from goodfit.checks.engine.events import BackwardEnded, Batch, Epoch
from goodfit.checks.engine.user_frame import is_users
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

EPOCHS_AT_LEAST = 3
LIBRARIES = {"numpy": "np.random.seed", "random": "random.seed", "torch": "torch.manual_seed"}
SEEDING = frozenset({"seed", "manual_seed"})
READERS = ("__getitem__", "__getitems__", "__iter__", "__call__", "forward")
DRAWS = """rand randn randint random uniform normal choice choices shuffle permutation randperm sample gauss rand_like
    randn_like bernoulli beta integers randrange standard_normal"""
DEPTH = 4  # of functions that functions call, and of objects within a data set


class Seeds(NamedTuple):
    """What a function seeds its worker with.

    Attributes:
        libraries: whose generators they are.
        numbers: what it reads besides the worker's number, by name.
    """

    libraries: frozenset[str]
    numbers: tuple[tuple[str, int], ...]


class WorkerSeedsRepeat(LiveRule):
    code, level = "GF563", Level.WARNING
    sleepless = (Epoch,)

    def start(self) -> None:
        self.epochs: weakref.WeakKeyDictionary[Any, list[Seeds]] = weakref.WeakKeyDictionary()  # alike, by loader
        self.training: weakref.WeakSet[Any] = weakref.WeakSet()  # loaders
        self.last: weakref.ref[Any] | None = None  # that gave a batch

    def on_batch(self, event: Batch) -> None:
        self.last = weakref.ref(event.loader)

    def after_backward(self, event: BackwardEnded) -> None:
        if self.last is not None and (loader := self.last()) is not None:
            self.training.add(loader)

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        loader = event.loader
        if not isinstance(loader, DataLoader) or loader.num_workers < 1 or loader.persistent_workers:
            return
        seeds = _seeds(loader.worker_init_fn)
        before = self.epochs.setdefault(loader, [])
        if seeds is None or (before and before[-1] != seeds):
            before.clear()
        if seeds is None:
            return
        before.append(seeds)
        if len(before) == EPOCHS_AT_LEAST and loader in self.training and _draws(loader.dataset, seeds.libraries):
            name = getattr(loader.worker_init_fn, "__name__", "worker_init_fn")
            calls = " and ".join(LIBRARIES[each] for each in sorted(seeds.libraries))
            yield self.finding(
                f"{name} calls {calls} with the same numbers in each epoch: what the data set draws "
                "is drawn again in every one",
                "Seed with torch.initial_seed() % 2**32, which differs by worker and epoch, or leave worker_init_fn "
                "out: torch seeds its workers itself",
            )


def _seeds(function: Any) -> Seeds | None:
    """What a worker_init_fn seeds with; None where it does something else, or reads more than whole numbers."""
    numbers = dict(getattr(function, "keywords", None) or {})
    function = getattr(function, "func", function)  # of functools.partial
    libraries: set[str] = set()
    known = _read(function, numbers, libraries, DEPTH)
    is_whole = known and all(type(each) is int for each in numbers.values())
    if not is_whole or not libraries:
        return None
    return Seeds(frozenset(libraries), tuple(sorted(numbers.items())))


def _read(function: Any, numbers: dict[str, Any], libraries: set[str], depth: int) -> bool:
    """Note what a function of the program reads and which libraries it seeds; whether that is all that it does."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not is_users(code.co_filename) or not depth:
        return False
    cells = zip(code.co_freevars, function.__closure__ or (), strict=False)
    try:
        numbers.update((name, cell.cell_contents) for name, cell in cells)
    except ValueError:  # a name that is not set yet
        return False
    for name, path in _paths(code):
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType):
            library = value.__name__.partition(".")[0]
            if library not in LIBRARIES or not path or path[-1] not in SEEDING:
                return False
            libraries.add(library)
        elif isinstance(value, FunctionType):
            if not _read(value, numbers, libraries, depth - 1):
                return False
        elif name in function.__globals__ and not path:
            numbers[name] = value
        elif name != "int":
            return False
    return True


def _paths(code: CodeType) -> Iterator[tuple[str, list[str]]]:
    """Names from outside that code reads, each with the attributes that it takes of it: np, [random, seed]."""
    name, path = "", list[str]()
    for each in dis.get_instructions(code):
        if each.opname in ("LOAD_ATTR", "LOAD_METHOD") and name:
            path.append(each.argval)
            continue
        if name:
            yield name, path
        name, path = (each.argval, []) if each.opname in ("LOAD_GLOBAL", "LOAD_NAME") else ("", [])


def _draws(thing: Any, libraries: frozenset[str], depth: int = DEPTH) -> bool:
    """Whether the reading code of a data set, or of an object within it, draws random numbers of a library."""
    inner = getattr(thing, "__dict__", None)
    if not isinstance(inner, Mapping) or not depth:
        return False
    if any(_function_draws(getattr(type(thing), name, None), type(thing), libraries, DEPTH) for name in READERS):
        return True
    parts = [part for each in inner.values() for part in (each[:20] if isinstance(each, list | tuple) else [each])]
    functions = (each for each in parts if isinstance(each, FunctionType))
    return any(_function_draws(each, None, libraries, DEPTH) for each in functions) or any(
        _draws(each, libraries, depth - 1) for each in parts
    )


def _function_draws(function: Any, owner: type | None, libraries: frozenset[str], depth: int) -> bool:
    """Whether a function draws, or another one that it names: of its class, or of the program."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not depth or not is_users(code.co_filename):
        return False
    codes = [code, *(each for each in code.co_consts if isinstance(each, CodeType))]
    called = [getattr(owner, name, None) for each in codes for name in each.co_names]
    for name, path in (each for part in codes for each in _paths(part)):
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] in libraries:
            if path and path[-1] in DRAWS.split():
                return True
        elif not path:
            called.append(value)
    return any(
        _function_draws(each, owner, libraries, depth - 1)
        for each in called
        if isinstance(each, FunctionType) and each is not function
    )
