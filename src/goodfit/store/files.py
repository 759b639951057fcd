"""Writing files so that nothing half-written ever stands under a final name."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from goodfit.errors import disk_error

LETTERS_OF_NAME = 40  # that a temporary name repeats: a name may have 255 bytes at most


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path`; on a clean exit it is on disk and has the final name, else it is gone.

    Its name cannot be guessed, and it is made where nothing is: a link laid there beforehand is not followed.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    temporary = _temporary_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(temporary)
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


def write_text(path: Path, text: str) -> None:
    """Write a whole text file, or nothing. Names of files that are not UTF-8 are written as the bytes that they are."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")


def ensure_folder(path: Path) -> Path:
    """Make a folder and see that it can be written, before any work is done for it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = _temporary_name(path / "probe")
        _create(probe)
        try:
            probe.write_bytes(b"x")
        finally:
            probe.unlink()
    except OSError as error:
        raise disk_error(error, path) from error
    return path


def _temporary_name(path: Path) -> Path:
    return path.with_name(f".{path.name[:LETTERS_OF_NAME]}.{os.getpid()}-{secrets.token_hex(6)}.tmp")


def _create(path: Path) -> None:
    """An empty file where there is none: FileExistsError for anything of that name, a link too."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
