"""What a checkpoint holds, and going on from it: to the same result, bit for bit, as if never stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from torch import Tensor

from goodfit.data.normalise import Normalise
from goodfit.data.source import Source
from goodfit.errors import DataError, RunError, UsageError
from goodfit.fitting.journal import Journal
from goodfit.fitting.options import FitOptions, fit_options
from goodfit.record import Choice, NetRecord, Record
from goodfit.store.files import keep_beside
from goodfit.store.run_folder import CHECKPOINT, CHECKPOINT_BEFORE
from goodfit.store.tensors import DamagedError, load_state, save_state
from goodfit.train.checkpoint import dump
from goodfit.train.hyperparameters import Hyperparameters
from goodfit.train.loop import Training

COLUMNS_NAMED = ("target", "user", "item")


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A run that was started, as its checkpoint keeps it beside the state of the training.

    Attributes:
        options: what the user asked for.
        data: the fingerprint of the rows.
        pretrained: the weights that the net started from.
        resize: how images were brought to their shape; None: as given, of other rows and older versions.
        block: of the order of rows in an epoch: see `Source.block`.
        normalise: of the input, as JSON.
        created: when the run was started, ISO 8601 in UTC.
        analyses: what was recorded before the first step, such as the learning-rate range test.
        base: the name of the finished run that is trained on, and more: for how many epochs; see `--more`.
    """

    options: dict[str, Any]
    data: str
    net: NetRecord
    pretrained: str | None = None
    resize: str | None = None
    block: int | None = None
    normalise: dict[str, Any] | None
    hyper: Hyperparameters
    choices: list[Choice]
    created: str
    analyses: dict[str, Any] = {}
    base: str | None = None
    more: int | None = None


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read: how the run was started, and the state of its training."""

    started: Started
    tensors: dict[str, Tensor]
    values: dict[str, Any]
    path: Path

    def options_now(self, now: FitOptions, more: int | None = None) -> FitOptions:
        """The options that the run was started with.

        Args:
            more: epochs that a finished run is now to be trained on for; None: not asked for.

        Raises:
            UsageError: another value is given now.
        """
        if more is not None and more != self.started.more:
            raise UsageError(
                f"--more is {more} now and was {self.started.more} when this training was started",
                where=self.path.parent,
                fix=f"Give --more {self.started.more}, or remove that folder",
            )
        before = self.started.options
        refuse_other_options(before, now, self.path.parent)
        return FitOptions(**before)

    def refuse_other_data(self, fingerprint: str) -> None:
        """Raise a DataError where the rows are not those that the run was started with."""
        if fingerprint != self.started.data:
            raise DataError(
                "the data changed since the run was started", where=self.path.parent, fix="Start again without --resume"
            )

    @property
    def normalise(self) -> Normalise | None:
        """Of the input."""
        values = self.started.normalise
        return None if values is None else Normalise.from_json(values)


def refuse_other_source(record: Record, source: Source, given: Mapping[str, Any], folder: Path) -> None:
    """Raise where a run is to go on with data of another kind, or with another target, than it was fitted on.

    Args:
        given: options of the data, such as the target.

    Raises:
        DataError: which kind, or which column.
    """
    schema = record.source or {}
    kind, settings = schema.get("kind"), schema.get("settings")
    if kind != source.kind:
        raise DataError(
            f"this run was fitted on data of the kind {kind}, and {source.name or 'this'} is of the kind {source.kind}",
            where=folder,
            fix="Give what it was fitted on, or another --out",
        )
    for name in COLUMNS_NAMED if isinstance(settings, Mapping) else ():
        before = _names((settings or {}).get(name))
        now = _names(given.get(name)) if given.get(name) != ",".join(before) else before
        if now and before and before != now:
            raise DataError(
                f"--{name} is {','.join(now)} now and was {','.join(before)} when the run was fitted",
                where=folder,
                fix=f"Leave --{name} as it was, or give another --out",
            )


def _names(value: Any) -> list[str]:
    """Of columns: those of an option that may name several."""
    if isinstance(value, str):
        return [name.strip() for name in value.split(",")]
    return [] if value is None else [str(each) for each in value] if isinstance(value, list | tuple) else []


def refuse_other_options(
    before: Mapping[str, Any], now: FitOptions, folder: Path, *, trained: int | None = None, more: bool = False
) -> None:
    """Raise where a run is to be resumed with another value of an option than it was started with.

    Args:
        before: the options that the run was started with.
        trained: epochs of a finished run, where there is nothing left to resume.
        more: it is to be trained on.

    Raises:
        UsageError: which option, and what to do instead.
    """
    usual = FitOptions()
    for option in fit_options():
        value = getattr(now, option.name)
        if value in (before.get(option.name), getattr(usual, option.name)):
            continue
        first = before.get(option.name)
        was = "was not given" if first is None else f"was {first}"
        again = f"fit anew with {option.flag} {value} and another --out"
        if more:
            what = f"{option.flag} {value} and --more were both given"
            fix = f"Leave {option.flag} out: the run is trained on with what it was fitted with"
        elif trained is not None:
            what = f"this run is finished, and {option.flag} {was} when it was started"
            left = value - trained if option.name == "epochs" else 0
            longer = f"train it on with --more {left}, or " if left > 0 else ""
            fix = f"Its learning rate has run out: {longer}{again}"
        else:
            what = f"{option.flag} is {value} now and {was} when the run was started"
            fix = f"Resume with the same options: the learning-rate schedule was made for them. Or {again}"
        raise UsageError(what, where=folder, fix=fix)


def read_last_checkpoint(path: Path, journal: Journal) -> Checkpoint:
    """The checkpoint of an unfinished run; where it is damaged, the one before it, and the journal says so.

    Raises:
        RunError: both are damaged, or it is written by another goodfit.
    """
    before, last = path.with_name(CHECKPOINT_BEFORE), path.with_name(CHECKPOINT)
    if path == last:
        try:
            return read_checkpoint(path)
        except DamagedError as error:
            if not before.exists():
                raise
            journal.say(f"{path.name} is {error.what}; going on from the one before it")
    checkpoint = read_checkpoint(before)
    before.replace(last)
    return checkpoint


def read_checkpoint(path: Path) -> Checkpoint:
    """A checkpoint of an unfinished run.

    Raises:
        RunError: damaged, or written by another goodfit.
    """
    tensors, values = load_state(path)
    try:
        started = msgspec.convert(values["started"], Started)
    except (KeyError, msgspec.ValidationError) as error:
        raise RunError(
            f"this checkpoint cannot be resumed ({error})",
            where=path,
            fix="Start again without --resume, or use the goodfit that wrote it",
        ) from error
    return Checkpoint(started, tensors, values, path)


def write_checkpoint(path: Path, started: Started, training: Training) -> None:
    """Write the state of a training, or nothing; the checkpoint that was there is kept beside it.

    Raises:
        DiskError: no room or no permission.
    """
    tensors, values = dump(training)
    keep_beside(path, path.with_name(CHECKPOINT_BEFORE))
    save_state(path, tensors, {**values, "started": msgspec.to_builtins(started)})
