"""Whether probabilities mean what they say: reliability by bins, and the expected calibration error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from goodfit.formatting import counted

BINS = 15
ROWS_OF_A_BIN = 20  # or more: in fewer the share that is right is mostly chance


@dataclass(frozen=True)
class Reliability:
    """Rows in bins of equal size by confidence; in each the mean confidence beside the share that is right.

    Attributes:
        confidence, accuracy, rows: one a bin, by rising confidence.
        by: what the bins are made by: the confidence of the prediction, or the probability of an event.
    """

    confidence: tuple[float, ...]
    accuracy: tuple[float, ...]
    rows: tuple[int, ...]
    by: str = "confidence"

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of confidence and share, weighed by the rows of the bins.

        Naeini, Cooper and Hauskrecht 2015 ("Obtaining well calibrated probabilities using Bayesian binning"). On few
        rows it is above 0 for perfect probabilities too.
        """
        total = sum(self.rows)
        each = zip(self.confidence, self.accuracy, self.rows, strict=True)
        return sum(rows * abs(said - right) for said, right, rows in each) / total if total else float("nan")

    @property
    def error_by_chance(self) -> float:
        """The error that perfect probabilities would have on as many rows, on average: chance alone moves the shares.

        Each bin's share has a binomial law around its confidence, about normal, whose mean distance is the deviation
        times sqrt(2 / pi) (Brocker and Smith 2007, "Increasing the reliability of reliability diagrams").
        """
        total = sum(self.rows)
        deviations = (
            rows * math.sqrt(2 / math.pi * believed * (1 - believed) / rows)
            for believed, rows in zip(self.confidence, self.rows, strict=True)
        )
        return sum(deviations) / total if total else float("nan")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Of what `to_json` gave."""
        bins = values["bins"]
        said, right, rows = (tuple(each[name] for each in bins) for name in ("confidence", "accuracy", "rows"))
        return cls(said, right, rows)

    def to_json(self) -> dict[str, Any]:
        """The error, how it is binned, and the bins."""
        rows = "rows" if self.by == "confidence" else "labels of rows"
        return {
            "ece": self.error,
            "binning": f"{counted(len(self.rows), 'bin')} with equally many {rows}, by {self.by}",
            "bins": [
                {"confidence": said, "accuracy": right, "rows": count}
                for said, right, count in zip(self.confidence, self.accuracy, self.rows, strict=True)
            ],
        }


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS, by: str = "confidence") -> Reliability:
    """Bins of rows.

    Args:
        confidence: (N,) probability of the predicted class, or of an event.
        right: (N,) bool: whether it is right, or the event is there.
        bins: how many at most; each has 20 rows or more.
        by: as of `Reliability`.
    """
    count = max(1, min(bins, len(confidence) // ROWS_OF_A_BIN))
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, count) if len(part)]
    return Reliability(
        tuple(float(np.mean(confidence[part])) for part in parts),
        tuple(float(np.mean(right[part])) for part in parts),
        tuple(len(part) for part in parts),
        by,
    )
