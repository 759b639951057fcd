"""The rows in which compared models differ, the largest differences first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_scores import absolute_errors, log_losses, right, row_losses
from goodfit.formatting import aligned


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
    shown = order[:most]
    truths = _texts(first.truth if first.kind != "losses" else None, shown)
    predicted = zip(*(_texts(entry.predicted, shown) for entry in entries), strict=True)
    rows = [
        DifferingRow(first.keys[at], truth, of_models, tuple((~correct[at]).tolist()), tuple(losses[at].tolist()))
        for at, truth, of_models in zip(shown.tolist(), truths, predicted, strict=True)
    ]
    return rows, int(differs.sum())


def _losses(entry: Entry) -> np.ndarray:
    if entry.kind == "losses":
        return row_losses(entry)
    if entry.kind == "numbers":
        return absolute_errors(entry)
    return log_losses(entry) if entry.probabilities is not None else 1 - right(entry)


def _texts(values: np.ndarray | None, rows: np.ndarray) -> list[str]:
    """Values of these rows as text; numbers with equally many decimals."""
    if values is None:
        return [""] * len(rows)
    of_rows = values[rows]
    if values.ndim > 1:
        columns = [aligned(column) for column in of_rows.T.tolist()]
        return [", ".join(row) for row in zip(*columns, strict=True)]
    return aligned(of_rows.tolist()) if values.dtype.kind == "f" else [str(value) for value in of_rows.tolist()]
