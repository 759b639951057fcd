"""The memory-mapped cache of decoded, resized images: an epoch after the first decodes nothing.

A set of images is one file of raw uint8 rows, named after the content of the images and the settings, with an index
of checksums (`pixel_file`). A listing remembers which content each path had (by size, time and inode), so that an
unchanged folder costs a stat a file. Of images that are streamed (`stream`) it is all that is kept, with what could
not be read. Files get their final name when they are whole, and a lock makes a second process
wait for the first. What is damaged is said, and decoded again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from goodfit.data.cache_folder import cache_error, cache_folder, list_files, refuse_folders, scratch_file
from goodfit.data.images.encoded import EncodedImages, Settings, Turns
from goodfit.data.images.opening import without_pillows_warnings
from goodfit.data.images.pixel_file import PixelFile, index_path, write_index
from goodfit.data.images.stored import ImagePlace, StoredImage
from goodfit.data.images.stream import ImageStream
from goodfit.data.mapped_rows import MappedFile
from goodfit.data.packed import DIGEST_BYTES, Digests
from goodfit.errors import DiskError
from goodfit.store.checked import NotAsWritten, read_checked, write_checked

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 2  # of the files and of what `decode` makes of an image: a change of either starts anew
CHANGED = "the cache of this image is damaged, and the image has changed since it was read"


@dataclass
class ImageCache:
    """Decoded images of a list of paths.

    Attributes:
        digests: content digest of each row.
        unreadable: row -> why it cannot be read; its pixels are zeros.
        decoded: images decoded to make this object: 0 when the cache had them.
        path: of the mapped file.
    """

    digests: Digests
    unreadable: dict[int, str]
    decoded: int
    path: Path
    _file: PixelFile

    @property
    def block(self) -> None:
        """Any row is as near as another."""
        return None

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

    def read_each(self, batches: Sequence[Tensor]) -> Iterator[Tensor]:
        """The same of these batches, in turn."""
        return map(self.read, batches)


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


class _Unreadable(msgspec.Struct, frozen=True):
    """What is kept of images that are streamed, besides their listing.

    Attributes:
        rows: row -> why its image cannot be read.
    """

    rows: dict[int, str]


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
    loaded = load_or_stream(EncodedImages(paths, settings, turns), False, folder, workers, progress)
    assert isinstance(loaded, ImageCache)
    return loaded


def load_or_stream(
    images: EncodedImages,
    stream: bool | None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ImageCache | ImageStream:
    """The same, or a stream of images that are decoded each time they are read.

    Args:
        stream: whether it is a stream; None: where the cache has no room for them decoded.
    """
    place = cache_folder(folder)
    places = (
        path.place if isinstance(path, StoredImage) else os.path.abspath(path)  # noqa: PTH100  # a million of them
        for path in images.paths
    )
    name = _hashed_lines(hashlib.sha256(), places)[:24]
    with _locked(place, name):
        stamps = np.fromiter(
            (number for path in images.paths for number in _stamp(path)), np.int64, 3 * images.shape[0]
        )
        stamps = stamps.reshape(-1, 3)
        digests = _read_listing(place / f"{name}.json", stamps)
        if digests is None and not stream and any(place.glob(f"{_settings_key(images.settings)}-*.pixels")):
            digests = images.digest_all(workers)  # a copy of the folder may be cached
        why = "given"
        loaded: ImageCache | ImageStream | None = None
        if not stream:
            loaded = None if digests is None else _kept(place, images, digests)
            try:
                loaded = loaded or _decoded_into(place, name, images, workers, progress)
            except DiskError as error:
                if stream is False:
                    raise
                why = f"decoded, {error.what}"
        if loaded is None:
            loaded = _streamed(place, images, digests, why, workers, progress)
        write_checked(place / f"{name}.json", _Listing.of(loaded.digests, stamps))
    return loaded


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


def _kept(place: Path, images: EncodedImages, digests: Digests) -> ImageCache | None:
    """The images as the cache has them; None where it has them not, or not whole."""
    path = place / f"{_key(digests, images)}.pixels"
    if not path.exists():
        return None
    try:
        return _mapped(path, images, digests, 0)
    except (NotAsWritten, PermissionError):
        print(f"goodfit: {path} is damaged; the images are read again", file=sys.stderr)
        return None


def _mapped(path: Path, images: EncodedImages, digests: Digests, decoded: int) -> ImageCache:
    def redecode(rows: range, pixels: np.ndarray) -> None:
        with without_pillows_warnings():
            images.decode_again(rows, digests, pixels, CHANGED)

    file = PixelFile(path, images.shape, redecode)
    return ImageCache(digests, file.unreadable, decoded, path, file)


def _decoded_into(
    place: Path,
    name: str,
    images: EncodedImages,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> ImageCache:
    """Decode all images into a file of the cache."""
    temporary = scratch_file(place, name, prod(images.shape))
    try:
        written = MappedFile(temporary, images.shape)
        pixels = written.values
        digests, unreadable, decoded = images.decode_all(pixels.__getitem__, written.let_go, workers, progress)
        written.flush()
        target = place / f"{_key(digests, images)}.pixels"
        list_files(place, target.name, index_path(target).name)
        write_index(target, pixels, unreadable, written.let_go)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return _mapped(target, images, digests, decoded)


def _streamed(
    place: Path,
    images: EncodedImages,
    digests: Digests | None,
    why: str,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> ImageStream:
    """The images, of which a first pass finds those that cannot be read; the cache keeps what it found."""
    decoded, known = 0, None
    if digests is not None:
        path = _unreadable_path(place, images, digests)
        try:
            known = read_checked(path, _Unreadable)
        except NotAsWritten:
            print(f"goodfit: {path} is damaged; the images are read again", file=sys.stderr)
    if digests is None or known is None:
        scratch = threading.local()

        def into(row: int) -> np.ndarray:
            if not hasattr(scratch, "pixels"):
                scratch.pixels = np.empty(images.shape[1:], dtype=np.uint8)
            pixels: np.ndarray = scratch.pixels
            return pixels

        digests, unreadable, decoded = images.decode_all(into, workers=workers, progress=progress)
        known = _Unreadable(unreadable)
        path = _unreadable_path(place, images, digests)
        list_files(place, path.name)
        write_checked(path, known)
    return ImageStream(images, digests, known.rows, decoded, why)


def _unreadable_path(place: Path, images: EncodedImages, digests: Digests) -> Path:
    return place / f"{_key(digests, images)}.unreadable"


def _stamp(path: ImagePlace) -> list[int]:
    if isinstance(path, StoredImage):
        return path.stamp
    try:
        facts = os.stat(path)  # noqa: PTH116  # 60,000 of them: a third of the time of Path.stat
    except OSError:
        return [0, 0, 0]
    return [facts.st_size, facts.st_mtime_ns, facts.st_ino]


def _key(digests: Sequence[str], images: EncodedImages) -> str:
    turns = images.turns
    changed = [turns] if turns is not None and any(turn is not None for turn in turns) else []
    facts = json.dumps([VERSION, images.settings.to_json(), *changed])
    return f"{_settings_key(images.settings)}-{_hashed_lines(hashlib.sha256(), chain([facts], digests))[:24]}"


def _hashed_lines(hashed: Any, lines: Iterable[str]) -> str:
    """The digest of lines with a line end between them, without one text of them all."""
    for number, line in enumerate(lines):
        hashed.update(("\n" if number else "").encode() + line.encode(errors="surrogateescape"))
    digest: str = hashed.hexdigest()
    return digest


def _settings_key(settings: Settings) -> str:
    return f"{settings.width}x{settings.height}x{settings.channels}-{settings.resize}"


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
