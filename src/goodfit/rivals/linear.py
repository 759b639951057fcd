"""The linear rival: logistic regression for classes and labels, ridge regression for numbers.

Its penalty is chosen by the rows held out. The model is the mean of those of the folds, which is linear again.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from scipy import sparse
from torch import Tensor

from goodfit.rivals.rival import Lesson, Rival

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

STRENGTHS = (1e-3, 1e-2, 1e-1, 1.0, 10.0)  # C of logistic regression; its inverse times 10 is alpha of ridge
ITERATIONS = 300
OUTPUTS_AT_MOST = 200
ROWS_AT_ONCE = 8_192
LONGER = 2.0  # times as long as the last one a weaker penalty may take
RARER_THAN_ALL = 5.0  # nats below the rarest class: of a class without a row in the fold

Coefficients = tuple[np.ndarray, np.ndarray]  # (outputs, features) and (outputs,)


class LinearRival(Rival):
    name: ClassVar[str] = "a linear model"
    place: ClassVar[int] = 1
    arch: ClassVar[str] = "linear"
    of_words: ClassVar[bool] = False  # whether it is for rows with texts
    strengths: ClassVar[Sequence[float]] = STRENGTHS
    how: ClassVar[Mapping[str, Any]] = {}  # its optimum is found
    ends_where_it_rises: ClassVar[bool] = False  # the loss, as the penalty falls: later ones are not tried

    def suits(self, lesson: Lesson) -> bool:
        right = (lesson.words is not None) == self.of_words  # what directions say of texts, words say as well
        return right and super().suits(lesson) and lesson.task.outputs <= OUTPUTS_AT_MOST

    def learn(self, lesson: Lesson) -> tuple[dict[str, Any], dict[str, Tensor], np.ndarray]:
        features, targets = self.features(lesson), lesson.targets()
        taught = [self.taught(lesson, fold) for fold in range(len(lesson.folds))]
        parts = [_Part(features[rows], targets[rows], lesson, self.how) for rows in taught]
        best: tuple[float, np.ndarray, list[Coefficients]] | None = None
        took = 0.0
        for strength in self.strengths:
            if best is not None and not lesson.limit.allows(LONGER * took, f"weaker penalties of {self.name}"):
                break
            began = time.monotonic()
            out = np.zeros((len(targets), lesson.task.outputs))
            fitted = [part.fit(strength) for part in parts]
            for (weight, bias), (_, held_out) in zip(fitted, lesson.folds, strict=True):
                out[held_out] = features[held_out] @ weight.T + bias
            took = time.monotonic() - began
            loss = lesson.mean_loss(out)
            if best is None or loss < best[0]:
                best = loss, out, fitted
            elif self.ends_where_it_rises:
                break
        assert best is not None
        weight = np.mean([weight for weight, _ in best[2]], axis=0)
        bias = np.mean([bias for _, bias in best[2]], axis=0)
        options, state = self.tensors(lesson, weight)
        state["bias"] = bias
        return options, {name: torch.from_numpy(value.copy()).float() for name, value in state.items()}, best[1]

    def taught(self, lesson: Lesson, fold: int) -> np.ndarray:
        """Positions that a fold learns from."""
        return lesson.taught(fold)

    def features(self, lesson: Lesson) -> sparse.csr_matrix:
        """(N, features)."""
        return numbers_and_levels(lesson)

    def tensors(self, lesson: Lesson, weight: np.ndarray) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Options and weights of the architecture, from those of the features, (outputs, features)."""
        numbers, levels = weight[:, : lesson.numbers], weight[:, lesson.numbers :].T
        state = {"weight": numbers, "levels.weight": levels if len(levels) else np.zeros((1, len(weight)))}
        return {"cardinalities": list(lesson.cardinalities)}, state


def numbers_and_levels(lesson: Lesson) -> sparse.csr_matrix:
    """(N, numbers + levels): the numbers, and a column of zeros and ones for each level of each category."""
    x = lesson.x.numpy()
    blocks = range(0, len(x), ROWS_AT_ONCE)  # to make a sparse matrix of a dense one takes five times its memory
    return sparse.vstack([_sparse(x[start : start + ROWS_AT_ONCE], lesson) for start in blocks], format="csr")


def _sparse(x: np.ndarray, lesson: Lesson) -> sparse.csr_matrix:
    pieces = [sparse.csr_matrix(x[:, : lesson.numbers].astype(np.float64))]
    for at, size in enumerate(lesson.cardinalities, start=lesson.numbers):
        codes = x[:, at].astype(np.int64)
        codes[(codes < 0) | (codes >= size)] = 0
        ones = (np.ones(len(x)), (np.arange(len(x)), codes))
        pieces.append(sparse.csr_matrix(ones, shape=(len(x), size)))
    return sparse.hstack(pieces, format="csr")


class _Part:
    """The rows that a fold learns from, fitted once for each strength; each begins where the last one ended."""

    def __init__(
        self, features: sparse.csr_matrix, targets: np.ndarray, lesson: Lesson, how: Mapping[str, Any]
    ) -> None:
        from sklearn.linear_model import LogisticRegression

        self._features, self._targets = features, targets
        self._family, self._outputs = lesson.task.family, lesson.task.outputs
        columns = targets.shape[1] if self._family == "labels" else 1
        self._models = [LogisticRegression(max_iter=ITERATIONS, **how, warm_start=True) for _ in range(columns)]

    def fit(self, strength: float) -> Coefficients:
        """By C, or alpha = 10 / C."""
        from sklearn.linear_model import Ridge

        if self._family == "numbers":
            model = Ridge(alpha=10 / strength).fit(self._features, self._targets)
            return np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
        if self._family == "classes":
            return self._logistic(self._models[0], self._targets, self._outputs, strength)
        labels = zip(self._models, self._targets.T.astype(np.int64), strict=True)
        each = [self._logistic(model, label, 2, strength) for model, label in labels]
        weights, biases = [weight[1] - weight[0] for weight, _ in each], [bias[1] - bias[0] for _, bias in each]
        return np.stack(weights), np.stack(biases)

    def _logistic(self, model: LogisticRegression, classes: np.ndarray, outputs: int, strength: float) -> Coefficients:
        """Weights and biases of every class; one that has no row here is rarer than all others."""
        from sklearn.exceptions import ConvergenceWarning

        present = np.unique(classes)
        weight, bias = np.zeros((outputs, self._features.shape[1])), np.zeros(outputs)
        if len(present) > 1:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # near its optimum it predicts as well
                model.set_params(C=strength).fit(self._features, classes)
            if len(present) == 2:
                weight[present] = np.concatenate([-model.coef_ / 2, model.coef_ / 2])
                bias[present] = np.concatenate([-model.intercept_ / 2, model.intercept_ / 2])
            else:
                weight[present], bias[present] = model.coef_, model.intercept_
        absent = np.setdiff1d(np.arange(outputs), present)
        bias[absent] = bias[present].min() - RARER_THAN_ALL
        return weight, bias


RIVAL = LinearRival()
