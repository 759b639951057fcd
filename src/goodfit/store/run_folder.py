"""The files of a run folder. run.json is written last: it makes the folder a finished run."""

from __future__ import annotations

import shutil
from pathlib import Path

from goodfit.errors import RunError
from goodfit.store.files import ensure_folder, replacing

RECORD = "run.json"
WEIGHTS = "model.safetensors"
SCORES = "scores.safetensors"  # outputs and targets of the scored rows: what the report is drawn from
CURVE = "curve"  # in it: losses of some validation rows after each epoch
LOOKS = "looks.json"  # how often test rows were scored
CHECKPOINT = "checkpoint.safetensors"  # of an unfinished run
CHECKPOINT_BEFORE = "checkpoint-before.safetensors"  # the one before it, for the case that the last is damaged
HISTORY = "history.jsonl"  # a line an epoch, written as it ends
SPLIT = "split.csv"  # the part of every row
PREDICTIONS = "predictions.csv"  # of the scored rows
REPORT = "report.html"
SAVED = (RECORD, WEIGHTS, LOOKS, SCORES, HISTORY, SPLIT, PREDICTIONS, REPORT)


def copy_run(folder: Path, target: Path) -> Path:
    """Copy a run to a folder that is new, empty, or an earlier copy of the same run; run.json comes last.

    Raises:
        RunError: there is something else in that folder already, another run included.
        DiskError: no room or no permission.
    """
    if target.exists() and not target.is_dir():
        raise RunError("this is a file, and a folder is to be made", where=target, fix="Choose another name")
    if target.exists() and target.samefile(folder):
        return target
    if target.exists() and any(target.iterdir()):
        record = target / RECORD
        if not record.is_file() or record.read_bytes() != (folder / RECORD).read_bytes():
            what = "another run" if record.exists() else "something else"
            raise RunError(f"there is {what} in this folder", where=target, fix="Choose another one")
    ensure_folder(target)
    for name in sorted(SAVED, key=lambda name: name == RECORD):
        if (folder / name).exists():
            with replacing(target / name) as temporary:
                shutil.copy2(folder / name, temporary)
    return target


def last_checkpoint(folder: Path) -> Path | None:
    """The last checkpoint of an unfinished run, whole or not; None: there is none."""
    paths = (folder / name for name in (CHECKPOINT, CHECKPOINT_BEFORE))
    return next((path for path in paths if path.exists()), None)
