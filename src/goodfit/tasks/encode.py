"""The targets of a source as the tensor that a task's loss takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.data.columns import present_of, taken_of
from goodfit.data.source import Source
from goodfit.tasks.task import Targets, Task


class _Picked(Sequence[str]):
    """Keys of some rows, taken as they are asked for: they stand in messages alone."""

    def __init__(self, keys: Sequence[str], rows: np.ndarray) -> None:
        self._keys, self._rows = keys, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        rows = self._rows[at]
        return [self._keys[row] for row in rows] if isinstance(at, slice) else self._keys[int(rows)]


def with_targets(source: Source) -> np.ndarray:
    """(N,) bool: rows that can be read and have a target."""
    assert source.targets is not None
    usable = np.ones(len(source), dtype=bool)
    usable[[item.row for item in source.unreadable]] = False
    if not isinstance(source.targets, Tensor):
        usable &= present_of(source.targets)
    return usable


def encoded(task: Task, source: Source, usable: np.ndarray, targets: Targets | None = None) -> Tensor:
    """(N, ...) targets as the loss takes them; zeros where there is none. Images stay in the mapped cache.

    Args:
        targets: the source's, where they are to be read otherwise.
    """
    targets = source.targets if targets is None else targets
    assert targets is not None
    if isinstance(targets, Tensor):
        return task.encode(targets, source.keys)
    rows = np.flatnonzero(usable)
    whole = task.encode(taken_of(targets, rows), _Picked(source.keys, rows))
    y = torch.zeros((len(source), *whole.shape[1:]), dtype=whole.dtype)
    y[torch.from_numpy(usable)] = whole
    return y
