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
from goodfit.stats.held_out import HeldOut
from goodfit.tasks.metric import NDCG_AT_10, RECALL_AT_10, Metric
from goodfit.tasks.plain_score import PlainScore
from goodfit.tasks.row_task import RowTask
from goodfit.tasks.task import Targets

TOP_PLACES = 10  # that ndcg and recall look at
LOSS, RANK, USER, POPULARITY, ITEM, PART = range(6)  # columns of the net's output in eval mode; PART is a HeldOut
UNKNOWN = 0  # the code of users and items that training rows do not have


@dataclass(frozen=True)
class Ranking(RowTask):
    """Out in training (N, members, 1 + negatives) scores, the right item's first; in eval mode the columns above.

    Metrics are means over users, with the interval of a mean: ndcg_at_10 (Jarvelin and Kekalainen 2002, gains of 0 and
    1) and recall_at_10. All items that are new to a user are ranked, none is sampled; docs/ratings.md has the protocol.
    """

    name: ClassVar[str] = "ranking"
    family: ClassVar[str] = "ranking"
    rival: ClassVar[str] = "recommending the most popular items"
    plain_score: ClassVar[PlainScore | None] = PlainScore(
        RECALL_AT_10, "of the items that users took in {rows}, {score} are among the first 10 recommended to them"
    )
    decodes_scores: ClassVar[bool] = False
    metric_list: ClassVar[tuple[Metric, ...]] = (NDCG_AT_10, RECALL_AT_10)
    example_words: ClassVar[str] = (
        "The choices that stand furthest down in the list that their user would see. The prediction is the place, of "
        "all items that are new to the user; the truth is the first."
    )

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
        return float(_by_user(out, RANK)[0].mean())

    def criterion(self, out: Tensor, y: Tensor) -> float:
        """The headline: the loss is of a few sampled items."""
        return -self.score(out, y)

    def metrics(self, out: Tensor, y: Tensor, groups: np.ndarray | None = None) -> dict[str, Estimate]:
        """ndcg_at_10 and recall_at_10, means over users, which are independent whatever else groups their rows."""
        gains, recalls = _by_user(out, RANK)
        return {"ndcg_at_10": mean(gains, least=0, most=1), "recall_at_10": mean(recalls, least=0, most=1)}

    def baseline(self, y_train: Tensor, y: Tensor, out: Tensor) -> dict[str, float]:
        """Every user gets the most popular items that the user has not taken."""
        gains, recalls = _by_user(out, POPULARITY)
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


def _by_user(out: Tensor, column: int) -> tuple[np.ndarray, np.ndarray]:
    """(users,) ndcg and (users,) recall at 10, from the ranks in a column; each row of an unknown user is a user.

    Choices held out stand in one list of their user, so that only one of them can be the first. Each training choice
    stands in a list without the other ones, and can be the first of that.
    """
    out = out[_scored(out)]
    rank, user = out[:, column].double().numpy(), out[:, USER].long().numpy()
    user = np.where(user == UNKNOWN, -np.arange(len(user)) - 1, user)
    _, at, counts = np.unique(user, return_inverse=True, return_counts=True)
    inside = rank <= TOP_PLACES
    gains = np.bincount(at, np.where(inside, 1 / np.log2(1 + rank), 0.0))
    best = np.cumsum(1 / np.log2(np.arange(2, TOP_PLACES + 2)))[np.minimum(counts, TOP_PLACES) - 1]
    if out.shape[1] > PART and bool((out[:, PART] == HeldOut.TRAIN).any()):
        best = counts
    return gains / best, np.bincount(at, inside) / counts


def _scored(out: Tensor) -> Tensor:
    """(N,) bool: rows that count: of a pair that stands there twice the first, and none that is in an earlier part.

    A test row whose item the user took in training rows as well is not new: it is left out. Of rows that are all
    training rows, all count.
    """
    if out.shape[1] <= PART:  # the stored scores of a run of an older version
        return torch.ones(len(out), dtype=torch.bool)
    user, item, part = (out[:, column].long().numpy() for column in (USER, ITEM, PART))
    strange = (user == UNKNOWN) | (item == UNKNOWN)
    if strange.all():
        return torch.ones(len(out), dtype=torch.bool)
    first = np.zeros(len(out), dtype=bool)
    first[np.unique(np.stack([user, item], axis=1), axis=0, return_index=True)[1]] = True
    return torch.from_numpy(strange | (first & (part == part[~strange].min())))


TASK = Ranking
