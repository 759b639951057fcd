"""The memory-mapped cache of decoded, resized images: an epoch after the first decodes nothing.

A set of images is one file of raw uint8 rows, named after the content of the images and the settings, with an index
of checksums (`pixel_file`). A listing remembers which content each path had (by size, time and inode), so that an
unchanged folder costs a stat a file. Files get their final name when they are whole, and a lock makes a second process
wait for the first. What is damaged is said, and decoded again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from goodfit.data.cache_folder import cache_error, cache_folder, list_files, refuse_folders, scratch_file
from goodfit.data.images.decode import ImageSettings, decode
from goodfit.data.images.masks import MaskSettings, decode_mask
from goodfit.data.images.opening import UnreadableImage, read_image_file, without_pillows_warnings
from goodfit.data.images.pixel_file import PixelFile, index_path, write_index
from goodfit.data.images.stored import ImagePlace, StoredImage
from goodfit.data.mapped_rows import MappedFile
from goodfit.data.packed import DIGEST_BYTES, Digests
from goodfit.errors import DataError
from goodfit.store.checked import NotAsWritten, read_checked, write_checked

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 2  # of the files and of what `decode` makes of an image: a change of either starts anew
BYTES_MAPPED_AT_MOST = 64 * 2**20  # of pixels that were decoded; what is on disk needs no memory
IMAGES_A_TASK = 256  # of a thread: single ones of 28 px would cost more in hand-over than in work

Settings = ImageSettings | MaskSettings
Turns = Sequence[int | None] | None


@dataclass
class ImageCache:
    """Decoded images of a list of paths.

    Attributes:
        digests: content digest of each row.
        unreadable: row -> why it cannot be read; its pixels are zeros.
        decoded: images decoded to make this object: 0 when the cache had them.
        path: of the mapped file.
    """

    digests: Sequence[str]
    unreadable: dict[int, str]
    decoded: int
    path: Path
    _file: PixelFile

    @property
    def pixels(self) -> np.ndarray:
        """(N, H, W, C) uint8, mapped from disk, copy on write, all of it compared with its checksums."""
        return self._file.whole()

    def let_go(self) -> None:
        """Give back the memory of images that were read; they can be read again."""
        self._file.let_go()

    def read(self, rows: Tensor) -> Tensor:
        """(n, H, W, C) uint8 of these rows, compared with their checksums."""
        import torch

        return torch.from_numpy(self._file.rows(rows.numpy())).index_select(0, rows)


class _Listing(msgspec.Struct, frozen=True):
    """What the paths held when they were last read.

    Attributes:
        digests: 16 bytes each; a list of texts where goodfit 0.1 wrote them.
        stamps: three numbers of 8 bytes each; lists where goodfit 0.1 wrote them.
        others: texts in place of digests, by row.
    """

    digests: bytes | list[str]
    stamps: bytes | list[list[int]]
    others: dict[int, str] = {}

    @classmethod
    def of(cls, digests: Digests, stamps: np.ndarray) -> _Listing:
        return cls(digests.codes.tobytes(), stamps.tobytes(), digests.others)

    def unpacked(self) -> tuple[Digests, np.ndarray]:
        """Digests, and (N, 3) int64 of stamps.

        Raises:
            ValueError: not as many as they have to be.
        """
        if isinstance(self.digests, list):
            return Digests.of(self.digests), np.array(self.stamps, dtype=np.int64).reshape(-1, 3)
        codes = np.frombuffer(self.digests, dtype=np.uint8).reshape(-1, DIGEST_BYTES)
        stamps = np.frombuffer(self.stamps if isinstance(self.stamps, bytes) else b"", dtype=np.int64).reshape(-1, 3)
        return Digests(codes, self.others), stamps


def load_images(
    paths: Sequence[ImagePlace],
    settings: Settings,
    *,
    turns: Turns = None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ImageCache:
    """Decoded images of these paths, from the cache where it has them whole.

    Args:
        paths: one a row.
        settings: size, channels and way of resizing, of images or of masks.
        turns: the orientation of EXIF that each is turned by in place of its own; None: its own.
        folder: of the cache; see `cache_folder`.
        workers: threads that decode (Pillow lets go of the interpreter while it does); one a core when None.
        progress: called with (images done, all images) while decoding.

    Raises:
        DiskError: no room for it, or no permission.
    """
    place = cache_folder(folder)
    places = (
        path.place if isinstance(path, StoredImage) else os.path.abspath(path)  # noqa: PTH100
        for path in paths
    )
    name = _hashed_lines(hashlib.sha256(), places)[:24]
    shape = (len(paths), settings.height, settings.width, settings.channels)
    with _locked(place, name):
        stamps = np.fromiter((number for path in paths for number in _stamp(path)), np.int64, 3 * len(paths))
        stamps = stamps.reshape(-1, 3)
        digests = _read_listing(place / f"{name}.json", stamps)
        if digests is None and any(place.glob(f"{_settings_key(settings)}-*.pixels")):
            digests = _digest_all(paths, workers)  # a copy of the folder may be cached
        decoded, file = 0, None
        if digests is not None:
            file = _kept(place / f"{_key(digests, settings, turns)}.pixels", shape, paths, digests, settings, turns)
        if digests is None or file is None:
            digests, target, decoded = _decode_into(place, name, paths, settings, turns, shape, workers, progress)
            file = PixelFile(target, shape, _redecoder(paths, digests, settings, turns))
        write_checked(place / f"{name}.json", _Listing.of(digests, stamps))
    return ImageCache(digests, file.unreadable, decoded, file.path, file)


@contextmanager
def _locked(place: Path, name: str) -> Iterator[None]:
    """Only one process at a time works on this list of paths; what a killed one left of it goes."""
    from filelock import FileLock

    refuse_folders(place / f"{name}.lock", place / f"{name}.json")
    try:
        list_files(place, f"{name}.lock", f"{name}.json")
        with FileLock(place / f"{name}.lock"):
            for left in place.glob(f".{name}.*.tmp"):
                left.unlink(missing_ok=True)
            yield
    except OSError as error:
        raise cache_error(error, place) from error


def _kept(
    path: Path,
    shape: tuple[int, int, int, int],
    paths: Sequence[ImagePlace],
    digests: Digests,
    settings: Settings,
    turns: Turns,
) -> PixelFile | None:
    """The file of these pixels; None where there is none that is whole."""
    if not path.exists():
        return None
    try:
        return PixelFile(path, shape, _redecoder(paths, digests, settings, turns))
    except (NotAsWritten, PermissionError):
        print(f"goodfit: {path} is damaged; the images are read again", file=sys.stderr)
        return None


def _decode_into(
    place: Path,
    name: str,
    paths: Sequence[ImagePlace],
    settings: Settings,
    turns: Turns,
    shape: tuple[int, int, int, int],
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[Digests, Path, int]:
    """Decode all images into a file of the cache: their digests, the file, and how many were decoded."""
    temporary = scratch_file(place, name, int(np.prod(shape)))
    try:
        written = MappedFile(temporary, shape)
        pixels = written.values
        digests, unreadable, decoded = _decode_all(paths, settings, turns, written, workers, progress)
        target = place / f"{_key(digests, settings, turns)}.pixels"
        list_files(place, target.name, index_path(target).name)
        write_index(target, pixels, unreadable, written.let_go)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return digests, target, decoded


def _redecoder(
    paths: Sequence[ImagePlace], digests: Sequence[str], settings: Settings, turns: Turns
) -> Callable[[range, np.ndarray], None]:
    """Decodes rows anew from the files that they came from."""

    def redecode(rows: range, pixels: np.ndarray) -> None:
        with without_pillows_warnings():
            for row in rows:
                digest, why = _decode_row(
                    paths[row], settings, turns[row] if turns is not None else None, pixels[row - rows.start]
                )
                if digest != digests[row]:
                    raise DataError(
                        "the cache of this image is damaged, and the image has changed since it was read",
                        where=str(paths[row]),
                        fix="Start again: the images are then read anew",
                    )
                if why is not None:
                    pixels[row - rows.start] = 0

    return redecode


def _decode_row(path: ImagePlace, settings: Settings, turn: int | None, into: np.ndarray) -> tuple[str, str | None]:
    """Read a file once: the digest of its content, and why it cannot be decoded, or its pixels (H, W, C)."""
    try:
        data = read_image_file(path)
    except (UnreadableImage, OSError) as error:
        return _unread(error), (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
    try:
        if isinstance(settings, MaskSettings):
            into[:] = decode_mask(data, settings, turn)
        else:
            into[:] = decode(data, settings, turn)
    except UnreadableImage as error:
        return _digest(data), str(error)
    return _digest(data), None


def _stamp(path: ImagePlace) -> list[int]:
    if isinstance(path, StoredImage):
        return path.stamp
    try:
        facts = os.stat(path)  # noqa: PTH116  # 60,000 of them: a third of the time of Path.stat
    except OSError:
        return [0, 0, 0]
    return [facts.st_size, facts.st_mtime_ns, facts.st_ino]


def _key(digests: Sequence[str], settings: Settings, turns: Turns) -> str:
    changed = [turns] if turns is not None and any(turn is not None for turn in turns) else []
    facts = json.dumps([VERSION, settings.to_json(), *changed])
    return f"{_settings_key(settings)}-{_hashed_lines(hashlib.sha256(), chain([facts], digests))[:24]}"


def _hashed_lines(hashed: Any, lines: Iterable[str]) -> str:
    """The digest of lines with a line end between them, without one text of them all."""
    for number, line in enumerate(lines):
        hashed.update(("\n" if number else "").encode() + line.encode(errors="surrogateescape"))
    digest: str = hashed.hexdigest()
    return digest


def _settings_key(settings: Settings) -> str:
    return f"{settings.width}x{settings.height}x{settings.channels}-{settings.resize}"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _unread(error: UnreadableImage | OSError) -> str:
    """In place of a digest."""
    return f"unread: {error.strerror if isinstance(error, OSError) else error}"


def _digest_all(paths: Sequence[ImagePlace], workers: int | None) -> Digests:
    digests = Digests.zeros(len(paths))

    def chunk(start: int) -> None:
        for row in range(start, min(start + IMAGES_A_TASK, len(paths))):
            try:
                digests[row] = _digest(read_image_file(paths[row]))
            except (UnreadableImage, OSError) as error:
                digests[row] = _unread(error)

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:  # a future a row would take 2 kB
        list(pool.map(chunk, range(0, len(paths), IMAGES_A_TASK)))
    return digests


def _decode_all(
    paths: Sequence[ImagePlace],
    settings: Settings,
    turns: Turns,
    written: MappedFile,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[Digests, dict[int, str], int]:
    """Read each file once: its digest and its pixels in one pass."""
    digests = Digests.zeros(len(paths))
    unreadable: dict[int, str] = {}
    pixels, unsent = written.values, 0  # bytes written to the map since its memory was given back
    stop = threading.Event()

    def chunk(start: int) -> int:
        done = 0
        for row in range(start, min(start + IMAGES_A_TASK, len(paths))):
            if stop.is_set():
                break
            done += 1
            turn = turns[row] if turns is not None else None
            digests[row], why = _decode_row(paths[row], settings, turn, pixels[row])
            if why is not None:
                unreadable[row] = why
        return done

    finished = 0
    with (
        without_pillows_warnings(),
        ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="goodfit-decode") as pool,
    ):
        waiting = [pool.submit(chunk, start) for start in range(0, len(paths), IMAGES_A_TASK)]
        try:
            for future in as_completed(waiting):
                done = future.result()
                finished, unsent = finished + done, unsent + done * pixels[0].nbytes
                if unsent > BYTES_MAPPED_AT_MOST:
                    written.let_go()
                    unsent = 0
                if progress is not None:
                    progress(finished, len(paths))
        except BaseException:  # Ctrl-C as well: the threads stop at their next image
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    written.flush()
    return digests, unreadable, finished - len(unreadable)


def _read_listing(path: Path, stamps: np.ndarray) -> Digests | None:
    """The digests of images that are as they were when they were read; None where one is not, or nothing is known."""
    try:
        listing = read_checked(path, _Listing)
        if listing is None:
            return None
        digests, before = listing.unpacked()
        if len(digests) != len(stamps) or len(before) != len(stamps):
            raise NotAsWritten
    except (NotAsWritten, ValueError):
        print(f"goodfit: {path} is damaged; reading the images again", file=sys.stderr)
        return None
    return digests if np.array_equal(before, stamps) else None
