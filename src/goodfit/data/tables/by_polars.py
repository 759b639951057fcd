"""What polars and its readers cannot read is one line, without their inner messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from goodfit.errors import DataError

OF_LFS = b"version https://git-lfs"
T = TypeVar("T")


def by_polars(path: Path, kind: str, read: Callable[[], T]) -> T:
    """What polars reads; whatever it cannot read is one line.

    Raises:
        DataError: the file is of another kind, or damaged.
    """
    import polars as pl

    try:
        return read()
    except DataError:
        raise
    except (pl.exceptions.PolarsError, OSError, ValueError, RuntimeError, TypeError) as error:
        if path.is_file() and path.read_bytes()[: len(OF_LFS)] == OF_LFS:
            what = "this is a pointer of Git LFS, not the file itself"
            raise DataError(what, where=path, fix="Fetch the file: git lfs pull") from error
        raise DataError(
            f"not {kind} file that can be read: it is of another kind, damaged or incomplete".replace(
                "not Parquet", "not a Parquet"
            ).replace("not JSON lines file", "not a file of JSON lines"),
            where=path,
            fix="Write it again, or give another kind of table",
        ) from error
