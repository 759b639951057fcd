"""What every source of data answers. A source is one file: images, arrays, later tables, ratings, masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from torch import Tensor

from goodfit.data.unreadable import Unreadable


class Batch(NamedTuple):
    """A mini-batch: the first dimension of x and y is the batch, `rows` says which rows of the source these are."""

    x: Tensor
    y: Tensor
    rows: Tensor


class Source(Protocol):
    """Rows of data, read a whole mini-batch at a time.

    After `prepare` a source reads nothing from outside; its `schema` is JSON and holds all that is needed to read new
    data in the same way.
    """

    kind: str  # "images", "arrays": the name under which the schema is found again
    arch: str | None  # the architecture for rows of this kind; None: by their shape
    task: str | None  # the task of rows of this kind; None: by their targets
    name: str  # names the run folder
    keys: Sequence[str]  # one a row, in input order: a path or a row number
    targets: Sequence[Any] | np.ndarray | Tensor | None  # raw; None for data to predict, or for a row without one
    groups: Sequence[str] | None  # rows of one group stay in one part
    times: np.ndarray | None  # (N,) when the split is by time
    block: int | None  # rows that lie together on disk and are to be read together; None: any row is as near as another
    parts: Sequence[str | None]  # train, valid, test where the data came in parts, else None
    unreadable: Sequence[Unreadable]
    notes: Sequence[tuple[str, str, str]]  # choices made: name, value, why

    def __len__(self) -> int: ...

    @property
    def repeats(self) -> bool:
        """Whether rows are equal by nature, so that equal ones in two parts mean nothing."""
        ...

    @property
    def in_shape(self) -> tuple[int, ...]:
        """Shape of x without the batch dimension."""
        ...

    @property
    def decoded(self) -> int:
        """How many rows were decoded from files by this object so far."""
        ...

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Get ready to read: with choices of its own, or as the schema of a run says."""
        ...

    def learn(self, rows: Tensor) -> None:
        """Learn what training rows alone may teach: called with them once, after the split and before any read."""
        ...

    def net_options(self) -> dict[str, Any]:
        """What an architecture has to be told of the data besides the shape, as JSON."""
        ...

    def fixed(self) -> Mapping[str, Any]:
        """Tensors by name that a net of this data holds besides its parameters; given to its `measure`."""
        ...

    def read(self, rows: Tensor) -> Tensor:
        """x of these rows (int64, on the CPU), as stored: first dimension len(rows)."""
        ...

    def whole(self) -> Tensor:
        """x of all rows, without a copy."""
        ...

    def schema(self) -> dict[str, Any]:
        """JSON: how new data is read in the same way."""
        ...

    def remarks(self) -> dict[str, list[str | None]]:
        """Further columns of predictions: what has to be said of single rows, after `prepare` with a schema."""
        ...

    def columns(self) -> Mapping[str, np.ndarray]:
        """(N,) values of each column of a table by name, after `learn`; none for rows without names."""
        ...

    def digests(self) -> Sequence[str] | None:
        """Content digest of every row: equal rows have equal digests."""
        ...

    def thumbnail(self, row: int) -> np.ndarray | None:
        """(H, W, C) uint8 of a row that can be shown as an image."""
        ...

    def release(self) -> None:
        """Let go of everything held."""
        ...


class DenseSource(Source, Protocol):
    """A source whose targets are images: a tensor (N, H, W) or (N, C, H, W) uint8 over the mapped cache."""

    def task_options(self) -> dict[str, Any]:
        """What the task has to be told besides the targets."""
        ...

    def paths(self) -> Sequence[Path]:
        """Where each image is, to be read at its own size."""
        ...
