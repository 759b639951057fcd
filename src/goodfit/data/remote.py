"""Data at an address (https://, s3:// and what else fsspec reads): fetched into the cache once, then read from there.

An address is a file; a folder, where the protocol has folders (https has none); or several files, as in
https://host/train-{0000..0041}.tar. Files come one at a time, a few megabytes in memory, and have their name when they
are whole. With each is kept what the server says of it (ETag, size, date), and its SHA-256: the next time the server is
asked, and what did not change is not fetched again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import msgspec

from goodfit.data.cache_folder import FREE_SPACE_NEEDED, cache_error, cache_folder, list_files
from goodfit.data.remote_errors import NoPermissionError, UnreachableError, fetch_error, missing_package
from goodfit.errors import DataError, DiskError, UsageError
from goodfit.lazy_pattern import lazy_pattern
from goodfit.naming import name_by_address
from goodfit.store.checked import NotAsWritten, read_checked, write_checked
from goodfit.store.files import create, refuse_text, scratch_name

ADDRESS = lazy_pattern(r"(?P<protocol>[a-z][a-z0-9+.-]+):/{1,3}(?P<rest>[^/].*)", re.DOTALL)  # Path leaves one slash
RANGE = lazy_pattern(r"\{(\d+)\.\.(\d+)\}")
CHECKSUM = lazy_pattern(r"(?P<address>.*)#sha256=(?P<sha256>[0-9a-fA-F]{64})", re.DOTALL)
FILES_AT_MOST = 1_000_000
WEB_PAGES = ("", ".html", ".htm")
TRIES = 3
SAID_FROM_BYTES = 20_000_000  # a fetch of more is said in a line
STAMPS = ("size", "ETag", "etag", "Content-MD5", "Last-Modified", "LastModified", "mtime", "created", "md5Hash")
SECONDS_TO_ANSWER = 60.0


class RemoteFile(msgspec.Struct, frozen=True):
    """A file that was fetched.

    Attributes:
        stamp: what the server says of it, which changes when the file does.
    """

    stamp: dict[str, str]
    size: int
    sha256: str


class Fetched(msgspec.Struct, frozen=True):
    """What was fetched from an address: names beneath its folder in the cache."""

    address: str
    files: dict[str, RemoteFile]


def is_remote(place: Any) -> bool:
    """Whether this is an address, not a path of this machine; a Path of one has lost a slash, and counts."""
    if not isinstance(place, (str, PathLike)):
        return False
    match = ADDRESS.fullmatch(str(place))
    return match is not None and not Path(place).exists()


def local_copy(place: Any, cache: Path | None = None) -> Any:
    """The path of what an address has, in the cache; anything else as it is.

    Args:
        cache: folder of the cache; the user's when None.

    Raises:
        DataError: there is nothing, no network, no permission, another checksum than the address ends in.
        UsageError: a protocol that is not known, or needs a package that is not installed.
        DiskError: no room for it.
    """
    if not is_remote(place):
        if isinstance(place, str):
            refuse_text(place)
        return place
    address = _whole_address(str(place))
    if address.startswith("file://"):
        return Path(url2pathname(f"/{address.removeprefix('file://')}"))
    folder = cache_folder(cache)
    key = hashlib.sha256(address.encode(errors="surrogateescape")).hexdigest()[:24]
    try:
        with _locked(folder, key):
            copy = _fetched(address, folder, f"{key}.remote")
    except OSError as error:
        raise cache_error(error, folder) from error
    bare = address.partition("#")[0]
    name_by_address(folder / f"{key}.remote", bare.partition("?")[0].rpartition("/")[0])
    if copy.is_file():
        name_by_address(copy, bare)
    return copy


def _whole_address(text: str) -> str:
    match = ADDRESS.fullmatch(text)
    assert match is not None, text
    return f"{match['protocol']}://{match['rest']}"


@contextmanager
def _locked(folder: Path, key: str) -> Iterator[None]:
    from filelock import FileLock

    list_files(folder, f"{key}.lock", f"{key}.fetched", f"{key}.remote")
    with FileLock(folder / f"{key}.lock"):
        yield


def _fetched(given: str, cache: Path, name: str) -> Path:
    checksum = CHECKSUM.fullmatch(given)
    address = checksum["address"] if checksum else given
    record = cache / f"{name.removesuffix('.remote')}.fetched"
    try:
        before = read_checked(record, Fetched)
    except NotAsWritten:
        before = None
    place = cache / name
    try:
        system, files = _files_at(address)
    except UnreachableError as error:
        if before is None or not _is_whole(place, before):
            raise
        print(f"goodfit: {address}: {error.what}; the copy of before is read", file=sys.stderr)
        return _top(place, before.files, address)
    known = before.files if before is not None else {}
    wanted = {each: facts for each, facts in files.items() if not _is_kept(place / each, known.get(each), facts)}
    _take_room(wanted, place, address)
    kept = {each: known[each] for each in files if each not in wanted}
    for each, facts in wanted.items():
        kept[each] = _fetch(system, facts, place / each)
        write_checked(record, Fetched(address, kept))  # what is whole is not fetched again after a stop
    for path in [path for path in place.rglob("*") if path.is_file()]:
        if path.relative_to(place).as_posix() not in kept:
            path.unlink()
    if checksum and [each.sha256 for each in kept.values()] != [checksum["sha256"].lower()]:
        sums = ", ".join(each.sha256 for each in kept.values())
        raise DataError(f"its SHA-256 is {sums}, not the one after #sha256=", where=address, fix="Check both")
    return _top(place, kept, address)


def _files_at(address: str) -> tuple[Any, dict[str, Mapping[str, Any]]]:
    """The file system of an address, and its files: what the server says of each, by a name to keep it under."""
    protocol = address.partition("://")[0]
    try:
        import fsspec
    except ImportError as error:
        raise missing_package(protocol) from error
    try:
        options = _patient() if protocol in ("http", "https") else {}
        system, root = fsspec.core.url_to_fs(_numbered(address)[0], **options)
    except ImportError as error:
        raise missing_package(protocol) from error
    except ValueError as error:
        raise UsageError(
            f"the protocol {protocol}:// is not known", where=address, fix="Use https:// or s3://"
        ) from error
    try:
        return system, _listed(system, root, address)
    except NoPermissionError:
        if protocol not in ("s3", "s3a"):
            raise
        public, root = fsspec.core.url_to_fs(_numbered(address)[0], anon=True)  # what everybody may read needs no key
        return public, _listed(public, root, address)


def _listed(system: Any, root: str, address: str) -> dict[str, Mapping[str, Any]]:
    """The files at an address, and what the server says of each."""
    with fetch_error(address):
        addresses = _numbered(address)
        if len(addresses) > 1:
            facts = [system.info(system._strip_protocol(each)) for each in addresses]
            return _named({_base(each): fact for each, fact in zip(addresses, facts, strict=True)}, address)
        if not address.startswith(("http://", "https://")) and system.isdir(root):
            top = root.rstrip("/")
            inner = system.find(top, detail=True)
            return _named(
                {f"{_base(top)}/{path[len(top) :].lstrip('/')}": fact for path, fact in inner.items()}, address
            )
        facts = system.info(root)
        if facts.get("mimetype") == "text/html" and PurePosixPath(urlsplit(address).path).suffix in WEB_PAGES:
            fix = "Give the address of a file: a table, a .tar archive, or several as train-{0000..0041}.tar"
            raise DataError("this is a web page, not a file", where=address, fix=fix)
        return _named({_base(address): facts}, address)


def _patient() -> dict[str, Any]:
    """Options of fsspec's http: as long as bytes come, a file may take hours (aiohttp gives it five minutes)."""
    try:
        import aiohttp
    except ImportError as error:
        raise missing_package("https") from error
    times = aiohttp.ClientTimeout(total=None, sock_connect=SECONDS_TO_ANSWER, sock_read=SECONDS_TO_ANSWER)
    return {"client_kwargs": {"timeout": times}}


