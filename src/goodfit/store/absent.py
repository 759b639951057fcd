"""A path at which nothing is: one error for all that is given by path, with the names there that it may mean."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from goodfit.errors import DataError, GoodfitError
from goodfit.formatting import listed, nearest

STDIN = "-"  # by custom, where data may come from there
LOOKED_AT = 1_000  # names of a folder: of more, the first ones that the disk gives


def absent(path: Path, what: str = "no such file or folder", kind: type[GoodfitError] = DataError) -> GoodfitError:
    """The error of a path at which nothing is."""
    if path.name == STDIN and path.parent == Path():
        return kind("data is not read from stdin", where=path, fix="Write it to a file, and give its path")
    bare = path.with_name(path.name.strip().strip("'\"").strip() or path.name)
    if bare != path and bare.exists():
        return kind(what, where=path, fix=f"Did you mean {bare}, without the signs around it?")
    try:
        names = [each.name for each in islice(path.parent.iterdir(), LOOKED_AT)]
    except OSError:  # no such folder either, or one that may not be listed
        names = []
    near = [str(path.parent / name) for name in nearest(path.name, sorted(names))]
    return kind(what, where=path, fix=f"Did you mean {listed(near, 'or')}?" if near else "Check the path")
