"""The memory-mapped cache of decoded, resized images: an epoch after the first decodes nothing.

A set of images is one file of raw uint8 rows, named after the content of the images and the settings. A listing
remembers which content each path had (by size, time and inode), so that an unchanged folder costs a stat a file.
Files get their final name when they are whole, and a lock makes a second process wait for the first.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goodfit.data.images.decode import ImageSettings, decode
from goodfit.data.images.masks import MaskSettings, decode_mask
from goodfit.data.images.opening import UnreadableImage, read_image_file, without_pillows_warnings
from goodfit.errors import DiskError, UsageError, disk_error
from goodfit.store.files import ensure_folder, write_text

VERSION = 2  # of the files and of what `decode` makes of an image: a change of either starts anew
MARK = "goodfit-cache"  # a file that says whose folder this is, and lists the files that the cache made, a line each
OWN_NAME = re.compile(  # and no other file is removed, whatever the mark lists
    r"[0-9a-f]{24}\.(json|lock|\d+\.part)|\d+x\d+x\d-\w+-[0-9a-f]{24}\.(pixels|unreadable)|[0-9a-f]{24}\.features|.+-\d+\.rows"
)
IMAGES_A_TASK = 256  # of a thread: single ones of 28 px would cost more in hand-over than in work
FREE_SPACE_NEEDED = 1.02  # times the size


@dataclass
class ImageCache:
    """Decoded images of a list of paths.

    Attributes:
        pixels: (N, H, W, C) uint8, mapped from disk, copy on write; rows that cannot be read are zeros.
        digests: content digest of each row.
        unreadable: row -> why it cannot be read.
        decoded: images decoded to make this object: 0 when the cache had them.
    """

    pixels: np.ndarray
    digests: list[str]
    unreadable: dict[int, str]
    decoded: int
    path: Path
    bytes: int


@dataclass
class _Listing:
    """What the paths held when they were last read."""

    digests: list[str]
    stamps: list[list[int]]


@dataclass(frozen=True)
class CacheInfo:
    path: Path
    files: int
    bytes: int


def cache_folder(given: Path | None = None) -> Path:
    """The folder given, else $GOODFIT_CACHE, else goodfit in the user's cache folder; made, writable and marked.

    Raises:
        DiskError: it cannot be written.
    """
    place = cache_place(given)
    try:
        folder = ensure_folder(place)
        (folder / MARK).touch()
    except DiskError as error:
        raise DiskError("the cache cannot be written", where=place, fix="Give another place, by --cache DIR") from error
    return folder


def cache_place(given: Path | None = None) -> Path:
    """The folder given, else $GOODFIT_CACHE, else goodfit in the user's cache folder; nothing is made there."""
    if given is not None:
        return given
    import platformdirs

    named = os.environ.get("GOODFIT_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("goodfit", appauthor=False)


Settings = ImageSettings | MaskSettings


def load_images(
    paths: Sequence[Path],
    settings: Settings,
    *,
    turns: Sequence[int | None] | None = None,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ImageCache:
    """Decoded images of these paths, from the cache where it has them.

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
    from filelock import FileLock

    place = cache_folder(folder)
    places = "\n".join(os.path.abspath(path) for path in paths)  # noqa: PTH100
    name = hashlib.sha256(places.encode(errors="surrogateescape")).hexdigest()[:24]
    row_bytes = settings.height * settings.width * settings.channels
    with FileLock(place / f"{name}.lock"):
        list_files(place, f"{name}.lock", f"{name}.json")
        _sweep(place, name)
        stamps = [_stamp(path) for path in paths]
        listing = _read_listing(place / f"{name}.json")
        if listing is not None and listing.stamps != stamps:
            listing = None
        if listing is None and any(place.glob(f"{_settings_key(settings)}-*.pixels")):
            listing = _Listing(_digest_all(paths, workers), stamps)  # a copy of the folder may be cached
        decoded = 0
        if listing is None or not (place / f"{_key(listing.digests, settings, turns)}.pixels").exists():
            temporary = place / f"{name}.{os.getpid()}.part"
            list_files(place, temporary.name)
            try:
                reserve(temporary, row_bytes * len(paths), place)
                digests, unreadable, decoded = _decode_all(paths, settings, turns, temporary, workers, progress)
                listing = _Listing(digests, stamps)
                target = place / f"{_key(digests, settings, turns)}.pixels"
                list_files(place, target.name, target.with_suffix(".unreadable").name)
                write_text(target.with_suffix(".unreadable"), json.dumps(unreadable))
                temporary.replace(target)
            except OSError as error:
                raise disk_error(error, place) from error
            finally:
                temporary.unlink(missing_ok=True)
        target = place / f"{_key(listing.digests, settings, turns)}.pixels"
        write_text(place / f"{name}.json", json.dumps({"digests": listing.digests, "stamps": listing.stamps}))
        saved = json.loads(target.with_suffix(".unreadable").read_text(encoding="utf-8"))
    shape = (len(paths), settings.height, settings.width, settings.channels)
    pixels = np.memmap(target, dtype=np.uint8, mode="c", shape=shape)
    unreadable = {int(row): why for row, why in saved.items()}
    return ImageCache(pixels, listing.digests, unreadable, decoded, target, row_bytes * len(paths))


def info(folder: Path) -> CacheInfo:
    """How many files the cache has and how large they are.

    Raises:
        UsageError: the folder is not a cache of ours.
    """
    if not folder.exists():
        return CacheInfo(folder, 0, 0)
    if not (folder / MARK).is_file():
        raise UsageError("this folder is not a goodfit cache", where=folder, fix="Check --cache")
    files = list(_ours(folder))
    return CacheInfo(folder, len(files), sum(file.stat().st_size for file in files))


def clear(folder: Path) -> CacheInfo:
    """Remove the files that the cache lists as its own, and say what is gone.

    Raises:
        UsageError: the folder is not a cache of ours.
    """
    removed = info(folder)
    if removed.files:
        for file in list(_ours(folder)):
            file.unlink(missing_ok=True)
        (folder / MARK).write_text("", encoding="utf-8")
    return removed


def _ours(folder: Path) -> Iterator[Path]:
    """Files that the mark lists, of names that the cache gives. Before 0.2 it listed nothing: then all such names."""
    listed = set((folder / MARK).read_text(encoding="utf-8", errors="replace").splitlines())
    for path in folder.iterdir():
        if OWN_NAME.fullmatch(path.name) and (not listed or path.name in listed) and not path.is_symlink():
            yield path


def list_files(folder: Path, *names: str) -> None:
    """Note files of a cache that are about to be made: a line is added whole, whoever else adds one."""
    mark = folder / MARK
    listed = set(mark.read_text(encoding="utf-8", errors="replace").splitlines())
    new = [name for name in names if name not in listed]
    if new:
        with mark.open("a", encoding="utf-8") as file:
            file.write("".join(f"{name}\n" for name in new))


def _sweep(place: Path, name: str) -> None:
    """Remove what a killed process left of this listing; the lock is ours, so that nobody is writing it."""
    for left in place.glob(f"{name}.*.part"):
        left.unlink(missing_ok=True)


def _stamp(path: Path) -> list[int]:
    try:
        facts = os.stat(path)  # noqa: PTH116  # 60,000 of them: a third of the time of Path.stat
    except OSError:
        return [0, 0, 0]
    return [facts.st_size, facts.st_mtime_ns, facts.st_ino]


def _key(digests: Sequence[str], settings: Settings, turns: Sequence[int | None] | None) -> str:
    changed = [turns] if turns is not None and any(turn is not None for turn in turns) else []
    facts = json.dumps([VERSION, settings.to_json(), *changed]) + "\n" + "\n".join(digests)
    return f"{_settings_key(settings)}-{hashlib.sha256(facts.encode()).hexdigest()[:24]}"


def _settings_key(settings: Settings) -> str:
    return f"{settings.width}x{settings.height}x{settings.channels}-{settings.resize}"


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _unread(error: UnreadableImage | OSError) -> str:
    """In place of a digest."""
    return f"unread: {error.strerror if isinstance(error, OSError) else error}"


def _digest_all(paths: Sequence[Path], workers: int | None) -> list[str]:
    def digest(path: Path) -> str:
        try:
            return _digest(read_image_file(path))
        except (UnreadableImage, OSError) as error:
            return _unread(error)

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        return list(pool.map(digest, paths, chunksize=IMAGES_A_TASK))


def reserve(path: Path, size: int, place: Path) -> None:
    """Take the room before mapping it: on a full disk, writing to a mapped page would kill the process."""
    free = shutil.disk_usage(place).free
    if size * FREE_SPACE_NEEDED > free:
        raise DiskError(
            f"the rows need {size / 1e9:,.2f} GB and {free / 1e9:,.2f} GB are free",
            where=place,
            fix="Give a smaller --size, or another place by --cache DIR",
        )
    with path.open("wb") as file:
        if size and hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)


def _decode_all(
    paths: Sequence[Path],
    settings: Settings,
    turns: Sequence[int | None] | None,
    target: Path,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[str], dict[int, str], int]:
    """Read each file once: its digest and its pixels in one pass."""
    shape = (len(paths), settings.height, settings.width, settings.channels)
    pixels = np.memmap(target, dtype=np.uint8, mode="r+", shape=shape)
    digests = [""] * len(paths)
    unreadable: dict[int, str] = {}
    stop = threading.Event()

    def chunk(start: int) -> int:
        done = 0
        for row in range(start, min(start + IMAGES_A_TASK, len(paths))):
            if stop.is_set():
                break
            done += 1
            try:
                data = read_image_file(paths[row])
            except (UnreadableImage, OSError) as error:
                digests[row] = _unread(error)
                unreadable[row] = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
                continue
            digests[row] = _digest(data)
            try:
                turn = turns[row] if turns is not None else None
                if isinstance(settings, MaskSettings):
                    pixels[row] = decode_mask(data, settings, turn)
                else:
                    pixels[row] = decode(data, settings, turn)
            except UnreadableImage as error:
                unreadable[row] = str(error)
        return done

    finished = 0
    with (
        without_pillows_warnings(),
        ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="goodfit-decode") as pool,
    ):
        waiting = [pool.submit(chunk, start) for start in range(0, len(paths), IMAGES_A_TASK)]
        try:
            for future in as_completed(waiting):
                finished += future.result()
                if progress is not None:
                    progress(finished, len(paths))
        except BaseException:  # Ctrl-C as well: the threads stop at their next image
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    pixels.flush()
    return digests, unreadable, finished - len(unreadable)


def _read_listing(path: Path) -> _Listing | None:
    if not path.exists():
        return None
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        return _Listing(saved["digests"], saved["stamps"])
    except (ValueError, KeyError):
        print(f"goodfit: {path} is damaged; reading the images again", file=sys.stderr)
        return None
