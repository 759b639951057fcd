"""Ratings: regression whose predictions stay within the range of the ratings that were learnt from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from torch import Tensor

from goodfit.tasks.rating_activity import by_activity
from goodfit.tasks.regression import Regression
from goodfit.tasks.section import Plot, Section
from goodfit.tasks.task import Targets


@dataclass(frozen=True)
class Rating(Regression):
    """Regression between `low` and `high`, in the ratings' own units."""

    low: float = 0.0
    high: float = 0.0
    name: ClassVar[str] = "rating"
    family: ClassVar[str] = "ratings"

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        """Never by the look of the targets: the source says that they are ratings."""
        return False

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        return replace(super().from_targets(targets), low=float(np.min(targets)), high=float(np.max(targets)))

    def _restored(self, out: Tensor) -> Tensor:
        return super()._restored(out).clamp(self.low, self.high)

    def _bounds(self, predicted: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """No rating lies outside of their range."""
        return np.maximum(predicted - half, self.low), np.minimum(predicted + half, self.high)

    def analyses(
        self, read: Callable[[Tensor], Tensor], train_rows: Tensor, scored_rows: Tensor, out: Tensor, y: Tensor
    ) -> dict[str, Any]:
        """activity: the error by how many training ratings the user or item has; x is (n, 2) codes of both."""
        errors = np.asarray(self.decode(out)["prediction"]) - y.numpy()
        activity = by_activity(read(train_rows).long().numpy(), read(scored_rows).long().numpy(), errors)
        return {**super().analyses(read, train_rows, scored_rows, out, y), "activity": activity}

    def sections(
        self, out: Tensor, y: Tensor, y_train: Tensor, part: str, analyses: Mapping[str, Any]
    ) -> list[Section]:
        """Predictions, and what is known of users and items."""
        sections = super().sections(out, y, y_train, part, analyses)
        if "activity" in analyses:
            text = (
                "The error on the scored rows by how many training ratings their user or item has; and how the ratings "
                "fall on the items, the most popular first."
            )
            activity = analyses["activity"]
            plots = [
                Plot("activity", (activity,), "Error by what is known", "half"),
                Plot("popularity", (activity["popularity"],), "Training ratings of each item", "half"),
            ]
            sections.append(
                Section("activity", "What is known of users and items", text, plots, link="Users and items")
            )
        return sections

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "low": self.low, "high": self.high}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return replace(super().from_json(values), low=values["low"], high=values["high"])


TASK = Rating
