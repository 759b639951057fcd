"""The linear head on the features of a net as it is, and the folds that judge it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from goodfit.data.folds import USUAL_FOLDS
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.problem import Problem
from goodfit.formatting import counted, number
from goodfit.nets.efficientnet_lite import EfficientNetLite
from goodfit.tasks.task import Task
from goodfit.train.linear_head import LinearHead, fit_linear_head

ROWS_OF_ALL_FOLDS = 5_000  # with more, one fold of a fifth of the rows is enough


@dataclass(frozen=True)
class FrozenHead:
    """The head of a net whose features are fixed.

    Attributes:
        head: on all features.
        losses: (n,) float64 of the rows that a fold left out.
        used: how many of the features it looks at.
        other: what the other head that was tried loses, in words; "" where there was none.
    """

    head: LinearHead
    losses: Tensor
    used: int
    other: str = ""

    def say(self, net: Net, journal: Journal) -> None:
        kind, head = "fixed" if net.fixed_features else "frozen", self.head
        journal.choose(
            "linear head",
            f"on {self.used:,} {kind} features; penalty {number(head.penalty, 3)}",
            f"the lowest loss on rows left out, {head.left_out_loss:.3f}, of {counted(len(head.curve), 'penalty')}"
            f"{self.other}",
        )


def fit_frozen_head(x: Tensor, y: Tensor, folds: Tensor, task: Task, net: Net) -> FrozenHead:
    """The head on all features; of few images on the last maps alone, unless the others gain on rows left out.

    Late stages help where images are no photos of objects, and photos of objects do as well without them: the smaller
    head is kept unless the other one is clearly better.
    """
    fitted = _judged(fit_linear_head(x, y, folds, task), x, y, folds, task)
    last = net.module.last_features if isinstance(net.module, EfficientNetLite) else x.shape[1]
    if last == x.shape[1] or len(x) > ROWS_OF_ALL_FOLDS:
        return fitted
    alone = _judged(fit_linear_head(x[:, :last], y, folds, task), x[:, :last], y, folds, task)
    if is_clearly_better(fitted.losses, alone.losses):
        other = f"; without those of earlier stages {alone.head.left_out_loss:.3f}"
        return FrozenHead(fitted.head, fitted.losses, fitted.used, other)
    other = f"; with those of earlier stages {fitted.head.left_out_loss:.3f}"
    return FrozenHead(alone.head.widened(x.shape[1]), alone.losses, last, other)


def is_clearly_better(losses: Tensor, others: Tensor) -> bool:
    """Whether a way loses less than the usual one on rows left out (n,), by a standard error of the difference.

    The rule of Breiman, Friedman, Olshen and Stone (1984), "Classification and regression trees", section 3.4.3.
    """
    gain = others - losses
    return bool(gain.mean() > gain.std() / math.sqrt(len(gain)))


def _judged(head: LinearHead, x: Tensor, y: Tensor, folds: Tensor, task: Task) -> FrozenHead:
    rows = folds >= 0
    losses = task.row_losses(head.held_out(x[rows], folds[rows]), y[rows]).double()
    return FrozenHead(head, losses, x.shape[1])


def folds_of(problem: Problem, rows: Tensor, seed: int) -> Tensor:
    """(n,) int64: the fold in which each of these rows is left out; -1: in none.

    They are those of cross-fitting where there are such. Of others, rows of one group lie in one fold, and rows of one
    class are dealt out to the folds in turn.
    """
    if problem.split.folds is not None:
        return torch.from_numpy(problem.split.folds)[rows]
    random = np.random.default_rng(seed)
    order = random.permutation(len(rows))
    groups = problem.source.groups
    if groups is not None:
        names = np.asarray([groups[row] for row in rows.tolist()])
        _, number = np.unique(names, return_inverse=True)
        dealt = random.permutation(int(number.max()) + 1)[number]
    else:
        labels = problem.class_labels
        if labels is not None:
            order = order[np.argsort(labels[rows.numpy()][order], kind="stable")]
        dealt = np.empty(len(rows), dtype=np.int64)
        dealt[order] = np.arange(len(rows))
    folds = dealt % USUAL_FOLDS
    if len(rows) > ROWS_OF_ALL_FOLDS:
        folds = np.where(folds == 0, 0, -1)
    return torch.from_numpy(folds)
