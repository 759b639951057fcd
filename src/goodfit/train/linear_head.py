"""A linear head on fixed features, fitted to the optimum: ridge or logistic regression, by the loss of the task.

How strongly its weights are held small is chosen by the loss on rows that a fold left out (cross-fitting).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.tasks.task import Task

PENALTIES = tuple(10.0 ** (exponent / 2) for exponent in range(8, -7, -1))  # from strong to weak, each half a decade
STEPS_AT_MOST = 300  # of L-BFGS
TOLERANCE = 1e-5  # of the largest component of the gradient
STEPS_TO_CHOOSE, TOLERANCE_TO_CHOOSE = 100, 1e-4  # the same for heads without a fold: their loss to three digits
BIAS_SHARE = 1e-4  # of the penalty, on the biases: a class that a fold lacks would send its own to minus infinity
RISES_THAT_END = 2  # weaker penalties in a row that are worse: the curve has one valley
NUMBERS_FOR_THREADS = 2_000_000  # coordinates of all rows, from which on several threads pay
SQUARE_OF_NOTHING = 1e-12  # of the largest: a direction with a millionth of its length has no say in float32
CURVATURE = 0.1  # of the loss by an output: p (1 - p) of a class that the head is sure of by nine tenths
VARIATION_AT_LEAST = 1e-6  # below, all features are constant


@dataclass(frozen=True)
class LinearHead:
    """out = features @ weight.T + bias.

    Attributes:
        weight: (outputs, D). bias: (outputs,).
        penalty: P of the objective: the sum of the rows' losses + P / 2 times the sum of the squared weights, with
            the features in units of their root mean variance.
        curve: the mean loss of rows that were left out, at each penalty that was tried.
        without: the heads (weight, bias) that were fitted without the rows of a fold, at that penalty.
    """

    weight: Tensor
    bias: Tensor
    penalty: float
    curve: tuple[tuple[float, float], ...]
    without: Mapping[int, tuple[Tensor, Tensor]]

    @property
    def left_out_loss(self) -> float:
        """The mean loss of rows that were left out, at the penalty chosen."""
        return dict(self.curve)[self.penalty]

    def __call__(self, features: Tensor) -> Tensor:
        """(N, D) -> (N, outputs) float32."""
        return features.float() @ self.weight.T + self.bias

    def widened(self, features: int) -> LinearHead:
        """The same head of so many features, of which it leaves the further ones alone."""
        more = features - self.weight.shape[1]

        def wide(weight: Tensor) -> Tensor:
            return functional.pad(weight, (0, more))

        without = {fold: (wide(weight), bias) for fold, (weight, bias) in self.without.items()}
        return replace(self, weight=wide(self.weight), without=without)

    def heads(self) -> list[tuple[Tensor, Tensor]]:
        """Those without a fold, in the order of the folds."""
        return [self.without[fold] for fold in sorted(self.without)]

    def held_out(self, features: Tensor, folds: Tensor) -> Tensor:
        """(N, outputs) float32: of each row by the head that was fitted without its fold.

        Args:
            features: (N, D).
            folds: (N,) int64, all of them among those that it was fitted with.
        """
        out = torch.empty(len(features), len(self.bias))
        for fold, (weight, bias) in self.without.items():
            rows = folds == fold
            out[rows] = features[rows].float() @ weight.T + bias
        return out


def fit_linear_head(features: Tensor, y: Tensor, folds: Tensor, task: Task) -> LinearHead:
    """The best head of these features.

    The penalties are gone through from strong to weak, each fold starting where it ended before; the head is then
    fitted to all rows with the penalty whose left-out rows had the lowest loss.

    Args:
        features: (N, D) of any float type.
        y: (N, ...) targets as the task encodes them.
        folds: (N,) int64, the fold in which a row is left out; -1: in none.
        task: of the loss, a mean over rows.
    """
    with _threads_for(features):
        return _fit(features.to(torch.float32), y, folds, task)


def _fit(x: Tensor, y: Tensor, folds: Tensor, task: Task) -> LinearHead:
    mean = x.mean(0)
    # one scale for all: each in its own makes much of features that hardly vary (docs/decisions/023-photos.md)
    deviation = (x - mean).square().mean().sqrt().clamp_min(VARIATION_AT_LEAST)
    x = (x - mean) / deviation
    x, variances, back = _principal(x)
    numbers = [fold for fold in torch.unique(folds).tolist() if fold >= 0]
    starts = {fold: _nothing(x, task) for fold in numbers}
    curve: list[tuple[float, float]] = []
    heads: dict[float, dict[int, Tensor]] = {}
    for penalty in PENALTIES:
        losses = []
        for fold in numbers:
            kept, left_out = folds != fold, folds == fold
            starts[fold] = _descend(
                x[kept], y[kept], penalty, variances, starts[fold], task, STEPS_TO_CHOOSE, TOLERANCE_TO_CHOOSE
            )
            losses.append(task.row_losses(_out(x[left_out], starts[fold]), y[left_out]).double())
        curve.append((penalty, float(torch.cat(losses).mean())))
        heads[penalty] = dict(starts)
        lowest = min(range(len(curve)), key=lambda at: curve[at][1])
        if len(curve) - 1 - lowest >= RISES_THAT_END:
            break
    penalty = curve[lowest][0]
    begun = torch.stack(list(heads[penalty].values())).mean(0)  # near the optimum, of which there is one
    best = _descend(x, y, penalty, variances, begun, task, STEPS_AT_MOST, TOLERANCE)

    def of_features(head: Tensor) -> tuple[Tensor, Tensor]:
        weight = back(head[:, :-1]) / deviation
        return weight, head[:, -1] - weight @ mean

    without = {fold: of_features(head) for fold, head in heads[penalty].items()}
    return LinearHead(*of_features(best), penalty, tuple(curve), without)


@contextmanager
def _threads_for(features: Tensor) -> Iterator[None]:
    """One thread for small products: handing them over costs more than they do, far more on a busy machine.

    So it is for the products of vectors within L-BFGS, which are scipy's: two threads had 2.5 times the processor time.
    """
    import scipy.optimize  # noqa: F401  # loads the library whose threads are limited
    from threadpoolctl import threadpool_limits  # scikit-learn comes with it

    before = torch.get_num_threads()
    numbers = len(features) * min(features.shape)  # of `_principal`
    torch.set_num_threads(1 if numbers < NUMBERS_FOR_THREADS else before)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


def _principal(x: Tensor) -> tuple[Tensor, Tensor, Callable[[Tensor], Tensor]]:
    """Rows (N, D) in their principal directions, the variance along each, and the way back for weights of these.

    The optimum lies in the space that the rows span, and has the same norm there. In these directions the curvature of
    the loss is nearly diagonal, so that a number for each of them makes it nearly round: see `_descend`.
    """
    n, d = x.shape
    if n < d:  # of some, all their digits: they are divided by
        squares, vectors = torch.linalg.eigh((x @ x.T).double())
        kept = squares > squares[-1] * SQUARE_OF_NOTHING
        squares = squares[kept]
        directions = (x.T.double() @ (vectors[:, kept] / squares.sqrt())).float()
    else:
        squares, directions = torch.linalg.eigh(x.T @ x)
    return x @ directions, squares.clamp_min(0).float() / n, lambda weight: weight @ directions.T


def _nothing(x: Tensor, task: Task) -> Tensor:
    return torch.zeros(task.outputs, x.shape[1] + 1)


def _out(x: Tensor, head: Tensor) -> Tensor:
    """(n, outputs) of a head (outputs, D + 1), whose last column is the bias."""
    return functional.linear(x, head[:, :-1].contiguous(), head[:, -1])  # three times as fast as x @ weight.T, and back


def _descend(
    x: Tensor, y: Tensor, penalty: float, variances: Tensor, start: Tensor, task: Task, steps: int, tolerance: float
) -> Tensor:
    """The head (outputs, D + 1) with the least mean loss + penalty / (2 N) |weights|^2, by L-BFGS (Nocedal 1980).

    Its steps are taken in weights times the root of the curvature that they about have, which makes tens of them enough
    where hundreds were not (a preconditioner: Nocedal and Wright 2006, section 5.1).
    """
    from scipy.optimize import minimize  # 0.2 s: only where a head is fitted

    holds = torch.full_like(start, penalty / len(x))
    holds[:, -1] *= BIAS_SHARE
    curvature = torch.cat([CURVATURE * variances + penalty / len(x), torch.tensor([CURVATURE])])
    unit = curvature.rsqrt()

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        scaled = torch.from_numpy(flat).to(torch.float32).reshape(start.shape).requires_grad_()
        head = scaled * unit
        loss = task.loss(_out(x, head), y) + 0.5 * (holds * head * head).sum()
        (gradient,) = torch.autograd.grad(loss, scaled)
        return float(loss.detach()), gradient.double().numpy().reshape(-1)

    solved = minimize(
        objective,
        (start / unit).double().numpy().reshape(-1),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": steps, "gtol": tolerance, "ftol": 1e-9, "maxcor": 20},
    )
    return torch.from_numpy(solved.x).to(torch.float32).reshape(start.shape) * unit
