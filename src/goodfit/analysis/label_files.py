"""Anybody's predictions of any number of labels a row: u|v beside p_u, p_v and p_w, as goodfit writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.prediction_columns import labels_called
from goodfit.analysis.row_scores import SMALLEST_SHARE
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

SEPARATORS = "|;,"


def several_labels(frame: pl.DataFrame, names: Sequence[str | None], others: Sequence[str]) -> dict[str, str]:
    """Label -> its column of probabilities, where a row has several labels; empty of classes and numbers.

    Args:
        names: columns of the truth and the prediction.
        others: columns among which the probabilities are.
    """
    cells = {cell for name in names if name is not None for cell in _cells(frame, name)}
    known = {part for cell in cells for part in _parts(cell)}
    called = ((labels_called(column), column) for column in others)
    labels = {next((way for way in ways if way in known), ways[-1]): column for ways, column in called if ways}
    cells -= labels.keys()
    found = any(labels.keys() >= set(parts) for cell in cells if len(parts := _parts(cell)) > 1)
    return dict(sorted(labels.items())) if found else {}


def of_labels(
    frame: pl.DataFrame, truth: str | None, shares: Mapping[str, np.ndarray], entry: Entry, path: Path
) -> Entry:
    """The loss of every row as runs of labels have it: binary cross-entropy, the mean over the labels.

    Args:
        truth: a column of labels, several or none in a cell.
        shares: label -> (N,) its probabilities.

    Raises:
        DataError: no truth, a label without probabilities, or values that are none.
    """
    if truth is None:
        raise DataError("there is no truth beside the labels", where=path, fix="Name it: --truth COLUMN")
    number = {label: at for at, label in enumerate(shares)}
    y = np.zeros((frame.height, len(number)))
    for row, cell in enumerate(_cells(frame, truth)):
        for label in [cell] if cell in number else _parts(cell):
            if label not in number:
                raise DataError(
                    f"the label '{label}' of row {row + 1} has no column of probabilities; those of "
                    f"{', '.join(number)} are there",
                    where=path,
                    fix=f"Add p_{label}",
                )
            y[row, number[label]] = 1
    p = np.stack(list(shares.values()), axis=1)
    wrong = ((p < 0) | (p > 1)).any(axis=1)
    if wrong.any():
        raise DataError(
            f"a probability of row {int(wrong.argmax()) + 1} is not from 0 to 1",
            where=path,
            fix="Give probabilities, not scores",
        )
    true = np.where(y > 0, p, 1 - p)
    losses = -np.log(np.maximum(true, SMALLEST_SHARE)).mean(axis=1)
    return replace(entry, truth=y, losses=losses)


def _cells(frame: pl.DataFrame, name: str) -> list[str]:
    """Text of a column; empty where there is none."""
    import polars as pl

    return [(cell or "").strip() for cell in frame[name].cast(pl.String, strict=False).to_list()]


def _parts(cell: str) -> list[str]:
    """The labels of a cell, by the first separator that is in it."""
    mark = next((mark for mark in SEPARATORS if mark in cell), None)
    parts = map(str.strip, cell.split(mark) if mark else [cell])
    return [part for part in parts if part]