def _numbered(address: str) -> list[str]:
    """train-{0000..0041}.tar is 42 addresses; one without such a range is itself."""
    match = RANGE.search(address)
    if match is None:
        return [address]
    first, last = int(match[1]), int(match[2])
    if not first <= last < first + FILES_AT_MOST:
        raise UsageError(f"{match[0]} is no range of numbers", where=address, fix="Write it as {0000..0041}")
    width = len(match[1])
    numbers = (f"{number:0{width}}" for number in range(first, last + 1))
    return [
        each for number in numbers for each in _numbered(address[: match.start()] + number + address[match.end() :])
    ]


def _base(address: str) -> str:
    """The last name of an address, without what was asked with it."""
    parts = urlsplit(address)
    path = parts.path if parts.scheme in ("http", "https") else address
    return unquote(PurePosixPath(path).name) or parts.netloc or "data"


def _named(files: Mapping[str, Mapping[str, Any]], address: str) -> dict[str, Mapping[str, Any]]:
    """The files, of which none leads out of its folder."""
    files = {name: facts for name, facts in files.items() if not name.endswith("/")}
    if not files:
        raise DataError("there are no files in it", where=address, fix="Check the address")
    for name in files:
        pieces = name.replace("\\", "/").split("/")
        if "\0" in name or not all(pieces) or {".", ".."}.intersection(pieces) or ":" in name:
            raise DataError(f"no file can be kept under the name '{name[:80]}'", where=address, fix="Rename it")
    return dict(sorted(files.items()))


