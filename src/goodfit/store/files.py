"""Writing files so that nothing half-written ever stands under a final name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from goodfit.errors import disk_error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`; on a clean exit the file is on disk and has the final name, else it is gone.

    Raises:
        DiskError: no room, no permission, read-only.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.touch()
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
    """Write a whole text file, or nothing."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def ensure_folder(path: Path) -> Path:
    """Make a folder and see that it can be written, before any work is done for it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".write-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise disk_error(error, path) from error
    return path
