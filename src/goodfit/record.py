"""What run.json holds: one type, written and read in one place. A damaged one is named by its field."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from goodfit.checks.finding import Finding
from goodfit.errors import GoodfitError, NotARunError, RunError
from goodfit.formatting import counted
from goodfit.stats.estimates import Estimate
from goodfit.store.absent import absent
from goodfit.store.files import write_text
from goodfit.store.run_folder import CHECKPOINT, RECORD, SAVED
from goodfit.train.hyperparameters import Hyperparameters

ENDLESS = {"value": math.nan, "low": -math.inf, "high": math.inf}  # what null is in an estimate
FORMAT = 2  # of run.json; every earlier format keeps loading
A_RUN = "Give a folder that goodfit fit made, such as runs/NAME"
LETTERS_OF_REASON = 200


@dataclass(frozen=True)
class Choice:
    """One choice that was made, its value, and why, in a line."""

    name: str
    value: str
    why: str


@dataclass(frozen=True)
class BlendedPart:
    """A model that a net is blended with: its architecture, and what builds it again."""

    arch: str
    options: dict[str, Any]
    name: str


@dataclass(frozen=True)
class SpreadPart:
    """What gives the spread of each row: see `goodfit.nets.with_spread.WithSpread`.

    Attributes:
        arch, options, in_shape: what builds it again.
        head: the layer of the model whose input are its features; None: x itself is.
        numbers: how many of the features are numbers.
    """

    arch: str
    options: dict[str, Any]
    in_shape: tuple[int, ...]
    head: str | None
    numbers: int


@dataclass(frozen=True)
class NetRecord:
    """What builds the net again: the architecture by name, or words for a net of the user's own code.

    Attributes:
        in_shape: of x, without the batch dimension.
        folds: nets of this architecture, each trained without one fold of the rows; 1 without cross-fitting.
        parts: architecture, options and name of what is blended with it.
        spread: of prediction intervals whose widths follow x; None without.
    """

    arch: str | None
    own: str | None
    in_shape: tuple[int, ...]
    outputs: int
    options: dict[str, Any]
    folds: int = 1
    parts: tuple[BlendedPart, ...] = ()
    spread: SpreadPart | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of each part, and those that could not be read.

    Attributes:
        folds: of the training rows, which validate in turn; 1: there is a validation part. Older versions noted it of
            the nets alone.
    """

    train: int
    valid: int
    test: int
    unreadable: int
    folds: int = 1


@dataclass(frozen=True)
class UnreadableRow:
    """A row that could not be read, and why."""

    key: str
    reason: str


