"""Floor 1: where rows come from. One file a source; `open_path` finds the one that a path belongs to."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from goodfit.data.sources import sources
from goodfit.errors import DataError, UsageError


def open_path(path: Path, *, valid: Path | None = None, test: Path | None = None, **options: Any) -> Any:
    """Open a path with the source that it belongs to.

    Args:
        path: what the user gave.
        valid, test: further paths for these parts.
        options: options of the source (`OPTIONS` of its file); None means not given.

    Raises:
        DataError: there is nothing there, or nothing here can read it.
        UsageError: an option of another kind of data.
    """
    if not path.exists():
        raise DataError("no such file or folder", where=path, fix="Check the path")
    given = {name: value for name, value in options.items() if value is not None}
    for module in sources():
        if not module.accepts(path, given):
            continue
        known = {option.name for option in module.OPTIONS}
        for name in given:
            if name not in known:
                owners = [_kind(each) for each in sources() if name in {option.name for option in each.OPTIONS}]
                raise UsageError(
                    f"--{name.replace('_', '-')} is not an option for {_kind(module)}",
                    where=path,
                    fix=f"Leave it out: it is for {' and '.join(owners)}",
                )
        return module.open_path(path, valid=valid, test=test, **given)
    raise DataError(
        "neither a folder of images, a table (CSV, TSV, Parquet), nor a .npz or .npy file",
        where=path,
        fix="See goodfit fit --help for what can be read",
    )


def open_as(kind: str, data: Any, **options: Any) -> Any:
    """Open new data of the kind that a run was fitted on: a path, or what the source's own function takes.

    Args:
        options: of the source's function; None means not given.

    Raises:
        DataError: there is nothing there, or nothing of this kind.
    """
    if isinstance(data, (str, Path)) and not Path(data).exists():
        raise DataError("no such file or folder", where=data, fix="Check the path")
    given = {name: value for name, value in options.items() if value is not None}
    opening = getattr(next(module for module in sources() if _kind(module) == kind), kind)
    try:
        inspect.signature(opening).bind(data, **given)
    except TypeError as error:
        named = next(iter(given))
        raise UsageError(f"--{named} is not an option for {kind}", where=data, fix="Leave it out") from error
    return opening(data, **given)


def _kind(module: Any) -> str:
    return str(module.__name__.rpartition(".")[2])
