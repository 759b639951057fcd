"""Ratings: regression whose predictions stay within the range of the ratings that were learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from torch import Tensor

from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Targets


@dataclass
class Rating(Regression):
    """Regression between `low` and `high`, in the ratings' own units."""

    low: float = 0.0
    high: float = 0.0
    name: ClassVar[str] = "rating"

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        """Never by the look of the targets: the source says that they are ratings."""
        return False

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        task = super().from_targets(targets)
        task.low, task.high = float(np.min(targets)), float(np.max(targets))
        return task

    def _restored(self, out: Tensor) -> Tensor:
        return super()._restored(out).clamp(self.low, self.high)

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "low": self.low, "high": self.high}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        task = super().from_json(values)
        task.low, task.high = values["low"], values["high"]
        return task


TASK = Rating
