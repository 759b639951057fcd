"""dataset-mutated: reading a row changes the stored data.

What it checks
    A copy of a data set that keeps tensors, arrays or lists is read at a few rows: afterwards what it keeps has
    changed, and these rows are others than those of a fresh copy, with the same random numbers. Or it is a cache that
    is filled as rows are read, and rows that are in it are others when they are read once more.

Why it hurts
    Each epoch reads other values: divided by 255 again, shifted again, until nothing is left.

Example
    def __getitem__(self, i): x = self.x[i]; x -= self.mean; return x

Instead
    def __getitem__(self, i): return self.x[i] - self.mean

When it is a false alarm
    A data set whose rows differ from one reading to the next on purpose, by what it keeps count of.

Cost
    A copy of up to 64 MiB, and three rows read from it, once a data set; none of torchvision's MNIST and CIFAR, which
    make an image of a row and hand out nothing of what they keep.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset, IterableDataset, Subset, TensorDataset

from goodfit.checks.engine.events import Epoch
from goodfit.checks.engine.identity_map import IdentityMap
from goodfit.checks.engine.own_generators import GENERATORS, generators_kept, seed_within
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule, NotChecked

BYTES_AT_MOST = 64 * 2**20  # of what is copied
BYTES_OF_OBJECT = 50  # of a number in a list, roughly
READS_COPIES = ("torchvision.datasets.mnist", "torchvision.datasets.cifar")  # whose __getitem__ makes an image of a row
WORD = 8  # bytes


class DatasetMutated(LiveRule):
    code, level = "GF505", Level.ERROR

    def start(self) -> None:
        self.examined: IdentityMap[bool] = IdentityMap()

    def on_epoch(self, event: Epoch) -> Iterator[Finding]:
        data = event.loader.dataset
        while isinstance(data, Subset):
            data = data.dataset
        if isinstance(data, (TensorDataset, IterableDataset)) or not hasattr(data, "__dict__") or data in self.examined:
            return
        reads = getattr(type(data), "__getitem__", None)
        if getattr(reads, "__module__", None) in READS_COPIES:  # those of list have none
            return
        self.examined[data] = True
        name = _changed(data)
        if name is not None:
            yield self.finding(
                f"reading a row of {type(data).__name__} changes '{name}', which holds the rows: the next epoch reads "
                f"other values",
                "Work on a copy: x = self.x[i].clone() (or x = x - mean in place of x -= mean)",
            )


def _changed(data: Any) -> str | None:
    """The attribute that reading changes, found on a copy.

    Raises:
        NotChecked: a data set that cannot be copied, or a copy that cannot be read.
    """
    sizes = {name: _size(value) for name, value in vars(data).items()}
    kept = {name: value for name, value in vars(data).items() if BYTES_OF_OBJECT < sizes[name] < math.inf}
    own = _own(data)
    if not kept or sum(sizes[name] for name in kept) > BYTES_AT_MOST or not len(data):
        return None
    chosen = sorted({0, len(data) // 2, len(data) - 1})
    try:
        used = _copied(data, own)
    except Exception as error:  # its own __copy__ or a property without a setter may raise anything
        raise NotChecked(data, "data set", "that could not be copied") from error
    with random_state_kept(), generators_kept(data):
        try:
            for row in chosen:
                used[row]
            changed: list[str] = [name for name, value in kept.items() if not _equal(value, getattr(used, name))]
            if not changed:
                return _changed_in_cache(used, own, chosen)
            # A cache that fills, or a count of how often rows were read, changes nothing of what a row gives.
            fresh = _copied(data, own)
            if all(_equal(_read(fresh, row), _read(used, row)) for row in chosen):
                return None
        except Exception as error:  # a file that is open in the original, say, or rows whose keys are no numbers
            raise NotChecked(data, "data set", "whose copy could not be read") from error
    return changed[0]


def _changed_in_cache(used: Any, own: Mapping[str, Any], chosen: Sequence[int]) -> str | None:
    """What was empty, was filled as rows were read, and changes as they are read again, so that a row does too."""
    caches = [
        name
        for name, value in own.items()
        if isinstance(value, dict | list) and not value and 0 < len(getattr(used, name)) <= len(chosen)
    ]
    for name in caches:
        filled = copy.deepcopy(getattr(used, name))
        first, second = ([_read(used, row) for row in chosen] for _ in range(2))
        now = getattr(used, name)
        if len(now) == len(filled) and not _equal(filled, now) and not _equal(first, second):
            return name
    return None


def _own(data: Any) -> dict[str, Any]:
    """What reading may change: what is kept, also what is empty yet, generators, and data sets within."""
    sizes = {name: _size(value) for name, value in vars(data).items()}
    is_large = sum(size for size in sizes.values() if size < math.inf) > BYTES_AT_MOST
    at_most = BYTES_OF_OBJECT if is_large else math.inf
    return {
        name: value
        for name, value in vars(data).items()
        if (sizes[name] < math.inf and sizes[name] <= at_most) or isinstance(value, GENERATORS) or _is_data(value)
    }


def _is_data(value: Any) -> bool:
    return isinstance(value, Dataset) and hasattr(value, "__dict__")


def _copied(data: Any, own: Mapping[str, Any]) -> Any:
    double = copy.copy(data)
    for name, value in own.items():
        setattr(double, name, _copied(value, _own(value)) if _is_data(value) else copy.deepcopy(value))
    return double


def _read(data: Any, row: int) -> Any:
    """A row, with the same random numbers each time, and others than the program's."""
    random.seed(row)
    np.random.seed(row)  # noqa: NPY002  # the one that programs share
    torch.manual_seed(row)
    seed_within(data, row)
    return copy.deepcopy(data[row])


def _size(value: Any, depth: int = 4) -> float:
    """Bytes, roughly, of tensors, arrays and lists of plain values; endless of anything else."""
    if isinstance(value, torch.Tensor):
        return float(value.nbytes) if value.layout is torch.strided and not value.requires_grad else math.inf
    if isinstance(value, np.ndarray):
        return float(value.nbytes) if value.dtype.kind != "O" else math.inf
    if isinstance(value, (list, tuple, dict)) and depth:
        parts = value.values() if isinstance(value, dict) else value
        return BYTES_OF_OBJECT + sum(_size(part, depth - 1) for part in parts)
    return BYTES_OF_OBJECT if value is None or isinstance(value, (bool, int, float, str)) else math.inf


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, (list, tuple)):
        same = isinstance(other, (list, tuple)) and len(one) == len(other)
        return same and all(_equal(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return isinstance(other, dict) and all(_equal(value, other.get(name)) for name, value in one.items())
    if isinstance(one, torch.Tensor):
        if one.shape != other.shape:
            return False
        return _same_bits(one, other) or torch.equal(torch.nan_to_num(one), torch.nan_to_num(other))
    if isinstance(one, np.ndarray):
        same = np.array_equal(one, other) or (one.dtype.kind == "f" and np.array_equal(one, other, equal_nan=True))
        return bool(same)
    return bool(one == other)


def _same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether both hold the same bits, a word at a time: byte by byte it takes six times as long."""
    if one.dtype != other.dtype or not one.is_contiguous() or not other.is_contiguous() or one.nbytes % WORD:
        return False
    if not one.numel() or one.data_ptr() % WORD or other.data_ptr() % WORD:
        return False
    first, second = (each.detach().view(-1).view(torch.uint8).view(torch.int64) for each in (one, other))
    return torch.equal(first, second)
