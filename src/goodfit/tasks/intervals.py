"""Prediction intervals by split conformal prediction, apart for low and high predictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

COVERAGE = 0.9
BAND_ROWS = 100  # calibration rows; fewer would make the widths of a band too uncertain
BANDS_AT_MOST = 10


@dataclass(frozen=True)
class Intervals:
    """A prediction plus or minus a half-width that holds 90% of the true values.

    The half-width is a quantile of the absolute errors on rows that the net was not trained on: the smallest error that
    at least (n + 1) * 0.9 of the n calibration rows do not exceed, which covers a new row with 90% or more whatever
    the errors' law (Lei et al. 2018, "Distribution-free predictive inference for regression", section 2.2). The rows
    are taken in bands of the predicted value, each with its own quantile, since large values are mostly predicted
    with larger errors (Bostrom and Johansson 2020, "Mondrian conformal regressors").

    Attributes:
        edges: (bands - 1,) predicted values between the bands.
        widths: (bands,) half-widths, in the target's units.
    """

    edges: tuple[float, ...]
    widths: tuple[float, ...]

    @classmethod
    def calibrate(cls, predicted: np.ndarray, errors: np.ndarray) -> Self:
        """From predictions (n,) and absolute errors (n,) of rows that the net was not trained on."""
        bands = max(1, min(BANDS_AT_MOST, len(predicted) // BAND_ROWS))
        edges = np.quantile(predicted, np.arange(1, bands) / bands)
        band = np.searchsorted(edges, predicted)
        widths = []
        for number in range(bands):
            inside = np.sort(errors[band == number]) if (band == number).any() else np.sort(errors)
            widths.append(float(inside[min(len(inside), int(np.ceil((len(inside) + 1) * COVERAGE))) - 1]))
        return cls(tuple(edges.tolist()), tuple(widths))

    def half_widths(self, predicted: np.ndarray) -> np.ndarray:
        """(N,) for predictions (N,)."""
        return np.asarray(self.widths)[np.searchsorted(np.asarray(self.edges), predicted)]

    def to_json(self) -> dict[str, Any]:
        return {"edges": list(self.edges), "widths": list(self.widths)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(tuple(values["edges"]), tuple(values["widths"]))
