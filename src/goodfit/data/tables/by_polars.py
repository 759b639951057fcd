"""What polars and its readers cannot read is one line, without their inner messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from goodfit.data.tables.decoding import kind_of_file
from goodfit.errors import DataError

T = TypeVar("T")


def by_polars(path: Path, kind: str, read: Callable[[], T]) -> T:
    """What polars reads; whatever it cannot read is one line.

    Args:
        kind: what the file is to be, such as "a Parquet file".

    Raises:
        DataError: the file is of another kind, or damaged.
    """
    import polars as pl

    try:
        return read()
    except DataError:
        raise
    except (pl.exceptions.PolarsError, OSError, ValueError, RuntimeError, TypeError) as error:
        raise unreadable(path, kind) from error


def unreadable(path: Path, kind: str) -> DataError:
    """The line on a file that cannot be read as what its name says, with what it is where its first bytes tell."""
    found = kind_of_file(path)
    if found is not None and not any(word in found for word in kind.split() if word[0].isupper()):
        return DataError(f"this is {found}, not {kind}", where=path, fix="Get the file itself, or name it by its kind")
    return DataError(
        f"not {kind} that can be read: it is of another kind, damaged or incomplete",
        where=path,
        fix="Write it again, or give another kind of table",
    )
