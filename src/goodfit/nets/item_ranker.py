"""Ranking from choices alone: which items would this user take next? Factors trained by a softmax over items.

The user is the sum of an embedding and of those of the items taken, without the one in question (FISM: Kabbur, Ning and
Karypis 2013, "Factored item similarity models", section 4); the loss is the softmax over that item and a sample of
the others (Jean et al. 2015, "On using very large target vocabulary", section 3). Several members share the batch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor, nn

from goodfit.nets.architecture import Architecture, Recipe
from goodfit.nets.embeddings import sum_of_rows
from goodfit.nets.svdpp import Factors, stages
from goodfit.stats.held_out import HeldOut

NEGATIVES = 512  # sampled items that a batch is told apart from
CELLS = 20_000_000  # scores in memory at a time when all items are ranked
# Strength of the L2 penalty as it is paid for each choice, chosen on validation rows: docs/benchmarks.md.
ON_FACTORS, ON_HISTORY = 0.05, 20.0


class Ranker(Factors):
    """x: (N, 2) codes of user and item -> (N, members, 1 + negatives) scores in training, the item's own first.

    In eval mode (N, 6): the item's loss in a softmax over all items that are as new to the user as this one or newer
    (HeldOut: for a test row those taken neither in training nor in validation rows); its rank among them, from 1 on;
    the user's code; the rank that the item's popularity would give it; the item's code; and its HeldOut part.
    """

    def forward(self, x: Tensor) -> Tensor:
        users, items = x.long().unbind(1)
        return self._against_sample(users, items) if self.training else self._against_all(users, items)

    def people(self, users: Tensor) -> tuple[Tensor, Tensor]:
        """(n, members * width) vectors: own embedding, items taken, features; a user's bias changes no order."""
        heard, counts = self._heard(users)
        return self._person(users, heard * counts.clamp_min(1).rsqrt()), torch.zeros_like(counts)

    def scores(self, users: Tensor) -> Tensor:
        """(len(users), items): for every item, -inf for those taken in any row and for code 0."""
        return self.only_new(self._all_scores(users), users)

    @cached_property
    def all_taken(self) -> Tensor:
        """Codes of the items that somebody took in training."""
        found: Tensor = torch.unique(self.rated)
        return found

    def _person(self, users: Tensor, heard: Tensor) -> Tensor:
        found: Tensor = self.user(users) + heard
        return found if self.user_side is None else found + self.user_side(users)[:, :-1]

    def _heard(self, users: Tensor) -> tuple[Tensor, Tensor]:
        """Sum of the embeddings of the items taken, and how many they are, (n, 1)."""
        flat, offsets, counts = self.taken(users)
        heard = sum_of_rows(self.rated_item.weight, flat, offsets)
        return heard, counts.unsqueeze(1).to(heard.dtype)

    def _against_sample(self, users: Tensor, items: Tensor) -> Tensor:
        different, back = torch.unique(users, return_inverse=True)
        heard, counts = self._heard(different)
        others = heard.index_select(0, back) - self.rated_item(items)  # the item in question is not told
        person = self._person(users, others * (counts.index_select(0, back) - 1).clamp_min(1).rsqrt())
        taken = self.all_taken  # items that nobody took teach nothing
        count = min(NEGATIVES, len(taken))
        sample = taken[torch.randint(len(taken), (count,), device=users.device)]
        (thing, bias), (things, biases) = self.things(items), self.things(sample)
        person, thing, things = self._by_member(person), self._by_member(thing), self._by_member(things)
        right = (person * thing).sum(2) + bias
        wrong = torch.einsum("nmw,kmw->nmk", person, things) + biases.t()
        wrong = wrong + math.log(len(taken) / count)  # a sampled item stands for several
        wrong = wrong.masked_fill((sample[None] == items[:, None])[:, None], -torch.inf)
        squares = (self.user(users).square().sum() + self.item(items).square().sum()) / self.members / len(items)
        self.penalty = ON_FACTORS * squares + self.shared_penalty(ON_HISTORY)
        return torch.cat([right.unsqueeze(2), wrong], dim=2)

    def _against_all(self, users: Tensor, items: Tensor) -> Tensor:
        pieces = []
        size = max(1, CELLS // len(self.item_bias.weight))
        commonness = torch.bincount(self.rated, minlength=len(self.item_bias.weight)).float()
        for some, wanted in zip(torch.split(users, size), torch.split(items, size), strict=True):
            different, back = torch.unique(some, return_inverse=True)
            rows = torch.arange(len(some), device=some.device)
            scores, parts = self._all_scores(different)[back], self.parts(different)[back]
            part = parts[rows, wanted]
            target, common = scores[rows, wanted], commonness[wanted]
            hidden = (parts > part[:, None]) | (parts == HeldOut.TRAIN)
            hidden[:, 0] = True
            hidden[rows, wanted] = False  # a training row is ranked with itself
            scores = scores.masked_fill(hidden, -torch.inf)
            popular = commonness.expand_as(scores).masked_fill(hidden, -torch.inf)
            rank = 1.0 + (scores > target[:, None]).sum(1)
            ties = (popular == common[:, None]).sum(1) - 1
            usual = 1.0 + (popular > common[:, None]).sum(1) + ties / 2
            unknown = wanted == 0  # an item that training does not have is never recommended
            last = float(scores.shape[1])
            rank, usual = rank.masked_fill(unknown, last), usual.masked_fill(unknown, last)
            loss = (scores.logsumexp(1) - target).masked_fill(unknown, math.log(last))
            columns = (loss, rank, some, usual, wanted, part)
            pieces.append(torch.stack([column.to(loss.dtype) for column in columns], dim=1))
        return torch.cat(pieces)

    def _all_scores(self, users: Tensor) -> Tensor:
        things, biases = self.all_things()
        return (self.people(users)[0] @ things.t() / self.members + biases.t()).float()


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    users: int,
    items: int,
    ratings: int,
    members: int = 8,
    width: int = 32,
    held: int = 0,
    user_features: Sequence[int] | None = None,
    item_features: Sequence[int] | None = None,
) -> nn.Module:
    if outputs != 1 or in_shape != (2,):
        raise ValueError("it ranks the item of a user and an item")
    return Ranker(
        users,
        items,
        ratings,
        members=members,
        width=width,
        history=True,
        held=held,
        user_features=user_features,
        item_features=item_features,
    )


RECIPES = {"ranking": Recipe(learning_rate=1e-2, weight_decay=0.0, batch_size=1024, rows_to_see=1_000_000)}
ARCHITECTURES = (
    Architecture("ranker", _build, input_dims=1, stages=stages, head="item", recipes=RECIPES, large_products=False),
)
