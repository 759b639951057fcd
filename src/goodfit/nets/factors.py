"""Ratings by factors: a user's and an item's bias and the product of their embeddings, many small models in one.

Koren, Bell and Volinsky 2009 ("Matrix factorization techniques for recommender systems"), with the implicit term of
SVD++ (Koren 2008, "Factorization meets the neighborhood", section 5): what a user has rated at all says something
about the user. Several members share the batch and average their predictions: their errors are partly their own.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.nets.architecture import Architecture, Recipe

START = 0.1  # standard deviation of the embeddings at the start
# Strength of the L2 penalty, as it is paid for each rating (Koren 2008, section 3): rows that many ratings speak for
# pay more often. Chosen on validation rows of MovieLens-100k's first training file: docs/benchmarks.md.
ON_FACTORS, ON_BIASES, ON_HISTORY = 0.05, 0.005, 50.0


class Factors(nn.Module):
    """x: (N, 2) codes of user and item, 0 for one not seen in training -> (N, members, 1); their mean (N, 1) in eval.

    Args:
        users, items: number of codes.
        ratings: number of training rows.
        members: models in one.
        width: of a member's embeddings.
        history: whether the items that a user rated count, whatever the rating.

    Attributes:
        penalty: of the last training batch, a scalar: the loop adds it to the loss.
    """

    starts: Tensor
    rated: Tensor

    def __init__(self, users: int, items: int, ratings: int, *, members: int, width: int, history: bool) -> None:
        super().__init__()
        self.members, self.history = members, history
        self.user_bias = nn.Embedding(users, 1)
        self.item_bias = nn.Embedding(items, 1)
        self.user = nn.Embedding(users, members * width)
        self.item = nn.Embedding(items, members * width)
        self.rated_item = nn.Embedding(items, members * width)
        for table in (self.user_bias, self.item_bias):
            nn.init.zeros_(table.weight)
        for table in (self.user, self.item, self.rated_item):
            nn.init.normal_(table.weight, std=START)
            nn.init.zeros_(table.weight[:1])
        # items rated by user u: rated[starts[u] : starts[u + 1]]
        self.register_buffer("starts", torch.zeros(users + 1, dtype=torch.int64))
        self.register_buffer("rated", torch.zeros(ratings, dtype=torch.int64))
        self.penalty = torch.zeros(())

    def measure(self, x: Tensor) -> None:
        """Note what every user rated, from all training rows (N, 2)."""
        users, items = x.long().to(self.starts.device).unbind(1)
        order = torch.argsort(users, stable=True)
        self.rated = items[order]
        self.starts[1:] = torch.bincount(users, minlength=len(self.starts) - 1).cumsum(0)

    def taken(self, users: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The items that each user rated, one after the other; where each user's begin; how many each has."""
        first, counts = self.starts[users], self.starts[users + 1] - self.starts[users]
        offsets = counts.cumsum(0) - counts
        within = torch.arange(int(counts.sum()), device=users.device) - offsets.repeat_interleave(counts)
        return self.rated[first.repeat_interleave(counts) + within], offsets, counts

    def user_vectors(self, users: Tensor) -> Tensor:
        """(len(users), members * width): what the user's own embedding and the items rated say."""
        own: Tensor = self.user(users)
        if not self.history:
            return own
        rated, offsets, counts = self.taken(users)
        weights = counts.clamp_min(1).float().rsqrt().repeat_interleave(counts)
        heard = functional.embedding_bag(
            rated, self.rated_item.weight, offsets, mode="sum", per_sample_weights=weights.to(own.dtype)
        )
        return own + heard

    def scores(self, users: Tensor) -> Tensor:
        """(len(users), items): what each user would give each item, -inf for items rated in training and for code 0."""
        product = self.user_vectors(users) @ self.item.weight.t() / self.members
        found: Tensor = product + self.user_bias(users) + self.item_bias.weight.t()
        found[:, 0] = -torch.inf
        rated, _, counts = self.taken(users)
        found[torch.arange(len(users), device=users.device).repeat_interleave(counts), rated] = -torch.inf
        return found

    def forward(self, x: Tensor) -> Tensor:
        users, items = x.long().unbind(1)
        different, back = torch.unique(users, return_inverse=True)
        person = self.user_vectors(different).index_select(0, back)
        thing = self.item(items)
        fit = (person * thing).unflatten(1, (self.members, -1)).sum(2)
        bias = self.user_bias(users) + self.item_bias(items)
        if self.training:
            own = self.user(users)
            squares = (own.square().sum() + thing.square().sum()) / self.members
            biases = self.user_bias(users).square().sum() + self.item_bias(items).square().sum()
            heard = self.rated_item.weight.square().sum() / self.members / max(1, len(self.rated))
            self.penalty = (ON_FACTORS * squares + ON_BIASES * biases) / len(x) + ON_HISTORY * heard
        out: Tensor = (fit + bias).unsqueeze(2)
        return out if self.training else out.mean(1)


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    users: int,
    items: int,
    ratings: int,
    members: int = 24,
    width: int = 8,
    history: bool = True,
) -> nn.Module:
    if outputs != 1 or in_shape != (2,):
        raise ValueError("one rating of a user and an item is what it predicts")
    return Factors(users, items, ratings, members=members, width=width, history=history)


def stages(net: nn.Module) -> list[list[nn.Module]]:
    """Users, biases of items, items: from the input to the head."""
    assert isinstance(net, Factors)
    return [[net.user_bias, net.user, net.rated_item], [net.item_bias], [net.item]]


RECIPE = Recipe(learning_rate=2e-2, weight_decay=0.0, batch_size=2048, rows_to_see={"rating": 900_000})
ARCHITECTURES = (Architecture("factors", _build, input_dims=1, stages=stages, head="item", recipe=RECIPE),)
