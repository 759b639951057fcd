"""The losses of a program's own evaluations, computed without gradients, beside those of training; kept in every step.

They are few: one number a batch of validation rows.
"""

from __future__ import annotations

import math
import weakref
from dataclasses import dataclass, field

from torch import Tensor, nn

from goodfit.checks.engine.user_frame import Place

Key = tuple[Place, str, int]  # line, name of the loss, data set: what tells evaluations of different rows apart


@dataclass
class Evaluation:
    """One pass over evaluation rows, with no step of an optimiser within it.

    Attributes:
        step: of the program.
        total, batches: the sum of the losses of its batches, and how many there were.
        last: the loss of its last batch.
        train_loss: the mean loss of the backward passes since the evaluation before; NaN where there were none.
        classes: how often each class is a target, of a loss on classes.
        net: that was called last, which is the one that is evaluated; one object for one net.
    """

    step: int
    train_loss: float
    net: weakref.ref[nn.Module] | None = None
    total: float = 0.0
    batches: int = 0
    last: float = math.nan
    classes: dict[int, int] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        return self.total / self.batches

    @property
    def rows(self) -> int:
        return sum(self.classes.values())

    @property
    def entropy(self) -> float:
        """Of the classes, in nats: the loss of a net that knows how frequent they are, and nothing else."""
        shares = [count / self.rows for count in self.classes.values()]
        return -sum(share * math.log(share) for share in shares)


@dataclass
class Evaluations:
    """The evaluations of each line of the program and each data set, in their order."""

    series: dict[Key, list[Evaluation]] = field(default_factory=dict)
    before: dict[Key, tuple[float, int]] = field(default_factory=dict)  # sum and number of training losses

    def add(
        self,
        key: Key,
        step: int,
        loss: float,
        train: tuple[float, int],
        classes: Tensor | None,
        net: weakref.ref[nn.Module] | None = None,
    ) -> None:
        """A loss of one batch.

        Args:
            train: the sum of all training losses so far, and how many there were.
            classes: the targets, where they are classes.
        """
        passes = self.series.setdefault(key, [])
        if not passes or passes[-1].step != step:
            total, count = self.before.get(key, (0.0, 0))
            new = train[1] - count
            passes.append(Evaluation(step, (train[0] - total) / new if new else math.nan, net))
            self.before[key] = train
        now = passes[-1]
        now.total += loss
        now.last = loss
        now.batches += 1
        if classes is not None:
            for value in classes.flatten().tolist():
                now.classes[value] = now.classes.get(value, 0) + 1
