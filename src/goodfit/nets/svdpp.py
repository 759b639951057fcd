"""Ratings by factors: a user's and an item's bias and the product of their embeddings, many small models in one.

Koren, Bell and Volinsky 2009 ("Matrix factorization techniques for recommender systems"), with the implicit term of
SVD++ (Koren 2008, "Factorization meets the neighborhood", section 5): what a user has rated at all says something
about the user. Several members share the batch and average their predictions: their errors are partly their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.nets.architecture import Architecture, Recipe
from goodfit.nets.embeddings import SideFeatures, sum_of_rows
from goodfit.stats.held_out import HeldOut

START = 0.1  # standard deviation of the embeddings at the start
# Strength of the L2 penalty, as it is paid for each rating (Koren 2008, section 3): rows that many ratings speak for
# pay more often. Chosen on validation rows of MovieLens-100k's first training file: docs/benchmarks.md.
ON_FACTORS, ON_BIASES, ON_HISTORY, ON_FEATURES = 0.05, 0.005, 50.0, 20.0


class Factors(nn.Module):
    """x: (N, 2) codes of user and item, 0 for one not seen in training -> (N, members, 1); their mean (N, 1) in eval.

    Args:
        users, items: number of codes.
        ratings: number of training rows.
        held: number of held-out rows: items in them are known to their users, and teach nothing.
        members: models in one.
        width: of a member's embeddings.
        history: whether the items that a user rated count, whatever the rating.
        history_at_most: items of a user that count; of more an even sample, in the order of the data. None: all.
        user_features, item_features: `sizes` of SideFeatures, where there are any.

    Attributes:
        penalty: of the last training batch, a scalar: the loop adds it to the loss.
    """

    starts: Tensor
    rated: Tensor
    held_starts: Tensor
    held: Tensor
    held_part: Tensor

    def __init__(
        self,
        users: int,
        items: int,
        ratings: int,
        *,
        members: int,
        width: int,
        history: bool,
        history_at_most: int | None = None,
        held: int = 0,
        user_features: Sequence[int] | None = None,
        item_features: Sequence[int] | None = None,
    ) -> None:
        super().__init__()
        self.members, self.history, self.history_at_most = members, history, history_at_most
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
        # the last value of the width is a bias
        self.user_side = SideFeatures(users, user_features, members * width + 1) if user_features else None
        self.item_side = SideFeatures(items, item_features, members * width + 1) if item_features else None
        # items rated by user u: rated[starts[u] : starts[u + 1]]
        self.register_buffer("starts", torch.zeros(users + 1, dtype=torch.int64))
        self.register_buffer("rated", torch.zeros(ratings, dtype=torch.int64))
        # the same of held-out rows, with the HeldOut part of each; runs of older versions have none
        kept = held > 0
        self.register_buffer("held_starts", torch.zeros(users + 1, dtype=torch.int64), persistent=kept)
        self.register_buffer("held", torch.zeros(held, dtype=torch.int64), persistent=kept)
        self.register_buffer("held_part", torch.zeros(held, dtype=torch.int8), persistent=kept)
        self.penalty = torch.zeros(())

    def measure(
        self,
        x: Tensor,
        held: tuple[Tensor, Tensor] | None = None,
        user_features: tuple[Tensor, Tensor, Any] | None = None,
        item_features: tuple[Tensor, Tensor, Any] | None = None,
    ) -> None:
        """Note what every user rated, from all training rows (N, 2), and what is known of users and items besides.

        Args:
            held: pairs (K, 2) of held-out rows, and the HeldOut part (K,) of each.
        """
        users, items = x.long().to(self.starts.device).unbind(1)
        order = torch.argsort(users, stable=True)
        self.rated = items[order]
        self.starts[1:] = torch.bincount(users, minlength=len(self.starts) - 1).cumsum(0)
        if held is not None:
            pairs, parts = (each.to(self.starts.device) for each in held)
            by_user = torch.argsort(pairs[:, 0], stable=True)
            self.held, self.held_part = pairs[by_user, 1], parts[by_user]
            self.held_starts[1:] = torch.bincount(pairs[:, 0], minlength=len(self.starts) - 1).cumsum(0)
        for side, features, codes, table in (
            (self.user_side, user_features, users, self.user),
            (self.item_side, item_features, items, self.item),
        ):
            if side is not None and features is not None:
                side.measure(*features[:2])
                with torch.no_grad():  # no rating will ever teach these
                    table.weight[torch.bincount(codes, minlength=len(table.weight)) == 0] = 0

    def taken(self, users: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The items that each user rated, one after the other; where each user's begin; how many each has."""
        at, offsets, counts = _places(self.starts, users)
        return self.rated[at], offsets, counts

    def parts(self, users: Tensor) -> Tensor:
        """(len(users), items) int8: the HeldOut part in which each user rated each item."""
        parts = torch.zeros(len(users), len(self.item_bias.weight), dtype=torch.int8, device=users.device)
        rows = torch.arange(len(users), device=users.device)
        at, _, counts = _places(self.held_starts, users)
        in_held, items, of_row = self.held_part[at], self.held[at], rows.repeat_interleave(counts)
        for part in (HeldOut.TEST, HeldOut.VALID):
            parts[of_row[in_held == part], items[in_held == part]] = int(part)
        rated, _, counts = self.taken(users)
        parts[rows.repeat_interleave(counts), rated] = int(HeldOut.TRAIN)
        return parts

    def people(self, users: Tensor) -> tuple[Tensor, Tensor]:
        """(n, members * width) vectors and (n, 1) biases: what users' embeddings, items rated and features say."""
        return self._with_known(users, self.user(users), self.user_bias(users))

    def _with_known(self, users: Tensor, vectors: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Users' own embeddings and biases, and what items rated and features add."""
        if self.history:
            at, offsets, counts = _places(self.starts, users, self.history_at_most)
            rated = self.rated[at]
            weights = counts.clamp_min(1).float().rsqrt().repeat_interleave(counts)
            vectors = vectors + sum_of_rows(self.rated_item.weight, rated, offsets, weights.to(vectors.dtype))
        return _with_side(self.user_side, users, vectors, bias)

    def things(self, items: Tensor) -> tuple[Tensor, Tensor]:
        """(n, members * width) vectors and (n, 1) biases of items."""
        return _with_side(self.item_side, items, self.item(items), self.item_bias(items))

    def all_things(self) -> tuple[Tensor, Tensor]:
        """The same of all items, by their codes."""
        return self.things(torch.arange(len(self.item.weight), device=self.item.weight.device))

    def scores(self, users: Tensor) -> Tensor:
        """(len(users), items): what each user would give each item; -inf for items rated in any row, and for code 0."""
        (vectors, bias), (things, item_bias) = self.people(users), self.all_things()
        scores: Tensor = vectors @ things.t() / self.members + bias + item_bias.t()
        return self.only_new(scores, users)

    def only_new(self, scores: Tensor, users: Tensor) -> Tensor:
        """Scores (len(users), items) with -inf for items that the user rated in any row, and for code 0."""
        scores[:, 0] = -torch.inf
        return scores.masked_fill_(self.parts(users) > HeldOut.NEW, -torch.inf)

    def forward(self, x: Tensor) -> Tensor:
        codes = (torch.unique(each, return_inverse=True, return_counts=True) for each in x.long().unbind(1))
        (users, of_user, user_counts), (items, of_item, item_counts) = codes  # each once: of many ratings it is faster
        person, bias = self.user(users), self.user_bias(users)
        thing, item_bias = self.item(items), self.item_bias(items)
        if self.training:
            squares = _squares(person, user_counts) + _squares(thing, item_counts)
            bias_squares = _squares(bias, user_counts) + _squares(item_bias, item_counts)
            own = ON_FACTORS * squares / self.members + ON_BIASES * bias_squares
            self.penalty = own / len(x) + self.shared_penalty(ON_HISTORY)
        person, bias = self._with_known(users, person, bias)
        thing, item_bias = _with_side(self.item_side, items, thing, item_bias)
        fit = self._by_member(person.index_select(0, of_user) * thing.index_select(0, of_item)).sum(2)
        both = bias.index_select(0, of_user) + item_bias.index_select(0, of_item)
        out: Tensor = (fit + both).unsqueeze(2)
        return out if self.training else out.mean(1)

    def _by_member(self, vectors: Tensor) -> Tensor:
        """(n, members * width) -> (n, members, width)."""
        return vectors.view(len(vectors), self.members, -1)

    def shared_penalty(self, on_history: float) -> Tensor:
        """Of what no single rating pays for: embeddings of items as rated, and of features."""
        total = on_history * self.rated_item.weight.square().sum()
        for side in (self.user_side, self.item_side):
            if side is not None:
                total = total + ON_FEATURES * side.squares()
        return total / self.members / max(1, len(self.rated))


def _places(starts: Tensor, users: Tensor, at_most: int | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Where each user's entries stand, one after the other; where each user's begin; how many each has.

    Args:
        at_most: entries of a user: of more, as many at even distances.
    """
    first, whole = starts[users], starts[users + 1] - starts[users]
    counts = whole if at_most is None else whole.clamp_max(at_most)
    offsets = counts.cumsum(0) - counts
    within = torch.arange(int(counts.sum()), device=users.device) - offsets.repeat_interleave(counts)
    if at_most is not None:
        within = within * whole.repeat_interleave(counts) // counts.repeat_interleave(counts)
    return first.repeat_interleave(counts) + within, offsets, counts


def _squares(rows: Tensor, counts: Tensor) -> Tensor:
    """Sum of the squares of rows (n, width), each so many times, a scalar."""
    return rows.square().sum(1) @ counts.to(rows.dtype)


def _with_side(side: SideFeatures | None, codes: Tensor, vectors: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    if side is None:
        return vectors, bias
    said = side(codes)
    return vectors + said[:, :-1], bias + said[:, -1:]


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
    history_at_most: int | None = None,
    held: int = 0,
    user_features: Sequence[int] | None = None,
    item_features: Sequence[int] | None = None,
) -> nn.Module:
    if outputs != 1 or in_shape != (2,):
        raise ValueError("one rating of a user and an item is what it predicts")
    return Factors(
        users,
        items,
        ratings,
        members=members,
        width=width,
        history=history,
        history_at_most=history_at_most,
        held=held,
        user_features=user_features,
        item_features=item_features,
    )


def stages(net: nn.Module) -> list[list[nn.Module]]:
    """Users, biases of items, items: from the input to the head."""
    assert isinstance(net, Factors)
    return [[net.user_bias, net.user, net.rated_item], [net.item_bias], [net.item]]


RECIPES = {
    "ratings": Recipe(learning_rate=2e-2, weight_decay=0.0, batch_size=2048, rows_to_see=900_000, most_steps=500)
}
ARCHITECTURES = (
    Architecture("factors", _build, input_dims=1, stages=stages, head="item", recipes=RECIPES, large_products=False),
)
