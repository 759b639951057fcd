"""The linear rival: logistic regression for classes and labels, ridge regression for numbers.

Its penalty is chosen by the rows held out. The model is the mean of those of the folds, which is linear again.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from goodfit.rivals.rival import Lesson, Rival

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)  # C of logistic regression; its inverse times 10 is alpha of ridge
OUTPUTS_AT_MOST = 200
RARER_THAN_ALL = 5.0  # nats below the rarest class: of a class without a row in the fold

Coefficients = tuple[np.ndarray, np.ndarray]  # (outputs, features) and (outputs,)


class LinearRival(Rival):
    name: ClassVar[str] = "a linear model"
    place: ClassVar[int] = 1
    arch: ClassVar[str] = "linear"

    def suits(self, lesson: Lesson) -> bool:
        return super().suits(lesson) and lesson.task.outputs <= OUTPUTS_AT_MOST

    def learn(self, lesson: Lesson) -> tuple[dict[str, Any], dict[str, Tensor], np.ndarray]:
        features, targets = _features(lesson), lesson.targets()
        best: tuple[float, np.ndarray, list[Coefficients]] | None = None
        for strength in STRENGTHS:
            out = np.zeros((len(targets), lesson.task.outputs))
            fitted = []
            for fold, (_, held_out) in enumerate(lesson.folds):
                taught = lesson.taught(fold)
                weight, bias = _fitted(features[taught], targets[taught], lesson, strength)
                fitted.append((weight, bias))
                out[held_out] = features[held_out] @ weight.T + bias
            loss = lesson.mean_loss(out)
            if best is None or loss < best[0]:
                best = loss, out, fitted
        assert best is not None
        weight = np.mean([weight for weight, _ in best[2]], axis=0)
        bias = np.mean([bias for _, bias in best[2]], axis=0)
        numbers, levels = weight[:, : lesson.numbers], weight[:, lesson.numbers :].T
        state = {
            "head.weight": numbers,
            "head.bias": bias,
            "levels.weight": levels if len(levels) else np.zeros((1, lesson.task.outputs)),
        }
        options = {"cardinalities": list(lesson.cardinalities)}
        return options, {name: torch.from_numpy(value.copy()).float() for name, value in state.items()}, best[1]


def _features(lesson: Lesson) -> sparse.csr_matrix:
    """(N, numbers + levels): the numbers, and a column of zeros and ones for each level of each category."""
    x, count = lesson.x.numpy().astype(np.float64), lesson.numbers
    pieces = [sparse.csr_matrix(x[:, :count])]
    for at, size in enumerate(lesson.cardinalities, start=count):
        codes = x[:, at].astype(np.int64)
        codes[(codes < 0) | (codes >= size)] = 0
        ones = (np.ones(len(x)), (np.arange(len(x)), codes))
        pieces.append(sparse.csr_matrix(ones, shape=(len(x), size)))
    return sparse.hstack(pieces, format="csr")


def _fitted(features: sparse.csr_matrix, targets: np.ndarray, lesson: Lesson, strength: float) -> Coefficients:
    from sklearn.linear_model import Ridge

    if lesson.task.family == "numbers":
        model = Ridge(alpha=10 / strength).fit(features, targets)
        return np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    if lesson.task.family == "classes":
        return _logistic(features, targets, lesson.task.outputs, strength)
    one_each = [_logistic(features, column.astype(np.int64), 2, strength) for column in targets.T]
    return np.stack([weight[1] - weight[0] for weight, _ in one_each]), np.stack([b[1] - b[0] for _, b in one_each])


def _logistic(features: sparse.csr_matrix, classes: np.ndarray, outputs: int, strength: float) -> Coefficients:
    """Weights and biases of every class; one that has no row here is rarer than all others."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    present = np.unique(classes)
    weight, bias = np.zeros((outputs, features.shape[1])), np.zeros(outputs)
    if len(present) > 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # near its optimum it predicts as well
            model = LogisticRegression(C=strength, max_iter=300).fit(features, classes)
        if len(present) == 2:
            weight[present] = np.concatenate([-model.coef_ / 2, model.coef_ / 2])
            bias[present] = np.concatenate([-model.intercept_ / 2, model.intercept_ / 2])
        else:
            weight[present], bias[present] = model.coef_, model.intercept_
    absent = np.setdiff1d(np.arange(outputs), present)
    bias[absent] = bias[present].min() - RARER_THAN_ALL
    return weight, bias


RIVAL = LinearRival()
