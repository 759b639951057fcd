"""The sentence that every reader sees first: what it says of training rows."""

from __future__ import annotations

import pytest

from goodfit.analysis.headline import Standing, plain_sentence
from goodfit.stats.estimates import Estimate
from goodfit.tasks.classification import Classification
from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Task

CLASSES = Classification(("a", "b", "c"))
NUMBERS = Regression((10.0,), (2.0,))


def said(task: Task, own: Estimate, training: Estimate, trivial: float) -> str:
    standings = [
        Standing("this model", own, "model"),
        Standing("the trivial one", Estimate(trivial, trivial, trivial), "trivial"),
        Standing("this model on its training rows", training, "training"),
    ]
    return plain_sentence(task, task.metric, standings, "test", "row", 100, [])


@pytest.mark.parametrize(
    ("task", "own", "training", "trivial"),
    [
        (CLASSES, (0.78, 0.69, 0.85), (1.0, 0.98, 1.0), 0.33),  # 0.22 is left of 0.67, and nothing on training rows
        (NUMBERS, (0.9, 0.8, 1.0), (0.3, 0.25, 0.35), 2.0),  # an RMSE of a third
    ],
)
def test_what_is_known_by_heart_is_said(
    task: Task, own: tuple[float, float, float], training: tuple[float, float, float], trivial: float
) -> None:
    assert "It knows its training rows by heart (" in said(task, Estimate(*own), Estimate(*training), trivial)
    assert said(task, Estimate(*own), Estimate(*training), trivial).endswith("): more of them would help.")


@pytest.mark.parametrize(
    ("task", "own", "training", "trivial"),
    [
        (CLASSES, (0.82, 0.74, 0.88), (0.9, 0.86, 0.93), 0.33),  # 0.10 on training rows, above a third of 0.18
        (CLASSES, (0.9, 0.82, 0.95), (0.97, 0.94, 0.99), 0.33),  # the intervals overlap
        (CLASSES, (0.97, 0.96, 0.98), (1.0, 0.999, 1.0), 0.33),  # 0.03 of 0.67
        (NUMBERS, (0.9, 0.8, 1.0), (0.4, 0.35, 0.45), 2.0),
    ],
)
def test_and_else_only_the_figure(
    task: Task, own: tuple[float, float, float], training: tuple[float, float, float], trivial: float
) -> None:
    assert ". On the rows that it was trained on: " in said(task, Estimate(*own), Estimate(*training), trivial)
