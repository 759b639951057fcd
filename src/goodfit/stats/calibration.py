"""Whether probabilities mean what they say: reliability by bins, and the expected calibration error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from goodfit.formatting import counted

BINS = 15
ROWS_OF_A_BIN = 20  # or more: in fewer the share that is right is mostly chance


@dataclass(frozen=True)
class Reliability:
    """Rows in bins of equal size by confidence; in each the mean confidence beside the share that is right.

    Attributes:
        confidence, accuracy, rows: one a bin, by rising confidence.
    """

    confidence: tuple[float, ...]
    accuracy: tuple[float, ...]
    rows: tuple[int, ...]

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of confidence and share, weighed by the rows of the bins.

        Naeini, Cooper and Hauskrecht 2015 ("Obtaining well calibrated probabilities using Bayesian binning"). On few
        rows it is above 0 for perfect probabilities too.
        """
        total = sum(self.rows)
        each = zip(self.confidence, self.accuracy, self.rows, strict=True)
        return sum(rows * abs(said - right) for said, right, rows in each) / total if total else float("nan")

    def to_json(self) -> dict[str, Any]:
        """The error, how it is binned, and the bins."""
        return {
            "ece": self.error,
            "binning": f"{counted(len(self.rows), 'bin')} with equally many rows, by confidence",
            "bins": [
                {"confidence": said, "accuracy": right, "rows": rows}
                for said, right, rows in zip(self.confidence, self.accuracy, self.rows, strict=True)
            ],
        }


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> Reliability:
    """Bins of rows.

    Args:
        confidence: (N,) probability of the predicted class, or of an event.
        right: (N,) bool: whether it is right, or the event is there.
        bins: how many at most; each has 20 rows or more.
    """
    count = max(1, min(bins, len(confidence) // ROWS_OF_A_BIN))
    order = np.argsort(confidence, kind="stable")
    parts = [part for part in np.array_split(order, count) if len(part)]
    return Reliability(
        tuple(float(np.mean(confidence[part])) for part in parts),
        tuple(float(np.mean(right[part])) for part in parts),
        tuple(len(part) for part in parts),
    )
