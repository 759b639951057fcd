"""Rows of pixels in a file, mapped and compared with checksums: what is damaged on disk never reaches a net.

The file is the raw rows; beside it lies an index with a checksum for each block of rows. Sizes are compared before
the file is mapped: reading a mapped page that is not there would kill the process. A block is compared when the first
of its rows is read in a process (bench/cache_checks.py has the cost); from then on a batch costs nothing more.
"""

from __future__ import annotations

import mmap
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np

from goodfit.data.cache_folder import refuse_folders
from goodfit.data.mapped_rows import give_back
from goodfit.errors import DiskError
from goodfit.store.checked import NotAsWritten, read_checked, write_checked

BLOCK_BYTES = 256 * 1024  # of pixels under one checksum: at least one row
BLOCKS_A_TASK = 64  # of a thread, when checksums are made or all are compared
REDECODED_BYTES_AT_MOST = 1_000_000_000  # they stay in memory; with more, the next run decodes all images again

Redecode = Callable[[range, np.ndarray], None]


class PixelIndex(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a file of pixels.

    Attributes:
        shape: N, H, W, C.
        rows_a_block: under one checksum.
        checksums: CRC-32 of each block.
        unreadable: row -> why its image cannot be read; its pixels are zeros.
    """

    shape: tuple[int, int, int, int]
    rows_a_block: int
    checksums: list[int]
    unreadable: dict[int, str]


def index_path(pixels: Path) -> Path:
    """Where the index of a file of pixels is."""
    return pixels.with_suffix(".index")


def write_index(
    pixels: Path, rows: np.ndarray, unreadable: dict[int, str], let_go: Callable[[], None] = lambda: None
) -> None:
    """Write the index of rows (N, H, W, C) uint8 that will be the file `pixels`.

    Args:
        let_go: gives back the memory of rows that were read, where they are mapped.

    Raises:
        DiskError: no room or no permission.
    """
    rows_a_block = max(1, BLOCK_BYTES // max(1, rows[0].nbytes))
    count = -(-len(rows) // rows_a_block)
    checksums = [0] * count

    def fill(start: int) -> None:
        for block in range(start, min(start + BLOCKS_A_TASK, count)):
            checksums[block] = _checksum(rows[block * rows_a_block : (block + 1) * rows_a_block])
        let_go()

    with ThreadPoolExecutor() as pool:  # zlib lets go of the interpreter
        list(pool.map(fill, range(0, count, BLOCKS_A_TASK)))
    n, height, width, channels = rows.shape
    write_checked(
        index_path(pixels),
        PixelIndex(
            shape=(n, height, width, channels), rows_a_block=rows_a_block, checksums=checksums, unreadable=unreadable
        ),
    )


class PixelFile:
    """A file of pixels as it was written.

    Args:
        path: of the pixels.
        shape: N, H, W, C that are asked for.
        redecode: makes the pixels of damaged rows anew, into (n, H, W, C) of these rows.

    Raises:
        NotAsWritten: one of the files is missing, or has another size or content.
        DiskError: a folder has the name of one of them.
    """

    def __init__(self, path: Path, shape: tuple[int, int, int, int], redecode: Redecode) -> None:
        refuse_folders(path, index_path(path))
        index = read_checked(index_path(path), PixelIndex)
        bytes_a_row = shape[1] * shape[2] * shape[3]
        if index is None or index.shape != shape or path.stat().st_size != shape[0] * bytes_a_row:
            raise NotAsWritten
        if index.rows_a_block < 1 or len(index.checksums) != -(-shape[0] // index.rows_a_block):
            raise NotAsWritten
        self.path, self.unreadable = path, index.unreadable
        self._rows_a_block, self._redecode, self._redecoded = index.rows_a_block, redecode, 0
        self._checksums = index.checksums
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) if path.stat().st_size else None
        self._pixels = np.frombuffer(self._map or b"", dtype=np.uint8).reshape(shape)
        self._compared = np.zeros(len(index.checksums), dtype=bool)
        self._all_compared = not len(index.checksums)

    def rows(self, wanted: np.ndarray) -> np.ndarray:
        """The mapped rows (N, H, W, C) uint8, of which the `wanted` ones are compared with their checksums."""
        if not self._all_compared:
            blocks = np.unique(wanted // self._rows_a_block)
            for block in blocks[~self._compared[blocks]]:
                self._compare(int(block))
            self._all_compared = bool(self._compared.all())
        return self._pixels

    def whole(self) -> np.ndarray:
        """All rows, (N, H, W, C) uint8."""
        if not self._all_compared:
            with ThreadPoolExecutor() as pool:
                list(pool.map(self._compare, np.flatnonzero(~self._compared).tolist(), chunksize=BLOCKS_A_TASK))
            self._all_compared = True
        return self._pixels

    def let_go(self) -> None:
        """Give back the memory of rows that were read, but where some were decoded anew: these are nowhere else."""
        if not self._redecoded:
            give_back(self._map)

    def _compare(self, block: int) -> None:
        start = block * self._rows_a_block
        rows = range(start, min(start + self._rows_a_block, len(self._pixels)))
        pixels = self._pixels[rows.start : rows.stop]
        if _checksum(pixels) != self._checksums[block]:
            self._say_damaged(pixels.nbytes)
            self._redecode(rows, pixels)
        self._compared[block] = True

    def _say_damaged(self, size: int) -> None:
        """Once; the file goes, so that the next run decodes all images again."""
        if not self._redecoded:
            print(f"goodfit: {self.path} is damaged; these images are read again", file=sys.stderr)
            with suppress(OSError):
                self.path.unlink()
        self._redecoded += size
        if self._redecoded > REDECODED_BYTES_AT_MOST:
            raise DiskError(
                "this file of the cache is damaged in many places, and is removed", where=self.path, fix="Start again"
            )


def _checksum(rows: np.ndarray) -> int:
    return zlib.crc32(rows.reshape(-1).data)
