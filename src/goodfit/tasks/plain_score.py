"""A task's score in words for someone who does not know its metric."""

from __future__ import annotations

from dataclasses import dataclass

from goodfit.tasks.metric import Metric


@dataclass(frozen=True)
class PlainScore:
    """A score in everyday words.

    Attributes:
        metric: the one of the task's metrics that everyday words can say.
        words: of the model, with {score} and {rows} in it: "{score} of {rows} are right". The interval follows.
        verb: of other models: "always guessing one class gives 17%".
    """

    metric: Metric
    words: str
    verb: str = "gives"
