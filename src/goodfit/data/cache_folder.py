"""The folder of the cache: where it is, which files in it are its own, and what killed processes left there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from goodfit.errors import DiskError, UsageError, disk_error
from goodfit.lazy_pattern import lazy_pattern
from goodfit.store.files import create, ensure_folder, scratch_name, sweep

MARK = "goodfit-cache"  # a file that says whose folder this is, and lists the files that the cache made, a line each
OWN_NAME = lazy_pattern(  # and no other file is removed, whatever the mark lists
    r"[0-9a-f]{24}\.(json|lock|fetched|\d+\.part)|\d+x\d+x\d-\w+-[0-9a-f]{24}\.(pixels|index|unreadable)|.+-\d+\.rows"
    r"|[0-9a-f]{24}\.features|\.[\w.-]+\.\d+-[0-9a-f]{12}\.tmp"
)
FETCHED = lazy_pattern(r"[0-9a-f]{24}\.remote")  # a folder of files that came from an address
OTHER_PLACE = "Give another place, by --cache DIR"
FREE_SPACE_NEEDED = 1.02  # times the size


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
        if not (folder / MARK).is_file():
            _mark(folder)
    except (DiskError, OSError) as error:
        raise DiskError("the cache cannot be written", where=place, fix=OTHER_PLACE) from error
    sweep(folder)
    return folder


def _mark(folder: Path) -> None:
    try:
        create(folder / MARK)
    except FileExistsError:  # of several processes that start in a new folder one is the first
        if not (folder / MARK).is_file():
            raise


def cache_place(given: Path | None = None) -> Path:
    """The folder given, else $GOODFIT_CACHE, else goodfit in the user's cache folder; nothing is made there."""
    if given is not None:
        return given
    import platformdirs

    named = os.environ.get("GOODFIT_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("goodfit", appauthor=False)


def scratch_file(folder: Path, name: str, size: int) -> Path:
    """A new file of this size in the cache, to be filled; it is listed, and the room for it is taken.

    Raises:
        DiskError: no room, no permission.
    """
    path = scratch_name(folder / name)
    list_files(folder, path.name)
    try:
        create(path)
        _take_room(path, size, folder)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise cache_error(error, folder) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _take_room(path: Path, size: int, place: Path) -> None:
    """Before the file is mapped: on a full disk, writing to a mapped page would kill the process."""
    free = shutil.disk_usage(place).free
    if size * FREE_SPACE_NEEDED > free:
        raise DiskError(
            f"the rows need {size / 1e9:,.2f} GB and {free / 1e9:,.2f} GB are free",
            where=place,
            fix="Give a smaller --size, or another place by --cache DIR",
        )
    with path.open("rb+") as file:
        if size and hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)


def refuse_folders(*paths: Path) -> None:
    """Raise where a folder has the name of a file of the cache: it is somebody else's, and stays.

    Raises:
        DiskError: the first is named.
    """
    for path in paths:
        if path.is_dir():
            raise DiskError(
                "this is a folder, and the cache has a file of this name", where=path, fix=f"Remove it. {OTHER_PLACE}"
            )


def cache_error(error: OSError, where: Path) -> DiskError:
    """The one clear line for an operating-system error met in the cache."""
    return DiskError(disk_error(error, where).what, where=where, fix=OTHER_PLACE)


def info(folder: Path) -> CacheInfo:
    """How many files the cache has and how large they are.

    Raises:
        UsageError: the folder is not a cache of ours.
    """
    if not folder.exists():
        return CacheInfo(folder, 0, 0)
    if not (folder / MARK).is_file():
        raise UsageError("this folder is not a goodfit cache", where=folder, fix="Check --cache")
    try:
        files = list(_ours(folder))
        return CacheInfo(folder, len(files), sum(file.stat().st_size for file in files))
    except OSError as error:
        raise cache_error(error, folder) from error


def clear(folder: Path) -> CacheInfo:
    """Remove the files that the cache lists as its own, and say what is gone.

    Raises:
        UsageError: the folder is not a cache of ours.
        DiskError: they cannot be removed.
    """
    removed = info(folder)
    if removed.files:
        try:
            for file in list(_ours(folder)):
                file.unlink(missing_ok=True)
            for place in [path for path in folder.iterdir() if FETCHED.fullmatch(path.name)]:
                for path in list(_empty_folders(place)):
                    path.rmdir()
            (folder / MARK).write_text("", encoding="utf-8")
        except OSError as error:
            raise cache_error(error, folder) from error
    return removed


def _ours(folder: Path) -> Iterator[Path]:
    """Files that the mark lists, of names that the cache gives. Before 0.2 it listed nothing: then all such names."""
    listed = _listed(folder)
    for path in folder.iterdir():
        own = OWN_NAME.fullmatch(path.name) and (not listed or path.name in listed)
        if FETCHED.fullmatch(path.name) and path.name in listed and not path.is_symlink():
            yield from (inner for inner in path.rglob("*") if not inner.is_dir() and not inner.is_symlink())
        if own and not path.is_symlink() and not path.is_dir():
            yield path


def _empty_folders(place: Path) -> Iterator[Path]:
    """Folders in a place that hold no file any more, the innermost first, and the place itself."""
    for path in sorted([place, *place.rglob("*")], key=lambda path: len(path.parts), reverse=True):
        if path.is_dir() and not path.is_symlink() and not any(inner.is_file() for inner in path.rglob("*")):
            yield path


def list_files(folder: Path, *names: str) -> None:
    """Note files that are about to be made: a line is added whole, whoever else adds one.

    Raises:
        DiskError: no room, no permission.
    """
    try:
        listed = _listed(folder)
        new = [name for name in names if name not in listed]
        if new:
            with (folder / MARK).open("a", encoding="utf-8") as file:
                file.write("".join(f"{name}\n" for name in new))
    except OSError as error:
        raise cache_error(error, folder) from error


def _listed(folder: Path) -> set[str]:
    return set((folder / MARK).read_text(encoding="utf-8", errors="replace").splitlines())
