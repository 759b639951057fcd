"""Opening image files: regular files of known formats and bounded size, or a reason why not."""

from __future__ import annotations

import io
import os
import stat
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from goodfit.data.images.formats import foreign_signature, formats
from goodfit.data.images.stored import ImagePlace, StoredImage
from goodfit.store.special_files import special_kind

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 200_000_000  # decoded: a header that claims more is a bomb or a mistake
MAX_BYTES = 2_000_000_000  # of a file
PIXELS_DECODED_ALONE = 8_000_000  # from this size on, images wait for each other
PIXELS_DECODED_TOGETHER = 64_000_000  # of the images that are being decoded at one time, in all threads
# What Pillow's readers raise on damaged files; anything else is a defect and shall be seen.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError, KeyError, OverflowError)


class UnreadableImage(Exception):
    """An image that cannot be decoded; the text says why, in a few words."""


@contextmanager
def without_pillows_warnings() -> Iterator[None]:
    """What Pillow finds odd in a file it can read is not the user's business; what it cannot read, we say ourselves.

    Python's list of filters belongs to the process: the thread that starts the readers enters this, never a reader.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def ignore_pillows_warnings() -> None:
    """The same for as long as this process lives: for readers that work beside everything else."""
    warnings.filterwarnings("ignore", module=r"PIL\.")  # which is there once, however often this is called


def open_regular(path: Path) -> tuple[int, int]:
    """The file, open for reading (a descriptor that the caller closes), and its size in bytes.

    Pipes, devices, sockets and folders are never opened, and nothing waits for one.

    Raises:
        UnreadableImage: it is one of those, or larger than any image.
        OSError: it is not there, or may not be read.
    """
    _refuse_special(os.stat(path))  # noqa: PTH116  # 60,000 of them: a third of the time of Path.stat
    # O_NONBLOCK: should it have become a pipe since, opening returns at once, and the second look refuses it.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        facts = os.fstat(handle)
        _refuse_special(facts)
    except BaseException:
        os.close(handle)
        raise
    return handle, facts.st_size


def read_image_file(path: ImagePlace) -> bytes:
    """All bytes of a regular file, or of an image inside a file; else as `open_regular`."""
    if isinstance(path, StoredImage):
        return path.read()
    handle, size = open_regular(path)
    try:
        data = os.read(handle, size)
        while len(data) < size and (more := os.read(handle, size - len(data))):
            data += more
    finally:
        os.close(handle)
    return data


def _refuse_special(facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise UnreadableImage(f"{special_kind(facts.st_mode) or 'a folder'}, not a file")
    if facts.st_size > MAX_BYTES:
        raise UnreadableImage(f"{facts.st_size / 1e9:.1f} GB, over the limit of {MAX_BYTES // 10**9} GB")


def open_encoded(data: bytes) -> Image.Image:
    """The image, not decoded yet; refused where it is empty, none, of a format that is not read, or too large."""
    if not data:
        raise UnreadableImage("empty file (0 bytes)")
    return _opened(io.BytesIO(data), data[:64])


@contextmanager
def open_header(path: ImagePlace) -> Iterator[Image.Image]:
    """The image of a file, of which no more than the header is read; else as `open_encoded` and `open_regular`."""
    if isinstance(path, StoredImage):
        yield open_encoded(path.read())
        return
    with os.fdopen(open_regular(path)[0], "rb") as file:
        start = file.read(64)
        if not start:
            raise UnreadableImage("empty file (0 bytes)")
        file.seek(0)
        yield _opened(file, start)


def _opened(file: IO[bytes], start: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(file, formats=formats())
    except UnidentifiedImageError as error:
        foreign = foreign_signature(start)
        raise UnreadableImage(f"not an image but {foreign}" if foreign else "not an image") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImage(f"over the limit of {MAX_PIXELS // 1_000_000} megapixels") from error
    pixels = image.size[0] * image.size[1]
    if pixels > MAX_PIXELS:
        raise UnreadableImage(f"{pixels // 1_000_000:,} megapixels, over the limit of {MAX_PIXELS // 1_000_000}")
    return image


def damage(error: BaseException, size: int | None = None) -> UnreadableImage:
    """What is wrong with an image, in a few words."""
    return UnreadableImage(_reason(error, size))


def _reason(error: BaseException, size: int | None = None) -> str:
    text = str(error).lower()
    if (
        "truncated" in text
        or isinstance(error, EOFError)
        or "unrecognized data stream" in text
        or "broken data" in text
    ):
        return f"truncated after {size:,} bytes" if size is not None else "truncated"
    if isinstance(error, OSError) and error.strerror:
        return "no such file" if isinstance(error, FileNotFoundError) else error.strerror.lower()
    return f"damaged ({str(error) or type(error).__name__})"


class _PixelsInWork:
    """How many pixels of large images are being decoded; a thread waits until there is room for its own."""

    def __init__(self) -> None:
        self._pixels = 0
        self._changed = threading.Condition()

    @contextmanager
    def room_for(self, image: Image.Image) -> Iterator[None]:
        """Wait for room; an image that is larger than all the room goes alone."""
        pixels = image.size[0] * image.size[1]
        if pixels < PIXELS_DECODED_ALONE:
            yield
            return
        with self._changed:
            self._changed.wait_for(lambda: not self._pixels or self._pixels + pixels <= PIXELS_DECODED_TOGETHER)
            self._pixels += pixels
        try:
            yield
        finally:
            with self._changed:
                self._pixels -= pixels
                self._changed.notify_all()


IN_WORK = _PixelsInWork()
