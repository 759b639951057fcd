"""Rows whose labels are probably wrong: of a run, or of anybody's predictions with probabilities."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.prediction_columns import Named
from goodfit.analysis.prediction_files import file_entry
from goodfit.errors import NoPredictionError, UsageError
from goodfit.stats.confident_learning import wrong_labels
from goodfit.store.csv_cells import cell
from goodfit.store.files import replacing
from goodfit.store.outputs import WRONG_LABELS, is_wrong_labels, refuse_to_replace

CLASSES_KEPT_APART = 2  # with fewer there is no other class


@dataclass(frozen=True)
class WrongLabel:
    """A row whose label is probably wrong.

    Attributes:
        key: the row, as the data names it.
        label: as it is given, "not NAME" of a row that may have several and has not this one; suggested: the most
            probable class.
        probability, suggested_probability: of both, by a model that did not learn from the row.
    """

    key: str
    label: str
    suggested: str
    probability: float
    suggested_probability: float


@dataclass(frozen=True)
class WrongLabels:
    """What was looked at, and what is probably wrong in it.

    Attributes:
        rows: looked at.
        of: which rows these are: "rows held out in folds and test rows".
        wrong: the least believed label first.
        right: share of the rows whose label is the most probable class. Where it is low the classes overlap, and many a
            label that is not believed is right all the same.
        labels: how many yes-or-no labels each row has; 1: it has a single class.
        inputs: what was read, which is never written over.
        notes: how a file was read.
    """

    rows: int
    of: str
    wrong: tuple[WrongLabel, ...]
    right: float
    labels: int = 1
    inputs: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What `goodfit labels --json` prints."""
        wrong = [dict(_cells(each)) for each in self.wrong]
        return {
            "rows": self.rows,
            "labels": self.labels,
            "of": self.of,
            "right": self.right,
            "wrong": wrong,
            "notes": list(self.notes),
        }

    def write(self, path: str | Path) -> Path:
        """Write a CSV: key, label, suggested, and the probabilities of both.

        Raises:
            UsageError: there is another file of this name, which goodfit did not make.
            DiskError: no room or no permission.
        """
        path = Path(path)
        refuse_to_replace(path, is_wrong_labels, self.inputs)
        with (
            replacing(path) as temporary,
            temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(WRONG_LABELS)
            writer.writerows([cell(value) for _, value in _cells(each)] for each in self.wrong)
        return path


def find_wrong_labels(model: Any, *, truth: str | None = None, key: str | None = None) -> WrongLabels:
    """Rows whose labels are probably wrong, by confident learning (`goodfit.stats.confident_learning`).

    Of a run all rows are looked at that its model did not learn from: test rows, and validation rows or rows held out
    in folds; a cross-fitted table is looked at in whole. Labels that a model was trained on it may know by heart. Where
    a row may have several labels, each of them is looked at by itself, as of two classes.

    Args:
        model: a run folder, a `Run`, or a table with labels and a column of probabilities for each class.
        truth, key: columns of a table, where their names are not the usual ones.

    Raises:
        UsageError: a model without classes or probabilities.
        RunError: no run there.
    """
    path = Path(model) if isinstance(model, (str, Path)) else Path(model.folder)
    names = _labels_of_run(path) if path.is_dir() else ()
    if not names:
        return _of_entries(_of_run(path) if path.is_dir() else [_of_file(path, Named(truth=truth, key=key))], path)
    of_each = [_of_entries(_of_run(path, label), path) for label in names]
    wrong = sorted((row for each in of_each for row in each.wrong), key=lambda row: row.probability)
    right = float(np.mean([each.right for each in of_each]))
    return WrongLabels(of_each[0].rows, of_each[0].of, tuple(wrong), right, len(names), (path,))


def _of_entries(entries: Sequence[Entry], path: Path) -> WrongLabels:
    labels, shares, keys = _together(entries, path)
    names = entries[0].classes
    wrong: list[WrongLabel] = []
    for at in wrong_labels(labels, shares).tolist():
        best = int(shares[at].argmax())
        wrong.append(
            WrongLabel(keys[at], names[labels[at]], names[best], float(shares[at, labels[at]]), float(shares[at, best]))
        )
    right = float((shares.argmax(axis=1) == labels).mean())
    rows = " and ".join(entry.rows for entry in entries)
    return WrongLabels(len(labels), rows, tuple(wrong), right, inputs=(path,), notes=entries[0].notes)


def _labels_of_run(folder: Path) -> tuple[str, ...]:
    """The labels of which each row has any number; empty of a run of another kind."""
    from goodfit.analysis.run_entry import labels_of  # late: imports torch, and files do without

    return labels_of(folder)


def _of_run(folder: Path, label: str | None = None) -> list[Entry]:
    from goodfit.analysis.run_entry import label_parts, run_parts  # late: imports torch, and files do without

    name = folder.resolve().name
    parts = run_parts(folder, name) if label is None else label_parts(folder, name, label)
    return [parts[part] for part in ("valid", "test") if part in parts]


def _of_file(path: Path, columns: Named) -> Entry:
    try:
        return file_entry(path, columns, classes=True)
    except NoPredictionError as error:
        raise NoPredictionError(
            error.what, where=path, fix="Give a run that was fitted to it, or a table with columns p_LABEL besides, "
            f"one for each class, as goodfit predict RUN {path} writes them"
        ) from error  # fmt: skip


def _together(entries: Sequence[Entry], path: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Class numbers, probabilities and keys of all rows."""
    first = entries[0]
    if first.kind != "classes":
        raise UsageError("its rows have no single class", where=path, fix="Give a model of classes")
    if any(entry.truth is None for entry in entries):
        raise UsageError("no column with the labels is recognised", where=path, fix="Name it: --truth COLUMN")
    if any(entry.probabilities is None for entry in entries):
        raise UsageError(
            "it has no probabilities of the classes", where=path, fix="Give columns p_LABEL, one for each class"
        )
    if len(first.classes) < CLASSES_KEPT_APART:
        raise UsageError("there is a single class", where=path, fix="Give rows of two or more")
    number = {label: at for at, label in enumerate(first.classes)}
    labels = [number[label] for entry in entries if entry.truth is not None for label in entry.truth.tolist()]
    shares = [entry.probabilities for entry in entries if entry.probabilities is not None]
    return np.array(labels, dtype=np.int64), np.concatenate(shares), [key for entry in entries for key in entry.keys]


def _cells(each: WrongLabel) -> list[tuple[str, Any]]:
    values = each.key, each.label, each.suggested, each.probability, each.suggested_probability
    return list(zip(WRONG_LABELS, values, strict=True))
