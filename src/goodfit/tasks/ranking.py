"""Ranking from choices: each row is an item that a user took; scored by where the net ranks it among all items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from goodfit.stats.estimates import Estimate, mean
from goodfit.tasks.metric import NDCG_AT_10, RECALL_AT_10, Metric
from goodfit.tasks.row_task import RowTask
from goodfit.tasks.task import Targets

TOP_PLACES = 10  # that ndcg and recall look at
LOSS, RANK, USER, POPULARITY = range(4)  # columns of the net's output in eval mode


@dataclass(frozen=True)
class Ranking(RowTask):
    """Out in training (N, members, 1 + negatives) scores, the right item's first; in eval mode the four columns above.

    Metrics are means over users, with the interval of a mean: ndcg_at_10 (Jarvelin and Kekalainen 2002, gains of 0 and
    1) and recall_at_10. All items that a user has not taken in training are ranked, none is sampled.
    """

    name: ClassVar[str] = "ranking"
    family: ClassVar[str] = "ranking"
    rival: ClassVar[str] = "recommending the most popular items"
    decodes_scores: ClassVar[bool] = False
    metric_list: ClassVar[tuple[Metric, ...]] = (NDCG_AT_10, RECALL_AT_10)

    @property
    def outputs(self) -> int:
        return 1

    @classmethod
    def fits(cls, targets: Targets) -> bool:
        """Never by the look of the targets: the source says that its rows are choices."""
        return False

    @classmethod
    def from_targets(cls, targets: Targets) -> Self:
        return cls()

    def encode(self, targets: Targets, keys: Sequence[str]) -> Tensor:
        """(N,) zeros: every row is a choice, and the right item's score comes first."""
        return torch.zeros(len(targets), dtype=torch.int64)

    def loss(self, out: Tensor, y: Tensor) -> Tensor:
        """Mean cross-entropy of the right item against the sampled ones, over rows and members."""
        flat = out.float().flatten(0, 1)
        return functional.cross_entropy(flat, torch.zeros(len(flat), dtype=torch.int64, device=out.device))

    def row_losses(self, out: Tensor, y: Tensor) -> Tensor:
        return out[:, LOSS]

    def score(self, out: Tensor, y: Tensor) -> float:
        return float(_by_user(out[:, RANK], out[:, USER])[0].mean())

    def metrics(self, out: Tensor, y: Tensor) -> dict[str, Estimate]:
        """ndcg_at_10 and recall_at_10, means over users."""
        gains, recalls = _by_user(out[:, RANK], out[:, USER])
        return {"ndcg_at_10": mean(gains), "recall_at_10": mean(recalls)}

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """Every user gets the most popular items that the user has not taken."""
        gains, recalls = _by_user(out[:, POPULARITY], out[:, USER])
        return {"ndcg_at_10": float(gains.mean()), "recall_at_10": float(recalls.mean())}

    def mistakes(self, out: Tensor, y: Tensor) -> Tensor:
        return out[:, RANK] > TOP_PLACES

    def truth(self, target: Tensor) -> Any:
        return 1  # the place that a choice should have

    def decode(self, out: Tensor) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """prediction: the item's rank for the user, from 1 on."""
        return {"prediction": out[:, RANK].long().numpy()}

    def to_json(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls()


def _by_user(ranks: Tensor, users: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """(users,) ndcg and (users,) recall at 10."""
    rank, user = ranks.double().numpy(), users.long().numpy()
    _, at, counts = np.unique(user, return_inverse=True, return_counts=True)
    inside = rank <= TOP_PLACES
    gains = np.bincount(at, np.where(inside, 1 / np.log2(1 + rank), 0.0))
    best = np.cumsum(1 / np.log2(np.arange(2, TOP_PLACES + 2)))[np.minimum(counts, TOP_PLACES) - 1]
    return gains / best, np.bincount(at, inside) / counts


TASK = Ranking
