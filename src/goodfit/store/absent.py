"""A path at which nothing is: one error for all that is given by path, with the names there that it may mean."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from goodfit.errors import DataError, GoodfitError
from goodfit.formatting import listed, nearest

LOOKED_AT = 1_000  # names of a folder: of more, the first ones that the disk gives


def absent(path: Path, what: str = "no such file or folder", kind: type[GoodfitError] = DataError) -> GoodfitError:
    """The error of a path at which nothing is."""
    try:
        names = [each.name for each in islice(path.parent.iterdir(), LOOKED_AT)]
    except OSError:  # no such folder either, or one that may not be listed
        names = []
    near = [str(path.parent / name) for name in nearest(path.name, sorted(names))]
    return kind(what, where=path, fix=f"Did you mean {listed(near, 'or')}?" if near else "Check the path")
