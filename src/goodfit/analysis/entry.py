"""What is compared: a model's predictions of rows whose truth is known, from a run or from anybody's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from goodfit.tasks.metric import Metric


@dataclass(frozen=True)
class Entry:
    """Predictions of a model, row by row.

    Attributes:
        name: as it is shown.
        rows: what the rows are: "test rows"; "rows" of a file.
        keys: what tells the rows apart, one each.
        keyed: whether the keys are names in the data; else they are places in the file, and rows are paired by order.
        places: row numbers of a run's data; None of a file.
        truth: (N,) text of classes, (N,) or (N, K) numbers; None: the file has none, and another's counts.
        predicted: the same; None where only losses are known.
        classes: in the order of the probabilities; empty of numbers and losses.
        probabilities: (N, classes), each row sums to 1; None where they are not known.
        losses: (N,) the loss of every row, for tasks that are neither classes nor numbers.
        figures: metric -> (N,) of every row, that are compared beside these losses.
        folds: (N,) which fold held the row out; None without folds.
        groups: (N,) which rows belong together; None: all stand alone.
        notes: what was guessed when a file was read.
    """

    name: str
    rows: str
    keys: tuple[str, ...]
    keyed: bool
    truth: np.ndarray | None
    predicted: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    probabilities: np.ndarray | None = None
    losses: np.ndarray | None = None
    figures: Mapping[Metric, np.ndarray] = field(default_factory=dict)
    folds: np.ndarray | None = None
    places: np.ndarray | None = None
    groups: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def kind(self) -> str:
        """classes, numbers or losses."""
        if self.losses is not None:
            return "losses"
        return "classes" if self.classes else "numbers"

    def taken(self, at: np.ndarray) -> Entry:
        """These rows, in this order."""
        return replace(
            self,
            keys=tuple(self.keys[place] for place in at.tolist()),
            truth=None if self.truth is None else self.truth[at],
            predicted=None if self.predicted is None else self.predicted[at],
            probabilities=None if self.probabilities is None else self.probabilities[at],
            losses=None if self.losses is None else self.losses[at],
            figures={metric: values[at] for metric, values in self.figures.items()},
            folds=None if self.folds is None else self.folds[at],
            places=None if self.places is None else self.places[at],
            groups=None if self.groups is None else self.groups[at],
        )
