"""What tar archives hold, by their headers alone: samples of files with one name, as WebDataset writes them.

Nothing is unpacked, and no name of a member is ever a path here: a member is a piece of the archive, read from there.
"""

from __future__ import annotations

import os
import tarfile
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goodfit.data.images.opening import MAX_BYTES, UnreadableImage, open_regular
from goodfit.data.images.stored import StoredImage
from goodfit.data.packed import Texts
from goodfit.errors import DataError

SIZE_AT_MOST = 2**32 - 1  # that is kept; images have half of it at most (MAX_BYTES)
HEADER_BYTES_AT_MOST = 1_000_000  # of one member: names and further facts, which are read into memory


@dataclass
class Sample:
    """Files whose names are alike up to the first dot: 000001.jpg, 000001.cls, 000001.json.

    Attributes:
        members: ending, in small letters and without its first dot -> the member.
    """

    name: str
    members: dict[str, TarMember] = field(default_factory=dict)


class TarMember(StoredImage):
    """A regular member of an archive: its bytes lie at `start` of the file."""

    __slots__ = ("size", "start")

    def __init__(self, file: Path, name: str, start: int, size: int, changed: int) -> None:
        super().__init__(file, name, [size, changed, start])
        self.start, self.size = start, size

    def read(self) -> bytes:
        return self.beginning(self.size)

    def beginning(self, most: int) -> bytes:
        """At most so many of its bytes."""
        if self.size > MAX_BYTES:
            raise UnreadableImage(f"{self.size / 1e9:.1f} GB, over the limit of {MAX_BYTES // 10**9} GB")
        handle, _ = open_regular(self.file)
        with os.fdopen(handle, "rb") as file:
            file.seek(self.start)
            data = file.read(min(most, self.size))
        if len(data) < min(most, self.size):
            raise UnreadableImage(f"truncated after {len(data):,} bytes: the archive ends there")
        return data


class TarMembers(Sequence[TarMember]):
    """Members of archives in a few numbers each."""

    def __init__(self) -> None:
        self._files: list[tuple[Path, int]] = []  # with when they changed
        self._first_rows: list[int] = []  # of each file
        self._starts, self._sizes = array("Q"), array("I")
        self._names = Texts()

    def append(self, member: TarMember) -> None:
        """Add a member, in the order of the archives."""
        file = (member.file, member.stamp[1])
        if not self._files or self._files[-1] != file:
            self._files.append(file)
            self._first_rows.append(len(self._starts))
        self._starts.append(member.start)
        self._sizes.append(min(member.size, SIZE_AT_MOST))
        self._names.append(member.name)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, at: Any) -> Any:
        rows = range(len(self))[at]
        return [self._member(row) for row in rows] if isinstance(rows, range) else self._member(rows)

    def _member(self, row: int) -> TarMember:
        file, changed = self._files[bisect_right(self._first_rows, row) - 1]
        return TarMember(file, self._names[row], self._starts[row], self._sizes[row], changed)


def samples_of(path: Path, left_out: dict[str, int]) -> Iterator[Sample]:
    """The samples of an archive, in their order.

    Args:
        left_out: what is no file (links, devices, sparse files, ...) is counted here, by what it is.

    Raises:
        DataError: no tar archive, or a damaged one; two members of one name.
    """
    try:
        handle, size = open_regular(path)
    except (UnreadableImage, OSError) as error:
        raise DataError(f"it cannot be read ({error})", where=path, fix="Give tar archives that are files") from error
    with os.fdopen(handle, "rb") as file:
        changed = os.fstat(file.fileno()).st_mtime_ns
        sample = Sample("")
        for info in _headers(file, path, size):
            if not info.isreg() or info.sparse is not None:
                if not info.isdir():
                    left_out[_kind(info)] = left_out.get(_kind(info), 0) + 1
                continue
            folder, _, base = info.name.rpartition("/")
            stem, _, ending = base.partition(".")
            name = f"{folder}/{stem}" if folder else stem
            if not stem:
                continue  # .DS_Store and others
            if name != sample.name:
                if sample.members:
                    yield sample
                sample = Sample(name)
            if ending.lower() in sample.members:
                raise DataError(f"two files in it are called '{info.name[:80]}'", where=path, fix="Write it again")
            sample.members[ending.lower()] = TarMember(path, info.name, info.offset_data, info.size, changed)
        if sample.members:
            yield sample


def _headers(file: object, path: Path, size: int) -> Iterator[tarfile.TarInfo]:
    """The members one by one, without keeping them."""
    try:
        with tarfile.open(fileobj=file, mode="r:", tarinfo=_Bounded, errors="surrogateescape") as archive:  # type: ignore[call-overload]  # any file
            before = -1
            while (info := archive.next()) is not None:
                archive.members = []
                if info.offset_data <= before or info.size < 0:
                    raise tarfile.ReadError("a header that leads back")  # and would be read for ever
                before = info.offset_data
                if info.isreg() and info.sparse is None and info.offset_data + info.size > size:
                    raise tarfile.ReadError("unexpected end of data")
                yield info
    except (tarfile.TarError, OSError, ValueError, OverflowError, IndexError, EOFError, RecursionError) as error:
        raise DataError(
            "not a tar archive that can be read: it is of another kind, packed, damaged or incomplete",
            where=path,
            fix="Write it again, without compression; images in it are compressed already",
        ) from error


class _Bounded(tarfile.TarInfo):
    """A header that takes no more memory than a name may."""

    def _proc_member(self, tarfile_: tarfile.TarFile) -> tarfile.TarInfo:
        further = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE)
        if self.size < 0 or (self.type in (*further, tarfile.SOLARIS_XHDTYPE) and self.size > HEADER_BYTES_AT_MOST):
            raise tarfile.ReadError("a header of many bytes")
        return super()._proc_member(tarfile_)  # type: ignore[misc,no-any-return]  # the hook that tarfile has for this


def _kind(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        return "links"
    return "sparse files" if info.sparse is not None or info.type == tarfile.GNUTYPE_SPARSE else "special files"
