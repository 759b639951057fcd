"""stdout and stderr as they are found: closed, full, read by a program that ends early, or of a small character set."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from goodfit.errors import DiskError, disk_error


class Unfailing:
    """stderr: what cannot be written there is lost, and ends nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare() -> bool:
    """Make both streams able to take any text; whether there is a stdout at all."""
    open_at_start = sys.stdout is not None
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # for as long as we live
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # \xdf for what it lacks, \udcff of names that are not UTF-8
    if not isinstance(sys.stderr, Unfailing):
        sys.stderr = Unfailing(sys.stderr)
    return open_at_start


def names_as_bytes() -> None:
    """From here on, names of files that are not UTF-8 go to stdout as the bytes that they are, as in a file."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") == "utf8":
        stream.reconfigure(errors="surrogateescape")


def finish(*, open_at_start: bool) -> None:
    """Write what is left for stdout.

    Raises:
        DiskError: it was closed, so that the result went nowhere.
        OSError: it cannot be written.
    """
    sys.stdout.flush()
    if not open_at_start:
        raise DiskError("stdout is closed: the result was not printed", fix="Redirect it to a file or to /dev/null")


def give_up_stdout() -> None:
    """Nothing more goes to stdout: what is left in its buffer must not fail once more as the process ends."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unwritable(error: OSError) -> DiskError:
    """The one line for an error of the operating system that nobody nearer to it has put into words."""
    if error.filename is not None:
        return DiskError(f"{(error.strerror or str(error)).lower()}", where=os.fsdecode(error.filename))
    return disk_error(error, "stdout")
