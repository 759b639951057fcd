"""Writing files so that nothing half-written ever stands under a final name."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from goodfit.errors import DataError, UsageError, disk_error
from goodfit.lazy_pattern import lazy_pattern

LONGEST_PATH, SHOWN_OF_TEXT = 4_095, 40  # letters
LETTERS_OF_NAME = 40  # that a temporary name repeats: a name may have 255 bytes at most
TEMPORARY = lazy_pattern(r"\..{0,40}\.(\d+)-[0-9a-f]{12}\.tmp", re.DOTALL)  # what `scratch_name` gives, and its process
SECONDS_LEFT_ALONE = 600  # a file that was written since may belong to a process of another machine
_OWN: set[str] = set()  # temporary names that this process uses


def refuse_nul(path: str | os.PathLike[str]) -> None:
    """Raise where a path holds the character NUL, which no file system takes and Python answers with a ValueError.

    Raises:
        UsageError: it holds one.
    """
    if "\0" in os.fspath(path):
        raise UsageError("no file has a name with the character NUL in it", where=path, fix="Check the path")


def refuse_text(path: str | os.PathLike[str]) -> None:
    """Raise where the content of a file was given in place of its path: it has lines, or is too long for a path.

    Raises:
        DataError: it is the content.
    """
    text = os.fspath(path)
    if len(text) <= LONGEST_PATH and "\n" not in text:
        return
    with suppress(OSError, ValueError):  # longer than any name, or with the character NUL
        if Path(text).exists():
            return
    fix = "Write it to a file, and give its path; in Python give a frame, such as pandas.read_csv(io.StringIO(...))"
    raise DataError("this is the content of a file, not its path", where=f"{text[:SHOWN_OF_TEXT]!r}...", fix=fix)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`; on a clean exit it is on disk and has the final name, else it is gone.

    Its name cannot be guessed, and it is made where nothing is: a link laid there beforehand is not followed.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    refuse_nul(path)
    temporary = scratch_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        create(temporary)
        mode = temporary.stat().st_mode  # what new files get here; safetensors would leave them to their owner alone
        yield temporary
        temporary.chmod(mode)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())  # power loss: the content is on disk before the name is
        temporary.replace(path)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        with suppress(OSError):  # the error that is being told matters more
            temporary.unlink()
        _OWN.discard(temporary.name)


def keep_beside(path: Path, name: Path) -> None:
    """Give a file, where there is one, a second name, in place of what had that name; the file stays where it is.

    Raises:
        DiskError: no room, no permission.
    """
    if not path.exists():
        return
    with replacing(name) as temporary:
        temporary.unlink()
        try:
            temporary.hardlink_to(path)
        except OSError:  # a file system without links
            shutil.copyfile(path, temporary)


def write_text(path: Path, text: str) -> None:
    """Write a whole text file, or nothing. Names of files that are not UTF-8 are written as the bytes that they are."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a text file piece by piece, whole or not at all."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(pieces)


def ensure_folder(path: Path) -> Path:
    """Make a folder and see that it can be written, before any work is done for it."""
    refuse_nul(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as probe:  # without a name: a killed process leaves none
            probe.write(b"x")
    except OSError as error:
        raise disk_error(error, path) from error
    return path


def scratch_name(path: Path) -> Path:
    """A hidden name beside `path` that nobody can guess; it says which process it belongs to, for `sweep`."""
    name = f".{path.name[:LETTERS_OF_NAME]}.{os.getpid()}-{secrets.token_hex(6)}.tmp"
    _OWN.add(name)
    return path.with_name(name)


def create(path: Path) -> None:
    """An empty file where there is none: FileExistsError for anything of that name, a link too."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))


def sweep(folder: Path, *, locked: bool = False) -> None:
    """Remove temporary files that killed processes left in a folder: known by their names, and the process is dead.

    Args:
        locked: no other machine writes into this folder, so that young files of dead processes go as well.
    """
    with suppress(OSError), os.scandir(folder) as entries:  # what cannot be listed or removed is left to its owner
        for entry in entries:
            match = TEMPORARY.fullmatch(entry.name)
            if match is None or entry.name in _OWN or not entry.is_file(follow_symlinks=False):
                continue
            if not _is_dead(int(match[1])):
                continue
            if locked or _now_in(folder) - entry.stat(follow_symlinks=False).st_mtime > SECONDS_LEFT_ALONE:
                with suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  # an entry of scandir


def _now_in(folder: Path) -> float:
    """The time by the clock that dates the folder's files: a server's may differ from this machine's."""
    with tempfile.TemporaryFile(dir=folder) as probe:
        return os.fstat(probe.fileno()).st_mtime


def _is_dead(process: int) -> bool:
    """Whether no process has this number; on Windows nothing tells without a further library, and none is dead."""
    if sys.platform == "win32":
        return False
    if process == os.getpid():  # in a container the next process has the number of the last
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
