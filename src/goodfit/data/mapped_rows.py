"""Rows in files that are mapped: written once, read in any order, and not held in memory."""

from __future__ import annotations

import mmap
import sys
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.data.cache_folder import scratch_file

NUMBER_BYTES = 4  # float32


class MappedFile:
    """A file of numbers, mapped to be written.

    Args:
        path: of a file of this size.
        shape: of the numbers; the file has as many.

    Attributes:
        values: the numbers, zeros in a new file.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: Any = np.uint8) -> None:
        self._map: mmap.mmap | None = None
        if not prod(shape):
            self.values = np.zeros(shape, dtype=dtype)
            return
        with path.open("rb+") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self.values = np.frombuffer(self._map, dtype=dtype).reshape(shape)

    def flush(self) -> None:
        """Have what was written on disk."""
        if self._map is not None:
            self._map.flush()

    def let_go(self) -> None:
        """Give back the memory of what was read and written so far; it stays in the file."""
        give_back(self._map)


class MappedRows(MappedFile):
    """Rows (N, D) of float32 in a scratch file that goes with this object.

    Args:
        folder: of the file, which has room for them (DiskError otherwise).
        shape: N and D.
    """

    def __init__(self, folder: Path, shape: tuple[int, int]) -> None:
        place = scratch_file(folder, "rows", NUMBER_BYTES * prod(shape))
        super().__init__(place, shape, np.float32)
        if sys.platform != "win32":  # the mapping keeps the content until the process ends, however it does
            place.unlink()


def give_back(mapped: mmap.mmap | None) -> None:
    """Take the pages of a mapped file out of this process; a shared mapping keeps what was written to it."""
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
