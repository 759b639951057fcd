"""Images as they lie in files, archives and cells, and how they become pixels: all once, or some of them again."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np

from goodfit.data.images.decode import ImageSettings, decode, probe
from goodfit.data.images.masks import MaskSettings, decode_mask
from goodfit.data.images.opening import UnreadableImage, read_image_file, without_pillows_warnings
from goodfit.data.images.stored import ImagePlace
from goodfit.data.packed import Digests
from goodfit.errors import DataError

IMAGES_A_TASK = 256  # of a thread: single ones of 28 px would cost more in hand-over than in work
SMALL_IMAGE = 64 * 64  # px: of smaller ones most work is Python's, which a second thread makes longer (168 us for 105)
IMAGES_PROBED = 32
BYTES_DECODED_AT_MOST = 64 * 2**20  # of pixels, until the memory of them is given back

Settings = ImageSettings | MaskSettings
Turns = Sequence[int | None] | None


def nothing() -> None:
    """Where there is no memory to be given back."""


@dataclass(frozen=True)
class EncodedImages:
    """Images of a list of paths, not decoded.

    Attributes:
        paths: one a row.
        settings: size, channels and way of resizing, of images or of masks.
        turns: the orientation of EXIF that each is turned by in place of its own; None: its own.
    """

    paths: Sequence[ImagePlace]
    settings: Settings
    turns: Turns = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """N, H, W, C of them decoded."""
        return (len(self.paths), self.settings.height, self.settings.width, self.settings.channels)

    @property
    def bytes_of_row(self) -> int:
        """Of an image decoded."""
        return self.shape[1] * self.shape[2] * self.shape[3]

    def decode(self, row: int, into: np.ndarray) -> tuple[str, str | None]:
        """Read an image once: the digest of its content, and why it cannot be decoded, or its pixels (H, W, C)."""
        try:
            data = read_image_file(self.paths[row])
        except (UnreadableImage, OSError) as error:
            return _unread(error), (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
        turn = self.turns[row] if self.turns is not None else None
        try:
            if isinstance(self.settings, MaskSettings):
                into[:] = decode_mask(data, self.settings, turn)
            else:
                into[:] = decode(data, self.settings, turn)
        except UnreadableImage as error:
            return _digest(data), str(error)
        return _digest(data), None

    def decode_again(self, rows: Sequence[int], digests: Sequence[str], pixels: np.ndarray, changed: str) -> None:
        """Decode images that were decoded before; those that cannot be read are zeros.

        Args:
            digests: of all images, as they were.
            pixels: (len(rows), H, W, C) uint8, where they go.
            changed: what is wrong where an image is not as it was.

        Raises:
            DataError: one has changed.
        """
        for row, into in zip(rows, pixels, strict=True):
            digest, why = self.decode(row, into)
            if digest != digests[row]:
                raise DataError(changed, where=str(self.paths[row]), fix="Start again: the images are then read anew")
            if why is not None:
                into[:] = 0

    def _are_small(self) -> bool:
        """Whether most images, of some that are spread evenly, have fewer pixels than `SMALL_IMAGE`."""
        small = []
        for place in self.paths[:: max(1, len(self.paths) // IMAGES_PROBED)]:
            try:
                facts = probe(place)
            except UnreadableImage:
                continue
            small.append(facts.width * facts.height < SMALL_IMAGE)
        return sum(small) > len(small) / 2

    def digest_all(self, workers: int | None) -> Digests:
        """Their digests alone."""
        digests = Digests.zeros(len(self.paths))

        def chunk(start: int) -> None:
            for row in range(start, min(start + IMAGES_A_TASK, len(self.paths))):
                try:
                    digests[row] = _digest(read_image_file(self.paths[row]))
                except (UnreadableImage, OSError) as error:
                    digests[row] = _unread(error)

        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:  # a future a row would take 2 kB
            list(pool.map(chunk, range(0, len(self.paths), IMAGES_A_TASK)))
        return digests

    def decode_all(
        self,
        into: Callable[[int], np.ndarray],
        let_go: Callable[[], None] = nothing,
        workers: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Digests, dict[int, str], int]:
        """Read each image once: digests, row -> why it cannot be read, and how many were decoded.

        Args:
            into: where the pixels of a row go, (H, W, C) uint8.
            let_go: gives back the memory of what was decoded.
            workers: threads that decode (Pillow lets go of the interpreter while it does); one a core when None, or one
                in all where the images are small.
            progress: called with (images done, all images).
        """
        count = len(self.paths)
        workers = workers or (1 if self._are_small() else os.cpu_count() or 1)
        digests = Digests.zeros(count)
        unreadable: dict[int, str] = {}
        stop = threading.Event()

        def chunk(start: int) -> int:
            done = 0
            for row in range(start, min(start + IMAGES_A_TASK, count)):
                if stop.is_set():
                    break
                done += 1
                digests[row], why = self.decode(row, into(row))
                if why is not None:
                    unreadable[row] = why
            return done

        finished = kept = 0
        with (
            without_pillows_warnings(),
            ThreadPoolExecutor(workers, thread_name_prefix="goodfit-decode") as pool,
        ):
            waiting = [pool.submit(chunk, start) for start in range(0, count, IMAGES_A_TASK)]
            try:
                for future in as_completed(waiting):
                    done = future.result()
                    finished, kept = finished + done, kept + done * self.bytes_of_row
                    if kept > BYTES_DECODED_AT_MOST:
                        let_go()
                        kept = 0
                    if progress is not None:
                        progress(finished, count)
            except BaseException:  # Ctrl-C as well: the threads stop at their next image
                stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        return digests, unreadable, finished - len(unreadable)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _unread(error: UnreadableImage | OSError) -> str:
    """In place of a digest."""
    return f"unread: {error.strerror if isinstance(error, OSError) else error}"