def _stamp(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(facts[name]) for name in STAMPS if facts.get(name) is not None}


def _is_kept(path: Path, before: RemoteFile | None, facts: Mapping[str, Any]) -> bool:
    """Whether a file is here whole, and the server says of it what it said when it was fetched."""
    if before is None or not path.is_file() or path.stat().st_size != before.size:
        return False
    stamp = _stamp(facts)
    return stamp == before.stamp and len(stamp) > ("size" in stamp)  # a size alone would miss a change


def _is_whole(place: Path, before: Fetched) -> bool:
    return all((place / name).is_file() and (place / name).stat().st_size == f.size for name, f in before.files.items())


def _take_room(wanted: Mapping[str, Mapping[str, Any]], place: Path, address: str) -> None:
    size = sum(int(facts.get("size") or 0) for facts in wanted.values())
    place.mkdir(exist_ok=True)
    free = shutil.disk_usage(place).free
    if size * FREE_SPACE_NEEDED > free:
        raise DiskError(
            f"{address} has {size / 1e9:,.2f} GB and {free / 1e9:,.2f} GB are free",
            where=place.parent,
            fix="Give another place by --cache DIR",
        )
    if size > SAID_FROM_BYTES:
        print(f"goodfit: fetching {address} ({size / 1e6:,.0f} MB) into the cache", file=sys.stderr, flush=True)


def _fetch(system: Any, facts: Mapping[str, Any], path: Path) -> RemoteFile:
    """Fetch one file under a temporary name, and give it its own when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = scratch_name(path)
    create(temporary)
    try:
        for attempt in range(TRIES):
            try:
                with fetch_error(str(facts["name"])):
                    system.get_file(facts["name"], str(temporary))
                    _refuse_short(temporary, facts)
                break
            except UnreachableError:
                if attempt == TRIES - 1:
                    raise
        file = RemoteFile(_stamp(facts), temporary.stat().st_size, _sha256(temporary))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return file


def _refuse_short(path: Path, facts: Mapping[str, Any]) -> None:
    size = facts.get("size")
    if size is not None and path.stat().st_size != int(size):
        raise UnreachableError(
            f"it ended after {path.stat().st_size:,} of {int(size):,} bytes", where=facts["name"], fix="Try again"
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _top(place: Path, files: Mapping[str, Any], address: str) -> Path:
    """What to open: the file; the folder that the address names; of numbered files, a folder of them."""
    if len(files) == 1 and "/" not in next(iter(files)):
        return place / next(iter(files))
    first = next(iter(files)).split("/")[0]
    return place / first if all(name.startswith(f"{first}/") for name in files) else place
