"""The rival of boosted trees: scikit-learn's histogram gradient boosting, small trees at a low rate.

Friedman 2001 ("Greedy function approximation: a gradient boosting machine"). How many trees are kept is chosen by the
rows held out. The model is the mean of those of the folds.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from goodfit.rivals.grown import Grown, tensors_of
from goodfit.rivals.rival import Lesson, Rival

FEW_ROWS = 10_000
SMALL = {"max_leaf_nodes": 12, "min_samples_leaf": 10, "l2_regularization": 3.0, "max_features": 0.5}
LARGE = {"max_leaf_nodes": 31, "min_samples_leaf": 20, "l2_regularization": 1.0, "max_features": 0.5}
RATE = 0.05
RATE_OF_MANY, ROUNDS_OF_MANY = 0.1, 100  # of more than two classes: each round grows a tree for every class
ROUNDS = {"classes": 200, "labels": 200, "numbers": 400}
DEPTH = 8
STRIDE = 5  # rounds between two lengths that are tried
OUTPUTS_AT_MOST = 30  # a tree for each in every round
LEVELS_AT_MOST = 255  # of a category; the codes of more are taken as numbers: they are in order of frequency


class TreesRival(Rival):
    name: ClassVar[str] = "boosted trees"
    place: ClassVar[int] = 2
    arch: ClassVar[str] = "boosted-trees"

    def suits(self, lesson: Lesson) -> bool:
        return super().suits(lesson) and lesson.task.outputs <= OUTPUTS_AT_MOST

    def learn(self, lesson: Lesson) -> tuple[dict[str, Any], dict[str, Tensor], np.ndarray]:
        # scikit-learn puts categories first, so that they stand first here
        categories = [at for at, size in enumerate(lesson.cardinalities, lesson.numbers) if size <= LEVELS_AT_MOST]
        order = np.array([*categories, *(at for at in range(lesson.x.shape[1]) if at not in set(categories))])
        x = lesson.x.numpy()[:, order].astype(np.float64)
        targets = lesson.targets()
        grown = [
            _grow(x[taught], targets[taught], lesson, len(categories))
            for taught in (lesson.taught(fold) for fold in range(len(lesson.folds)))
        ]
        stages = [each.stages(x[held_out], STRIDE) for each, (_, held_out) in zip(grown, lesson.folds, strict=True)]
        best: tuple[float, int, np.ndarray] | None = None
        for number in range(min(map(len, stages))):
            out = np.zeros((len(x), lesson.task.outputs))
            for stage, (_, held_out) in zip(stages, lesson.folds, strict=True):
                out[held_out] = stage[number]
            loss = lesson.mean_loss(out)
            if best is None or loss < best[0]:
                best = loss, (number + 1) * STRIDE, out
        assert best is not None
        options, state = tensors_of(grown, best[1], order)
        return options, {name: torch.from_numpy(value) for name, value in state.items()}, best[2]


def _grow(x: np.ndarray, targets: np.ndarray, lesson: Lesson, categories: int) -> Grown:
    """One model for the classes, or one for each label or number."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    family = lesson.task.family
    many = family == "classes" and lesson.task.outputs > 2
    settings = {
        **(SMALL if len(lesson.x) <= FEW_ROWS else LARGE),
        "learning_rate": RATE_OF_MANY if many else RATE,
        "max_iter": ROUNDS_OF_MANY if many else ROUNDS[family],
        "max_depth": DEPTH,
        "early_stopping": False,
        "random_state": lesson.seed % 2**32,
        "categorical_features": list(range(categories)) or None,
    }
    if family == "numbers":
        models = [
            (HistGradientBoostingRegressor(**settings).fit(x, column), [at]) for at, column in enumerate(targets.T)
        ]
        return Grown(models, lesson.task.outputs)
    columns = [(targets, list(range(lesson.task.outputs)))]
    if family == "labels":
        columns = [(column.astype(np.int64), [at]) for at, column in enumerate(targets.T)]
    several = [(classes, at) for classes, at in columns if len(np.unique(classes)) > 1]
    constant = {
        at[0]: float(classes[0]) for classes, at in columns if len(np.unique(classes)) == 1 and family == "labels"
    }
    models = [(HistGradientBoostingClassifier(**settings).fit(x, classes), at) for classes, at in several]
    return Grown(models, lesson.task.outputs, constant)


RIVAL = TreesRival()
