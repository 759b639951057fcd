"""negative-is-liked: items that a user likes are drawn as negatives for the same user.

What it checks
    In a training pass three columns of whole numbers are looked up: one in a table of its own, the two others in
    another, the same for both, of another size. Of the pairs of the first with the third, at least an eighth are
    pairs of the first with the second in other rows. The third may hold several negatives a row.

Why it hurts
    A ranking loss pushes down as negatives what it draws up as positives in other rows: the most popular items most.

Example
    negative = torch.randint(0, items, (1,))

Instead
    while liked[user, negative]: negative = torch.randint(0, items, (1,))

When it is a false alarm
    Two columns of items that are both liked: in a large catalogue chance alone makes far fewer pairs than that.

Cost
    A set of pairs of the first batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, Call, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SHARE_AT_LEAST = 0.125  # fewer are a matter of taste: a few per cent are common in small catalogues
PAIRS_AT_LEAST, PAIRS_AT_MOST = 200, 50_000
COLUMNS_AT_MOST = 12  # of a pass that is looked at


@dataclass
class Column:
    """Whole numbers that are looked up in a pass.

    Attributes:
        tables: ids of the tables, and how many rows each has.
    """

    values: Tensor
    tables: dict[int, int] = field(default_factory=dict)


class Triple(NamedTuple):
    """Users (N,), liked items (N,) and negatives (N,) or (N, K) of a pass."""

    users: Tensor
    liked: Tensor
    negatives: Tensor


class NegativeIsLiked(LiveRule):
    code, level = "GF273", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.columns: dict[tuple[int, tuple[int, ...]], Column] = {}  # by address and shape, since the last pass
        self.liked: list[tuple[int, int]] = []
        self.drawn: list[tuple[int, int]] = []
        self.place = Place(None, None)

    def on_call(self, event: Call) -> None:
        x = event.inputs[0] if event.inputs and event.grad else None
        table = event.module
        if x is None or not isinstance(table, nn.Embedding) or x.dim() not in (1, 2) or x.is_floating_point():
            return
        if len(self.columns) < COLUMNS_AT_MOST and len(self.drawn) < PAIRS_AT_MOST:
            key = x.data_ptr(), tuple(x.shape)
            self.columns.setdefault(key, Column(x.detach())).tables[id(table)] = table.num_embeddings

    def before_backward(self, event: BackwardBegins) -> None:
        columns, self.columns = list(self.columns.values()), {}
        triple = _triple(columns)
        if triple is not None:
            self.place = user_place()
            users = triple.users.tolist()
            self.liked += zip(users, triple.liked.flatten().tolist(), strict=True)
            negatives = triple.negatives.reshape(len(users), -1).tolist()
            self.drawn += [(user, item) for user, some in zip(users, negatives, strict=True) for item in some]

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        first, second = (
            Counter(self.liked),
            Counter(self.drawn),
        )  # which of them was drawn, the order of calls hardly says
        share = min(_share(first, second), _share(second, first))
        if len(self.drawn) >= PAIRS_AT_LEAST and share >= SHARE_AT_LEAST:
            yield self.finding(
                f"{share:.0%} or more of the negatives that are drawn are positives of the row's owner in other rows",
                "Draw again where the pair is among the positives",
                file=self.place.file,
                line=self.place.line,
            )


def _share(those: Counter[tuple[int, int]], others: Counter[tuple[int, int]]) -> float:
    """The share of pairs that are among others."""
    return sum(times for pair, times in those.items() if pair in others) / max(1, those.total())


def _triple(columns: Sequence[Column]) -> Triple | None:
    """What three columns hold, of which two are looked up in the same tables; None of any others."""
    if len(columns) != 3:
        return None
    for at, alone in enumerate(columns):
        first, second = (each for other, each in enumerate(columns) if other != at)
        if first.tables != second.tables or set(alone.tables) & set(first.tables):
            continue
        if set(alone.tables.values()) & set(first.tables.values()):
            return None  # words and their neighbours: where a word stands by chance is nobody's liking
        liked, negatives = sorted((first.values, second.values), key=lambda each: each.dim())
        users = alone.values.flatten()
        if len(users) == liked.numel() and len(negatives) == len(users):
            return Triple(users, liked, negatives)
    return None
