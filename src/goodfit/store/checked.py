"""Small JSON files that are known to be whole when they are read: a checksum, a line end, the JSON."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TypeVar

import msgspec

from goodfit.store.files import write_text

T = TypeVar("T")


class NotAsWritten(Exception):
    """A file that is there and is not what `write_checked` wrote."""


def write_checked(path: Path, value: msgspec.Struct) -> None:
    """Write a value with its checksum, or nothing.

    Raises:
        DiskError: no room or no permission.
    """
    text = msgspec.json.encode(value).decode()
    write_text(path, f"{_checksum(text.encode())}\n{text}")


def read_checked(path: Path, kind: type[T]) -> T | None:
    """The value that `write_checked` wrote; None where there is no such file.

    Raises:
        NotAsWritten: damaged, of another version, a folder, or not to be read.
    """
    try:
        if not path.is_file():
            if path.exists():
                raise NotAsWritten
            return None
        checksum, _, data = path.read_bytes().partition(b"\n")
        if checksum.decode(errors="replace") != _checksum(data):
            raise NotAsWritten
        return msgspec.json.decode(data, type=kind)
    except (OSError, msgspec.DecodeError, RecursionError) as error:
        raise NotAsWritten from error


def _checksum(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
