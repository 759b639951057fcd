"""Images that are decoded each time they are read: where decoded ones have no room on the disk, or as asked for.

What is kept of an image is where it lies, and its digest. A pass over batches decodes ahead: some batches are a window,
whose images are read in the order in which they are stored, while the window before it is used. So two windows of
pixels are in memory, whatever the images are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from goodfit.data.images.encoded import EncodedImages
from goodfit.data.images.opening import ignore_pillows_warnings
from goodfit.data.packed import Digests
from goodfit.data.source import BLOCKS_SHUFFLED_TOGETHER

if TYPE_CHECKING:
    from torch import Tensor

WINDOW_BYTES = 128 * 2**20  # of decoded pixels
BLOCK_AT_MOST = 128  # images that are read together; 64 such blocks are shuffled together
IMAGES_A_TASK = 32  # of a thread
CHANGED = "this image has changed since the first epoch"


class _Window(NamedTuple):
    """Batches that are being decoded together, one after the other, and their pixels."""

    sizes: list[int]  # of the batches
    pixels: np.ndarray  # (n, H, W, C) uint8
    tasks: list[Future[None]]  # which fill them


class ImageStream:
    """Images of a list of paths, decoded when they are read; in use as `ImageCache` is.

    Attributes:
        digests: content digest of each row.
        unreadable: row -> why it cannot be read; its pixels are zeros.
        decoded: images decoded to make this object.
        why: the images are not kept decoded.
    """

    def __init__(
        self, images: EncodedImages, digests: Digests, unreadable: dict[int, str], decoded: int, why: str
    ) -> None:
        ignore_pillows_warnings()
        self.digests, self.unreadable, self.decoded, self.why = digests, unreadable, decoded, why
        self._images, self._workers = images, os.cpu_count() or 1

    @property
    def block(self) -> int:
        """How many rows are read together."""
        rows = WINDOW_BYTES // (BLOCKS_SHUFFLED_TOGETHER * self._images.bytes_of_row)
        return max(1, min(BLOCK_AT_MOST, rows))

    @property
    def pixels(self) -> np.ndarray:
        """(N, H, W, C) uint8, all of them in memory: for few images."""
        import torch

        return self.read(torch.arange(len(self.digests))).numpy()

    def let_go(self) -> None:
        """There is no memory to be given back."""

    def read(self, rows: Tensor) -> Tensor:
        """(n, H, W, C) uint8 of these rows."""
        (pixels,) = self.read_each([rows])
        return pixels

    def read_each(self, batches: Sequence[Tensor]) -> Iterator[Tensor]:
        """The same of these batches, in turn."""
        import torch

        with ThreadPoolExecutor(self._workers, thread_name_prefix="goodfit-decode") as pool:
            begun = (self._begin(window, pool) for window in self._windows(batches))
            try:
                coming = next(begun, None)
                while coming is not None:
                    window, coming = coming, next(begun, None)  # which is decoded while this one is used
                    for task in window.tasks:
                        task.result()
                    yield from torch.from_numpy(window.pixels).split(window.sizes)
            finally:
                pool.shutdown(cancel_futures=True)

    def _windows(self, batches: Sequence[Tensor]) -> Iterator[list[Tensor]]:
        """Batches that are decoded together: few at first, so that the first one comes soon."""
        most, count = IMAGES_A_TASK * self._workers, 0
        window: list[Tensor] = []
        for rows in batches:
            if window and count + len(rows) > most:
                yield window
                most, count, window = min(2 * most, BLOCKS_SHUFFLED_TOGETHER * self.block), 0, []
            window.append(rows)
            count += len(rows)
        if window:
            yield window

    def _begin(self, batches: list[Tensor], pool: ThreadPoolExecutor) -> _Window:
        """Have these decoded in the order in which they are stored."""
        rows = np.concatenate([batch.numpy() for batch in batches])
        pixels = np.empty((len(rows), *self._images.shape[1:]), dtype=np.uint8)
        stored = np.argsort(rows, kind="stable")
        pieces = [stored[start : start + IMAGES_A_TASK] for start in range(0, len(rows), IMAGES_A_TASK)]

        def decode(piece: np.ndarray) -> None:
            for at in piece.tolist():
                self._images.decode_again([int(rows[at])], self.digests, pixels[at : at + 1], CHANGED)

        return _Window([len(batch) for batch in batches], pixels, [pool.submit(decode, piece) for piece in pieces])
