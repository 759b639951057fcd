"""The run folder of a fit: which one it is, and that it appears with its first content."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from goodfit.errors import DiskError, RunError, disk_error
from goodfit.store.files import TEMPORARY, ensure_folder, refuse_nul, sweep
from goodfit.store.run_folder import CHECKPOINT, CHECKPOINT_BEFORE, HISTORY, RECORD, REPORT, last_checkpoint

RUNS = Path("runs")
RUNS_OF_ONE_NAME = 10_000
LOCK = ".lock"  # in the run folder, while a fit writes into it


@dataclass(frozen=True)
class RunFolder:
    """A run folder, perhaps not made yet.

    Attributes:
        checkpoint: to go on from, where a stopped run is resumed.
        finished: it holds a finished run that was to be resumed.
    """

    path: Path
    checkpoint: Path | None = None
    finished: bool = False

    @property
    def killed_at_the_end(self) -> bool:
        """Whether a run is finished, but was killed before its last steps: without its page, or with its lock."""
        left = any((self.path / name).exists() for name in (CHECKPOINT, CHECKPOINT_BEFORE, LOCK))
        return self.finished and (left or not (self.path / REPORT).exists())

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Make the folder, and lock it against other fits; a new one that nothing was written into goes again.

        Raises:
            RunError: another fit has it, or took it in the meantime.
            DiskError: it cannot be written.
        """
        from filelock import FileLock, Timeout

        ensure_folder(self.path.parent)
        new = not self.path.exists()
        try:
            self.path.mkdir(exist_ok=True)
        except FileExistsError as error:
            raise _in_use(self.path) from error
        except OSError as error:
            raise disk_error(error, self.path) from error
        ensure_folder(self.path)
        lock = FileLock(self.path / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise RunError(
                "another goodfit fit is writing into this folder", where=self.path, fix="Wait, or choose another --out"
            ) from error
        try:
            taken = holds_something(self.path) if self.checkpoint is None else last_checkpoint(self.path) is None
            if taken and not self.finished:
                raise _in_use(self.path)
            sweep(self.path.parent)
            sweep(self.path, locked=True)
            if self.checkpoint is None and not self.finished:
                (self.path / HISTORY).unlink(missing_ok=True)  # of a fit that was killed before its first checkpoint
            yield
        finally:
            (self.path / LOCK).unlink(missing_ok=True)
            lock.release()
            if new and not any(self.path.iterdir()):
                self.path.rmdir()


def choose_folder(name: str, out: str | Path | None, *, resume: bool) -> RunFolder:
    """The folder that was asked for, or runs/NAME, runs/NAME-2, ...; nothing is made yet.

    Args:
        name: of the data.
        out: the folder asked for.
        resume: go on with the run in it, or with the last unfinished one of this name.

    Raises:
        RunError: a folder that holds something, without `resume`.
        DiskError: a place that cannot be written.
    """
    if out is not None:
        refuse_nul(out)
        return _given(Path(out), resume=resume)
    numbered = [RUNS / (name if number == 1 else f"{name}-{number}") for number in range(1, RUNS_OF_ONE_NAME)]
    if resume:
        taken = [path for path in numbered if path.exists()]
        for path in reversed(taken):
            checkpoint = last_checkpoint(path)
            if checkpoint is not None:
                finished = (path / RECORD).exists()  # killed before the checkpoint went
                return RunFolder(path, checkpoint=None if finished else checkpoint, finished=finished)
        if taken and (taken[-1] / RECORD).exists():
            return RunFolder(taken[-1], finished=True)
    _refuse_unwritable(RUNS)
    free = (path for path in numbered if not path.exists() or (path.is_dir() and not holds_something(path)))
    return RunFolder(next(free))


def last_finished(name: str, out: str | Path | None) -> Path:
    """The folder of the run in `out`, or of the last finished one of this name.

    Raises:
        RunError: there is none of this name.
    """
    if out is not None:
        refuse_nul(out)
        return Path(out)
    numbered = [RUNS / (name if number == 1 else f"{name}-{number}") for number in range(1, RUNS_OF_ONE_NAME)]
    finished = [path for path in numbered if (path / RECORD).exists()]
    if not finished:
        raise RunError(
            "there is no finished run to train on", where=numbered[0], fix="Leave --more out, or name a run with --out"
        )
    return finished[-1]


def _given(path: Path, *, resume: bool) -> RunFolder:
    if resume and (path / RECORD).exists():
        return RunFolder(path, finished=True)
    if resume and (checkpoint := last_checkpoint(path)) is not None:
        return RunFolder(path, checkpoint=checkpoint)
    if path.exists() and not path.is_dir():
        raise RunError("this is a file, and a folder is to be made", where=path, fix="Choose another --out")
    if path.exists() and holds_something(path):
        if resume:
            raise RunError("there is no run to resume in this folder", where=path, fix="Choose another --out")
        raise _in_use(path)
    _refuse_unwritable(path)
    return RunFolder(path)


def holds_something(path: Path) -> bool:
    """Whether there is more in a folder than what a fit leaves that is killed before its first checkpoint."""
    return any(entry.name not in (LOCK, HISTORY) and not TEMPORARY.fullmatch(entry.name) for entry in path.iterdir())


def _in_use(path: Path) -> RunError:
    if (path / RECORD).exists():
        return RunError(
            "this folder holds a finished run",
            where=path,
            fix="Choose another --out, add --more N to train it for N more epochs, or remove the folder first",
        )
    return RunError(
        "this folder is in use", where=path, fix="Choose another --out, or add --resume to go on with the run in it"
    )


def _refuse_unwritable(path: Path) -> None:
    """Before any work is done: the nearest folder above that is there must be one that can be written."""
    above = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise DiskError(
            "this place cannot be written", where=path, fix="Choose another place with --out, or change its permissions"
        )
