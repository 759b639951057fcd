"""Every error that goodfit raises on purpose.

GoodfitError          anything that is wrong with what was given; the command prints it in one line, exit 2
├── DataError         a file, row, column or label
│   └── NoPredictionError  a table without a column of predictions
├── ModelError        a net, its weights or what it returns
├── UsageError        an option or an argument
├── RunError          a run folder: missing, of a newer format, damaged
│   └── NotARunError  a file, or a folder of something else
├── ProcessError      another process of the same fit: ended, silent, different
└── DiskError         no room, no permission, read-only
"""

from __future__ import annotations

import errno
from os import PathLike

from goodfit.formatting import sentence
from goodfit.naming import named, with_addresses


class GoodfitError(Exception):
    """What is wrong, where, and how to fix it.

    Options are named as the command line does, `--batch-size 8`; who calls from Python reads `batch_size=8`.

    Args:
        what: the fault in plain words, no full stop at the end.
        where: the file, row or column in question; it opens the message.
        fix: what to do about it, a sentence of its own without its full stop.
    """

    def __init__(self, what: str, *, where: str | PathLike[str] | None = None, fix: str | None = None) -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what, where, fix)

    def __reduce__(self) -> tuple[object, ...]:
        """From one process to another, as a pool of workers sends it."""
        return _again, (type(self), self.what, self.where, self.fix)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where is not None else ""
        advice = f" {sentence(self.fix)}" if self.fix else ""
        return with_addresses(place + named(sentence(self.what) + advice))


def _again(kind: type[GoodfitError], what: str, where: str | PathLike[str] | None, fix: str | None) -> GoodfitError:
    return kind(what, where=where, fix=fix)


class DataError(GoodfitError):
    """A file, row, column or label cannot be used."""


class NoPredictionError(DataError):
    """A table in which no column of predictions is recognised, where one is needed."""


class ModelError(GoodfitError):
    """A net cannot be built, loaded or run on this data."""


class UsageError(GoodfitError):
    """An option or argument that does not make sense."""


class RunError(GoodfitError):
    """A run folder that is missing, damaged or of a newer format."""


class NotARunError(RunError):
    """A file, or a folder without a run in it, where a run folder is needed."""


class ProcessError(GoodfitError):
    """Another process of the same fit has ended, does not answer, or computes otherwise."""


class DiskError(GoodfitError):
    """A place that cannot be written."""


def disk_error(error: OSError, where: str | PathLike[str]) -> DiskError:
    """The one clear line for an operating-system error met while writing `where`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskError(
            "the disk is full", where=where, fix="Free some space, or choose another place with --out or --cache"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DiskError(
            "this place cannot be written",
            where=where,
            fix="Choose another place with --out, or change its permissions",
        )
    return DiskError(f"cannot write ({error.strerror or error})", where=where, fix="Choose another place with --out")