@dataclass(frozen=True)
class RivalScore:
    """How another model does on the same rows.

    Attributes:
        name: as people read it: boosted trees; the net alone, where it is blended with others.
        seconds: of fitting.
        share: its weight in the blend over the sum of all; None: it is not in it.
        metrics: part -> metric -> value with its 95% interval.
        excess: what it loses more in a row than the model, mean over the scored rows with its 95% interval; below 0
            the rival is better.
    """

    name: str
    seconds: float
    share: float | None
    metrics: dict[str, dict[str, Estimate]]
    excess: Estimate


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run.

    Attributes:
        task: its name, and what it needs to read targets and to write predictions.
        source: the kind of data, and how new data is read in the same way.
        normalise: means and deviations of the input; None where the net takes it as it is.
        options: what the user asked for.
        history: a line an epoch.
        best_epoch: counted from 1, whose weights were kept.
        metrics: part -> metric -> value with its 95% interval; baseline: the same of the trivial predictor.
        training_metrics: the same as metrics, of a sample of the training rows; empty in runs of older versions.
        rivals: other models on the same rows, the net alone among them where it is blended.
        explanation: what the columns of a table contribute.
        analyses: what the task adds, by name.
        checksum: of all else; None in runs of older versions, and before the record is written.
    """

    format: int
    goodfit: str
    created: str
    task: dict[str, Any]
    source: dict[str, Any]
    normalise: dict[str, Any] | None
    net: NetRecord
    hyperparameters: Hyperparameters
    options: dict[str, Any]
    choices: list[Choice]
    rows: Rows
    unreadable: list[UnreadableRow]
    decoded: int
    history: list[dict[str, float | None]]
    best_epoch: int
    seconds: float
    verdict: str
    sentences: list[str]
    findings: list[Finding]
    metrics: dict[str, dict[str, Estimate]]
    baseline: dict[str, dict[str, float]]
    looks_at_test: int
    environment: dict[str, str]
    explanation: dict[str, Any] | None = None
    analyses: dict[str, Any] = {}
    rivals: list[RivalScore] = []
    training_metrics: dict[str, Estimate] = {}
    checksum: str | None = None

    @property
    def cross_fitted(self) -> bool:
        """Whether the training rows validate as well, each by a model that was not trained on it."""
        return max(self.rows.folds, self.net.folds) > 1

    @property
    def verified(self) -> bool:
        """Whether it is known to hold what goodfit wrote."""
        return self.checksum is not None


def write_record(folder: Path, record: Record) -> Record:
    """Write run.json: the last file of a run, which makes it one; the record as it was written, with its checksum."""
    values = _unicode(msgspec.to_builtins(msgspec.structs.replace(record, checksum=None)))
    values["checksum"] = _checksum(values)
    text = msgspec.json.format(msgspec.json.encode(values), indent=1)
    write_text(folder / RECORD, text.decode("utf-8") + "\n")
    return msgspec.structs.replace(record, checksum=values["checksum"])


def read_record(folder: Path) -> Record:
    """run.json of a run folder.

    Raises:
        RunError: no run there, an unfinished one, one of a newer format, or a damaged one: its field is named.
    """
    path = folder / RECORD
    if folder.is_file():
        what = "this is a file, and a run folder is needed"
        if folder.name in SAVED and (folder.parent / RECORD).exists():
            raise RunError(what, where=folder, fix=f"Give the folder, {folder.parent}")
        raise NotARunError(what, where=folder, fix=A_RUN)
    if not folder.exists():
        raise absent(folder, "no such run folder", RunError)
    if not path.is_file():
        if (folder / CHECKPOINT).exists():
            raise RunError(
                "this run is not finished", where=folder, fix="Finish it: the same goodfit fit with --resume"
            )
        runs = sorted(record.parent for record in folder.glob(f"*/{RECORD}"))
        if runs:
            fix = f"It holds {counted(len(runs), 'run')}: give one, such as {runs[0]}"
            raise RunError("there is no run here", where=folder, fix=fix)
        raise NotARunError("there is no run here", where=folder, fix=A_RUN)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RunError("this file cannot be read", where=path, fix="Change its permissions") from error
    try:
        values: dict[str, Any] = msgspec.json.decode(content, type=dict)
        version = msgspec.convert(values.get("format"), int)
        if version > FORMAT:
            raise RunError(
                f"format {version}, written by goodfit {values.get('goodfit', '?')}",
                where=path,
                fix="Upgrade: pip install -U goodfit",
            )
        if version < 1:
            raise damaged(path, f"format: {version} is none that there is")
        whole = values.get("checksum") in (None, _checksum(values))
        for earlier in range(version, FORMAT):
            values = UPGRADES[earlier](values)
        record = msgspec.convert(_without_end(values), Record)
        if not whole:
            raise RunError(
                "its content is not what was written",
                where=path,
                fix='Fit again, or take a copy; if you changed it yourself, remove its "checksum"',
            )
        return record
    except msgspec.ValidationError as error:
        raise damaged(path, _in_plain_words(str(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged(path, f"not JSON ({error})") from error


def _checksum(values: dict[str, Any]) -> str:
    """Of all values but the checksum itself, however they are set out in the file."""
    others = {name: value for name, value in values.items() if name != "checksum"}
    plain = msgspec.json.decode(msgspec.json.encode(others))
    return hashlib.blake2b(msgspec.json.encode(plain, order="deterministic"), digest_size=16).hexdigest()


def _unicode(value: Any) -> Any:
    """JSON values whose texts JSON can hold: bytes that are not UTF-8 are written out, as `\\udcff`."""
    if isinstance(value, str):
        return value.encode("utf-8", errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_unicode(name): _unicode(each) for name, each in value.items()}
    return [_unicode(each) for each in value] if isinstance(value, list | tuple) else value


def _without_end(values: Any) -> Any:
    """Intervals without an end, as those of two rows are: JSON has no infinity, and null stands for it."""
    if isinstance(values, list):
        return [_without_end(each) for each in values]
    if not isinstance(values, dict):
        return values
    values = {name: _without_end(each) for name, each in values.items()}
    if ENDLESS.keys() <= values.keys():
        values |= {name: end for name, end in ENDLESS.items() if values[name] is None}
    return values


def damaged(path: Path, what: str) -> RunError:
    """The one line for a run folder's file that cannot be what goodfit wrote."""
    return RunError(f"damaged: {what}", where=path, fix="Fit again, or take a copy")


@contextmanager
def reading(folder: Path, record: Record) -> Iterator[None]:
    """What a record that is not verified leads to is a damaged run, in one line; else it is a fault of ours.

    Raises:
        RunError: in place of whatever else than an error of ours was raised.
    """
    try:
        yield
    except GoodfitError:
        raise
    except Exception as error:
        if record.verified or record.net.arch is None:  # a net of the user's own may raise anything
            raise
        what = f"{error} is missing" if isinstance(error, KeyError) else f"{type(error).__name__}, {error}"
        raise damaged(folder / RECORD, what.splitlines()[0][:LETTERS_OF_REASON]) from error


def _in_plain_words(message: str) -> str:
    """msgspec's "Expected `int`, got `str` - at `$.rows.train`" as "rows.train: expected int, got str"."""
    what, _, place = message.partition(" - at ")
    what = what.replace("`", "")
    what = what[:1].lower() + what[1:]
    place = place.strip("`").removeprefix("$").lstrip(".")
    return f"{place}: {what}" if place else what


def _from_format_1(values: dict[str, Any]) -> dict[str, Any]:
    """Format 1 called the net model, the hyperparameters plan and the options asked; only ratings had an analysis."""
    renamed = {"model": "net", "plan": "hyperparameters", "asked": "options"}
    upgraded = {renamed.get(name, name): value for name, value in values.items() if name != "activity"}
    if values.get("activity") is not None:
        upgraded["analyses"] = {"activity": values["activity"]}
    return {**upgraded, "format": 2}


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_format_1}
