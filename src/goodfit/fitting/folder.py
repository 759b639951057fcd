"""The run folder of a fit: which one it is, and that it appears with its first content."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from goodfit.errors import DiskError, RunError
from goodfit.store.files import ensure_folder
from goodfit.store.run_folder import CHECKPOINT, RECORD

RUNS = Path("runs")
RUNS_OF_ONE_NAME = 10_000


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

    def claim(self) -> None:
        """Make the folder.

        Raises:
            RunError: another fit took it in the meantime.
            DiskError: it cannot be written.
        """
        ensure_folder(self.path.parent)
        try:
            self.path.mkdir(exist_ok=True)
        except FileExistsError as error:
            raise _in_use(self.path) from error
        ensure_folder(self.path)
        if any(self.path.iterdir()):
            raise _in_use(self.path)


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
        return _given(Path(out), resume=resume)
    numbered = [RUNS / (name if number == 1 else f"{name}-{number}") for number in range(1, RUNS_OF_ONE_NAME)]
    if resume:
        taken = [path for path in numbered if path.exists()]
        for path in reversed(taken):
            if (path / CHECKPOINT).exists():
                return RunFolder(path, checkpoint=path / CHECKPOINT)
        if taken and (taken[-1] / RECORD).exists():
            return RunFolder(taken[-1], finished=True)
    _refuse_unwritable(RUNS)
    return RunFolder(next(path for path in numbered if not path.exists()))


def _given(path: Path, *, resume: bool) -> RunFolder:
    if resume and (path / RECORD).exists():
        return RunFolder(path, finished=True)
    if resume and (path / CHECKPOINT).exists():
        return RunFolder(path, checkpoint=path / CHECKPOINT)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        if resume:
            raise RunError("there is no run to resume in this folder", where=path, fix="Choose another --out")
        raise _in_use(path)
    _refuse_unwritable(path)
    return RunFolder(path)


def _in_use(path: Path) -> RunError:
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
