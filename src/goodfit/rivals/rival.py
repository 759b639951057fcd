"""What a rival is: a model fitted on the rows that a net was trained on, as a module that predicts as the net does."""

from __future__ import annotations

import importlib
import pkgutil
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from goodfit.data.terms import Terms
from goodfit.nets import build
from goodfit.rivals.time_limit import TimeLimit
from goodfit.tasks.task import Task

ROWS_AT_MOST = 200_000  # training rows of a fold; more are sampled: seconds, not minutes
SECONDS_OF_A_FOLD, SECONDS_OF_A_CELL = 0.05, 2e-6  # that a rival takes at least


@dataclass(frozen=True)
class Words:
    """Texts of the rows of a lesson.

    Attributes:
        pairs: (N, lanes) float32, numbers and weights, in turn, of the terms of each row.
    """

    pairs: Tensor
    terms: Terms

    def weights(self) -> sparse.csr_matrix:
        """(N, terms), of each term in each row; the commonest terms of a column of text stand first."""
        pairs = self.pairs.numpy().reshape(len(self.pairs), -1, 2)
        there = pairs[:, :, 1] > 0
        ends = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
        numbers, values = pairs[there][:, 0].astype(np.int64), pairs[there][:, 1].astype(np.float64)
        return sparse.csr_matrix((values, numbers, ends), shape=(len(pairs), self.terms.count))


@dataclass(frozen=True)
class Lesson:
    """The rows that a rival learns from and is chosen by.

    Attributes:
        x: (N, D) float32, numbers in front and category codes behind.
        y: (N, ...) targets as the task has them.
        folds: positions to learn from, and those held out, of each fold.
        cardinalities: codes of each category.
        words: of texts; None without any.
        kept_apart: whether the rows held out are a validation part that the data came with: nothing may learn from it.
        limit: how long it may take.
    """

    task: Task
    x: Tensor
    y: Tensor
    folds: Sequence[tuple[np.ndarray, np.ndarray]]
    cardinalities: Sequence[int]
    seed: int
    words: Words | None = None
    kept_apart: bool = False
    limit: TimeLimit = field(default_factory=TimeLimit, compare=False)

    @property
    def ends_with_all_rows(self) -> bool:
        """Whether a rival may learn from the rows held out too, once they have judged it: with folds it has."""
        return len(self.folds) == 1 and not self.kept_apart

    @property
    def numbers(self) -> int:
        """How many of the values of a row are numbers."""
        return self.x.shape[1] - len(self.cardinalities)

    @property
    def texts_alone(self) -> bool:
        """Whether a row has nothing but texts."""
        return self.words is not None and self.words.terms.places == self.x.shape[1]

    @property
    def held_out(self) -> np.ndarray:
        """Positions of all rows that are held out by some fold, ascending."""
        return np.sort(np.concatenate([held_out for _, held_out in self.folds]))

    def targets(self) -> np.ndarray:
        """(N,) classes, or (N, K) labels or z-scores."""
        targets = self.task.net_units(self.y)
        assert targets is not None, f"{self.task.name} has no rivals"
        return targets.numpy()

    def taught(self, fold: int) -> np.ndarray:
        """Positions that this fold learns from: all, or a sample spread evenly."""
        rows = self.folds[fold][0]
        return rows[:: max(1, -(-len(rows) // ROWS_AT_MOST))]

    def mean_loss(self, out: np.ndarray) -> float:
        """The mean loss of the held-out rows for outputs (N, outputs) of all rows."""
        rows = torch.from_numpy(self.held_out)
        return float(self.task.row_losses(torch.from_numpy(out)[rows], self.y[rows]).double().mean())


@dataclass(frozen=True)
class FittedRival:
    """A rival that has learnt.

    Attributes:
        module: x (n, D) -> (n, outputs), in eval mode on the CPU; `arch` and `options` build it again.
        out: (M, outputs) of the held-out rows, each by the fold that did not learn from it.
        seconds: of fitting.
    """

    name: str
    module: nn.Module
    arch: str
    options: dict[str, Any]
    out: Tensor
    seconds: float

    @classmethod
    def of(
        cls,
        lesson: Lesson,
        name: str,
        arch: str,
        options: dict[str, Any],
        state: Mapping[str, Tensor],
        out: Tensor,
        seconds: float,
    ) -> Self:
        """From the options and state of its architecture."""
        module = build(arch, tuple(lesson.x.shape[1:]), lesson.task.outputs, **options).eval()
        module.load_state_dict(state)
        return cls(name, module, arch, options, out, seconds)


class Rival(ABC):
    """A kind of rival. A new one is a file here with a subclass and `RIVAL = ThatClass()`."""

    name: ClassVar[str]  # as people read it: boosted trees
    place: ClassVar[int]  # in which order they are shown
    arch: ClassVar[str]
    families: ClassVar[tuple[str, ...]] = ("classes", "labels", "numbers")  # of tasks

    def suits(self, lesson: Lesson) -> bool:
        """Whether it is fitted in seconds on such rows."""
        return lesson.task.family in self.families and lesson.task.net_units(lesson.y[:1]) is not None

    def least_seconds(self, lesson: Lesson) -> float:
        """About how long it takes at least, where time is short."""
        return len(lesson.folds) * SECONDS_OF_A_FOLD + SECONDS_OF_A_CELL * len(lesson.x) * lesson.x.shape[1]

    @abstractmethod
    def learn(self, lesson: Lesson) -> tuple[dict[str, Any], dict[str, Tensor], np.ndarray]:
        """Options and state of its architecture, and (N, outputs) outputs, of which the held-out rows count."""

    def fit(self, lesson: Lesson) -> FittedRival:
        """Learn, and become a module."""
        began = time.monotonic()
        options, state, out = self.learn(lesson)
        held_out = torch.from_numpy(out[lesson.held_out]).float()
        return FittedRival.of(lesson, self.name, self.arch, options, state, held_out, seconds=time.monotonic() - began)

    def refitted(self, lesson: Lesson, fitted: FittedRival) -> Tensor:
        """(M, outputs) of the held-out rows, when it learns from other rows than `fitted` did, in the same form."""
        return self.fit(lesson).out


@cache
def rivals() -> tuple[Rival, ...]:
    """Every rival of this folder."""
    import goodfit.rivals as folder

    modules = (
        importlib.import_module(f"{folder.__name__}.{info.name}") for info in pkgutil.iter_modules(folder.__path__)
    )
    made: list[Rival] = [module.RIVAL for module in modules if hasattr(module, "RIVAL")]
    return tuple(sorted(made, key=lambda rival: rival.place))
