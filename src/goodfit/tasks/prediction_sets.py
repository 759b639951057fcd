"""Prediction sets of classes by split conformal prediction, each class by its own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from goodfit.tasks.intervals import COVERAGE

CLASS_ROWS = 50  # calibration rows of a class; fewer would make its bound too uncertain: then all rows make it


@dataclass(frozen=True)
class PredictionSets:
    """For each row the classes that it may be: the true one is among them in 90% of the rows of every class.

    A class is in the set where its probability is at least a bound. The bound is the quantile of the probabilities of
    the true class on rows that the net was not trained on, which covers a new row with 90% or more whatever the net
    (Sadinle, Lei and Wasserman 2019, "Least ambiguous set-valued classifiers with bounded error levels"); each class of
    50 rows or more has its own, so that rare classes are covered as well (label-conditional: Vovk 2012, "Conditional
    validity of inductive conformal predictors").

    Attributes:
        bounds: (C,) the smallest probability with which a class is in a set.
    """

    bounds: tuple[float, ...]

    @classmethod
    def calibrate(cls, probabilities: np.ndarray, labels: np.ndarray) -> Self:
        """From probabilities (n, C) and class numbers (n,) of rows that the net was not trained on."""
        of_true = probabilities[np.arange(len(labels)), labels]
        bounds = []
        for number in range(probabilities.shape[1]):
            own = of_true[labels == number]
            bounds.append(_bound(own if len(own) >= CLASS_ROWS else of_true))
        return cls(tuple(bounds))

    def members(self, probabilities: np.ndarray) -> np.ndarray:
        """(N, C) bool for probabilities (N, C); the most probable class is in every set."""
        inside = probabilities >= np.asarray(self.bounds)
        inside[np.arange(len(probabilities)), probabilities.argmax(axis=1)] = True
        return inside

    def names(self, probabilities: np.ndarray, classes: Sequence[object]) -> list[str]:
        """The classes of each set, the most probable first, separated by |."""
        inside = self.members(probabilities)
        order = np.argsort(-probabilities, axis=1, kind="stable")
        return [
            "|".join(str(classes[number]) for number in ranked if taken[number])
            for ranked, taken in zip(order.tolist(), inside, strict=True)
        ]


def _bound(of_true: np.ndarray) -> float:
    """The largest bound that at least (n + 1) * 0.9 of these n probabilities reach; 0 where there are too few."""
    above = int(np.ceil((len(of_true) + 1) * COVERAGE))
    return float(np.sort(of_true)[len(of_true) - above]) if above <= len(of_true) else 0.0
