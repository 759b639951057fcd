"""The rows in which compared models differ, the largest differences first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_scores import absolute_errors, log_losses, right, row_losses
from goodfit.formatting import number


@dataclass(frozen=True)
class DifferingRow:
    """A row, its truth, what each model predicts, and how wrong each is.

    Attributes:
        predicted: as text, one a model.
        wrong: one a model: of classes whether it is wrong.
        losses: one a model: log loss or absolute error; of classes without probabilities 0 or 1.
    """

    key: str
    truth: str
    predicted: tuple[str, ...]
    wrong: tuple[bool, ...]
    losses: tuple[float, ...]


def differing_rows(entries: Sequence[Entry], most: int) -> tuple[list[DifferingRow], int]:
    """The rows with the largest differences, and how many differ: of classes in being right, else in the error.

    Args:
        entries: of the same rows.
        most: rows to give.
    """
    first = entries[0]
    losses = np.stack([_losses(entry) for entry in entries], axis=1)
    spread = losses.max(axis=1) - losses.min(axis=1)
    if first.kind == "classes":
        correct = np.stack([right(entry) for entry in entries], axis=1) > 0
        differs = correct.any(axis=1) & ~correct.all(axis=1)
    else:
        correct = np.ones_like(losses, dtype=bool)
        differs = spread > 0
    order = np.flatnonzero(differs)[np.argsort(-spread[differs], kind="stable")]
    rows = [
        DifferingRow(
            first.keys[at],
            _text(first.truth, at) if first.kind != "losses" else "",
            tuple(_text(entry.predicted, at) for entry in entries),
            tuple((~correct[at]).tolist()),
            tuple(losses[at].tolist()),
        )
        for at in order[:most].tolist()
    ]
    return rows, int(differs.sum())


def _losses(entry: Entry) -> np.ndarray:
    if entry.kind == "losses":
        return row_losses(entry)
    if entry.kind == "numbers":
        return absolute_errors(entry)
    return log_losses(entry) if entry.probabilities is not None else 1 - right(entry)


def _text(values: np.ndarray | None, at: int) -> str:
    if values is None:
        return ""
    value = values[at]
    if values.ndim > 1:
        return ", ".join(number(each, 6) for each in value.tolist())
    return str(value) if values.dtype.kind != "f" else number(float(value), 6)
