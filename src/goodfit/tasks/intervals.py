"""Prediction intervals by conformal prediction, apart for bands of rows; their widths may follow x."""

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

    Where something is known of how far a prediction is usually off (its spread), errors are taken in multiples of it
    (Lei et al., section 5.2), and the bands are those of the spread: so the rows that it takes for quiet are covered as
    well as those that it takes for noisy, even where it is wrong.

    Attributes:
        edges: (bands - 1,) predicted values between the bands, or spreads where `relative`.
        widths: (bands,) half-widths, in the target's units, or in spreads.
        relative: to the spread.
    """

    edges: tuple[float, ...]
    widths: tuple[float, ...]
    relative: bool = False

    @classmethod
    def calibrate(cls, predicted: np.ndarray, errors: np.ndarray, spread: np.ndarray | None = None) -> Self:
        """From rows that the net was not trained on.

        Args:
            predicted: (n,) predictions.
            errors: (n,) how far they are off, without a sign.
            spread: (n,) how far they were expected to be off, by what has not seen these errors.
        """
        by, of = (predicted, errors) if spread is None else (spread, errors / spread)
        bands = max(1, min(BANDS_AT_MOST, len(by) // BAND_ROWS))
        edges = np.quantile(by, np.arange(1, bands) / bands)
        band = np.searchsorted(edges, by)
        widths = []
        for number in range(bands):
            inside = np.sort(of[band == number]) if (band == number).any() else np.sort(of)
            widths.append(float(inside[min(len(inside), int(np.ceil((len(inside) + 1) * COVERAGE))) - 1]))
        return cls(tuple(edges.tolist()), tuple(widths), spread is not None)

    def half_widths(self, predicted: np.ndarray, spread: np.ndarray | None = None) -> np.ndarray:
        """(N,) for predictions (N,) and, where these are relative, spreads (N,)."""
        if not self.relative:
            return np.asarray(self.widths)[np.searchsorted(np.asarray(self.edges), predicted)]
        assert spread is not None, "relative intervals need the spread of each row"
        return np.asarray(np.asarray(self.widths)[np.searchsorted(np.asarray(self.edges), spread)] * spread)

    def losses(self, predicted: np.ndarray, errors: np.ndarray, spread: np.ndarray | None = None) -> np.ndarray:
        """(N,) the interval score of each row: its width, and twenty times what the truth lies outside of it.

        Lower is better, and it is lowest where the bounds are the 5% and 95% quantiles of the row's own law (Gneiting
        and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation", section 6.2).
        """
        half = self.half_widths(predicted, spread)
        return np.asarray(2 * half + 2 / (1 - COVERAGE) * np.maximum(0.0, errors - half))

    def to_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {"edges": list(self.edges), "widths": list(self.widths)}
        return {**values, "relative": True} if self.relative else values

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(tuple(values["edges"]), tuple(values["widths"]), bool(values.get("relative", False)))
