"""Where rows come from. One file a source in `sources/`; `open_data` finds the one that data belongs to."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from goodfit.data.command_options import source_options as source_options
from goodfit.data.other_files import begins_as_text, of_another_program
from goodfit.data.remote import is_remote, local_copy
from goodfit.data.source import Claim, Source
from goodfit.data.sources import all_sources, source_names, source_of
from goodfit.data.tables.decoding import LFS_POINTER, kind_of_file
from goodfit.errors import DataError, UsageError
from goodfit.formatting import listed, spaced, type_named
from goodfit.names_elsewhere import answer_calls
from goodfit.store.absent import absent
from goodfit.store.files import refuse_text
from goodfit.store.special_files import special_kind

answer_calls(__name__)


def open_data(
    data: Any,
    *,
    valid: Any = None,
    test: Any = None,
    kind: str | None = None,
    cache: Path | None = None,
    **options: Any,
) -> Source:
    """Open data with the source that it belongs to.

    Args:
        data: a path, an address (https://, s3://), a frame (pandas, polars, ...), an array or a pair (x, y) of them, or
            a source that is open.
        valid, test: further data of the same kind, whose rows are these parts.
        kind: the source by name, such as "table"; found from the data when None.
        cache: folder of the cache, where addresses are fetched to.
        options: of the source, by name; None means not given.

    Raises:
        DataError: there is nothing there, or no source can read it.
        UsageError: an option of another kind of data, or data that two sources could read.
    """
    _refuse_share("valid", valid)
    _refuse_share("test", test)
    data, valid, test = (local_copy(place, cache) for place in (data, valid, test))
    given = {name: local_option(value, cache) for name, value in options.items() if value is not None}
    if isinstance(data, Source):
        for name, value in {"valid": valid, "test": test, "kind": kind, **given}.items():
            if value is not None:
                raise UsageError(
                    f"{name}= was given, and the data is open already",
                    fix=f"Give it where the data is opened: goodfit.{data.kind}(..., {name}=...)",
                )
        return data
    if isinstance(data, str) and not data:
        raise UsageError("the path is empty", fix="Give a file or folder; . is the folder that you are in")
    if isinstance(data, (str, PathLike)):
        return open_path(Path(data), valid=_path(valid), test=_path(test), kind=kind, **given)
    source = _named(kind) if kind is not None else _strongest(data, given)
    if kind is not None and source.claims_object(data, given) is None:
        raise UsageError(f"{type_named(data)} cannot be read as {kind}", fix="Leave kind out, or give a path")
    return source.open(data, valid=valid, test=test, **_checked(source, given, None))


def open_path(
    path: Path, /, *, valid: Path | None = None, test: Path | None = None, kind: str | None = None, **options: Any
) -> Source:
    """`open_data` of a path."""
    _refuse_absent(path)
    given = {name: value for name, value in options.items() if value is not None}
    source = _named(kind) if kind is not None else _strongest(path, given)
    return source.open(path, valid=valid, test=test, **_checked(source, given, path))


def local_option(value: Any, cache: Path | None = None) -> Any:
    """The value of an option of a source; where it is an address, the path of what was fetched from there."""
    return local_copy(value, cache) if is_remote(value) else value


def open_as(kind: str, data: Any, /, **options: Any) -> Source:
    """Open new data of the kind that a run was fitted on: a path, or what the source's own function takes.

    Args:
        options: of the source's function; None means not given.

    Raises:
        DataError: there is nothing there, or no source of this kind.
    """
    if isinstance(data, (str, PathLike)):
        _refuse_absent(Path(data))
    if kind not in source_names():
        raise DataError(
            f"this run was fitted on '{kind}' data, which cannot be read here",
            fix=f"Known kinds are {', '.join(source_names())}",
        )
    given = {name: value for name, value in options.items() if value is not None}
    function = source_of(kind).function()
    for name in given:
        if name not in inspect.signature(function).parameters:
            raise UsageError(f"{_flag(name)} is not an option for {kind}", where=_place(data), fix="Leave it out")
    return function(data, **given)


def _strongest(data: Any, given: Mapping[str, Any]) -> type[Source]:
    """The source with the strongest claim; of equal ones, the one that takes more of the given options."""
    claims: dict[type[Source], Claim] = {}
    for source in all_sources():
        claim = source.claims(data, given) if isinstance(data, Path) else source.claims_object(data, given)
        if claim is not None:
            claims[source] = claim

    def rank(source: type[Source]) -> tuple[int, int]:
        return claims[source].strength, len(given.keys() & _options(source))

    best = [source for source in claims if rank(source) == max(map(rank, claims))]
    if not best:
        raise _nothing_reads(data)
    if len(best) > 1:
        readings = " or as ".join(f"{source.kind} ({claims[source].why})" for source in best)
        raise UsageError(
            f"this can be read as {readings}",
            where=_place(data),
            fix=f"Choose one: {' or '.join(f'--kind {source.kind}' for source in best)}",
        )
    return best[0]


def _nothing_reads(data: Any) -> UsageError | DataError:
    if isinstance(data, Path):
        if (known := of_another_program(data)) is not None:
            return known
        if begins_as_text(data):
            fix = "If it is delimited text, give --kind table, or a name that ends in .csv"
            return DataError("its name says nothing of what it holds", where=data, fix=fix)
        return DataError(
            "neither a folder of images, a table (CSV, TSV, Parquet), nor a .npz or .npy file",
            where=data,
            fix="See goodfit fit --help for what can be read",
        )
    return UsageError(f"{type(data).__name__} is no kind of data that is read here", fix=_instead_of(data))


def _instead_of(data: Any) -> str:
    """What to give in place of an object."""
    pair = isinstance(data, (tuple, list)) and len(data) == 2
    if isinstance(data, Mapping) and {"data", "target"} <= data.keys():
        return "Give the pair (bunch.data, bunch.target) of arrays, or bunch.frame with the name of its target"
    if isinstance(data, Mapping) and {"x", "y"} <= {str(name).lower() for name in data}:
        return "Give both apart: goodfit.fit(x, y)"
    if isinstance(data, (tuple, list)) and data and all(isinstance(path, (str, PathLike)) for path in data):
        return "Give their folder, with a folder for each class, or a CSV of path,label; of texts (texts, labels)"
    if pair and hasattr(data[0], "columns"):
        return "Put the target into the frame as a column, and name it by target="
    if pair or isinstance(data, list):
        return "Give the pair (x, y) of arrays, made by numpy.asarray, or a list of dictionaries, one a row"
    if any(base.__module__.startswith("torch.") for base in type(data).__mro__):
        return "Stack its samples, and give the pair (x, y) of arrays or tensors"
    return (
        "Give a path, a frame (pandas, polars, ...), arrays (x, y), or an opened source: goodfit.images(...), "
        "goodfit.table(...) and so on"
    )


def _named(kind: str) -> type[Source]:
    if kind not in source_names():
        raise UsageError(f"--kind {kind} is not known", fix=f"Choose one of {', '.join(source_names())}")
    return source_of(kind)


def _checked(source: type[Source], given: Mapping[str, Any], path: Path | None) -> dict[str, Any]:
    """The given options, each of which the source has to know."""
    for name in given:
        if name not in _options(source):
            owners = [other.kind for other in all_sources() if name in _options(other)]
            raise UsageError(
                f"{_flag(name)} is not an option for {source.kind}",
                where=path,
                fix="Leave it out" + (f": it is for {listed(map(spaced, owners))}" if owners else ""),
            )
    return {option.name: option.checked(given[option.name]) for option in source.options if option.name in given}


def _options(source: type[Source]) -> set[str]:
    return {option.name for option in source.options}


def _refuse_share(part: str, given: Any) -> None:
    """A number where a path is wanted: as other programs have it, the share of the rows, or their percentage."""
    if isinstance(given, bool) or not isinstance(given, (int, float, str, Path)) or Path(str(given)).exists():
        return
    try:
        share = float(str(given))
    except ValueError:
        return
    share = share / 100 if share >= 1 else share
    wanted = f"--{part}-share {share:g}" if 0 < share < 1 else f"--{part}-share"
    raise UsageError(
        f"--{part} takes data of its own, and {given} is a number", fix=f"For a share of the rows give {wanted}"
    )


def _refuse_absent(path: Path) -> None:
    try:
        kind = special_kind(path.stat().st_mode)
    except (OSError, ValueError) as error:  # ValueError: a zero byte
        if isinstance(error, PermissionError):
            raise DataError("no permission to look at it", where=path, fix="Change its permissions") from error
        refuse_text(path)
        raise absent(path) from error
    if kind is not None:
        raise DataError(f"this is {kind}, not a file", where=path, fix="Write its content to a file, and give that")
    if kind_of_file(path) == LFS_POINTER:
        raise DataError(f"this is {LFS_POINTER}", where=path, fix="Fetch it first")


def _path(place: Any) -> Path | None:
    if place is None or isinstance(place, (str, PathLike)):
        return Path(place) if place is not None else None
    raise UsageError(
        f"the data is a path, and its validation or test part {type_named(place)}", fix="Give paths for all parts"
    )


def _place(data: Any) -> Path | None:
    return Path(data) if isinstance(data, (str, PathLike)) else None


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
