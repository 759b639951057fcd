"""A run as it is compared: its predictions of the rows that it was scored on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.headline import noun_of
from goodfit.errors import UsageError
from goodfit.formatting import rows_called, some_of
from goodfit.predict.scored_rows import ScoredRows, scored_rows
from goodfit.record import read_record, reading
from goodfit.tasks import from_json as task_from_json

PARTS = ("test", "valid")
LABELS_SHOWN = 12  # in a message


def run_parts(folder: Path, name: str) -> dict[str, Entry]:
    """Part (test, valid) -> the predictions of a run of the rows of this part.

    Raises:
        RunError: no run there, or a damaged one.
    """
    record = read_record(folder)
    with reading(folder, record):
        noun = noun_of(record)
        return {part: _of_run(rows, record.task, name, noun) for part, rows in scored_rows(folder).items()}


def labels_of(folder: Path) -> tuple[str, ...]:
    """The labels of a run that predicts any number of them for a row; empty of other runs.

    Raises:
        RunError: no run there, or a damaged one.
    """
    record = read_record(folder)
    return tuple(map(str, record.task["labels"])) if task_from_json(record.task).family == "labels" else ()


def label_parts(folder: Path, name: str, label: str | None) -> dict[str, Entry]:
    """The same of a single label of a run that predicts labels, as of two classes; empty of other runs.

    Args:
        label: by its name; None is an error of such a run, which has several.

    Raises:
        UsageError: the run has no such label.
    """
    labels, record = labels_of(folder), read_record(folder)
    if not labels:
        return {}
    task = task_from_json(record.task)
    if label not in labels:
        given = "is not given: the run predicts labels" if label is None else f"{label} is not one of the run's labels"
        raise UsageError(f"--positive {given}", where=folder, fix=f"Choose one of {some_of(labels, LABELS_SHOWN)}")
    classes = (f"not {label}", label)
    entries = {}
    with reading(folder, record):
        for part, rows in scored_rows(folder).items():
            shares = np.asarray(task.decode(rows.out)[f"p_{label}"], dtype=np.float64)
            truth = np.array(classes)[(rows.y[:, labels.index(label)] > 0.5).long().numpy()]
            title = rows_called(rows.title, noun_of(record))
            known = np.stack([1 - shares, shares], axis=1)
            entries[part] = Entry(name, title, tuple(rows.keys), True, truth, classes=classes, probabilities=known)
    return entries


def _of_run(rows: ScoredRows, recorded: dict[str, object], name: str, noun: str) -> Entry:
    task = task_from_json(recorded)
    out, y = rows.out, rows.y
    title = rows_called(rows.title, noun)
    entry = Entry(name, title, tuple(rows.keys), True, None, folds=rows.folds, places=rows.places, groups=rows.groups)
    if task.family == "classes":
        names = tuple(str(task.truth(number)) for number in range(task.outputs))  # type: ignore[arg-type]  # a class number for a target of one number
        truth = np.array([names[number] for number in y.tolist()])
        predicted = np.array([str(label) for label in task.decode(out)["prediction"]])
        shares = task.probabilities(out)
        known = None if shares is None else shares.double().numpy()
        return replace(entry, truth=truth, predicted=predicted, classes=names, probabilities=known)
    if task.family in ("numbers", "ratings") and "prediction" in (columns := task.decode(out)):
        predicted = np.asarray(columns["prediction"], dtype=np.float64)
        return replace(entry, truth=y.double().numpy(), predicted=predicted)
    if task.family == "numbers":
        predicted = np.stack([np.asarray(values, dtype=np.float64) for values in columns.values()], axis=1)
        return replace(entry, truth=y.double().numpy(), predicted=predicted)
    if task.family == "labels":  # in the order that files have, which name each
        labels = list(task.decode(out))[1:]  # p_LABEL of each
        return replace(
            entry, truth=y[:, np.argsort(labels)].double().numpy(), losses=task.row_losses(out, y).double().numpy()
        )
    truth = y.reshape(len(y), -1).double().numpy()
    figures = {metric: values.double().numpy() for metric, values in task.row_figures(out, y).items()}
    return replace(entry, truth=truth, losses=task.row_losses(out, y).double().numpy(), figures=figures)
