"""negative-is-liked: items that a user likes are drawn as negatives for the same user.

What it checks
    A loader gives three columns of whole numbers: one is looked up in a table, the two others in another, the same for
    both. Of the pairs of the first with the third, at least a twentieth are pairs of the first with the second in other
    rows.

Why it hurts
    A ranking loss pushes down as negatives what it draws up as positives in other rows: the most popular items most.

Example
    negative = torch.randint(0, items, (1,))

Instead
    while liked[user, negative]: negative = torch.randint(0, items, (1,))

When it is a false alarm
    None is known: in a large catalogue chance alone makes far fewer.

Cost
    A set of pairs of the first batches.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import Batch, Call, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SHARE_AT_LEAST = 0.05
PAIRS_AT_LEAST, PAIRS_AT_MOST = 200, 50_000


class NegativeIsLiked(LiveRule):
    code, level = "GF273", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.columns: list[Tensor] = []  # of the last batch
        self.tables: dict[int, int] = {}  # column -> id of the table that it is looked up in
        self.liked: set[tuple[int, int]] = set()
        self.drawn: list[tuple[int, int]] = []
        self.place = Place(None, None)

    def on_batch(self, event: Batch) -> None:
        self._count()
        some = list(event.tensors)
        are_columns = len(some) == 3 and all(x.dim() == 1 and not x.is_floating_point() for x in some)
        self.columns, self.tables = (some if are_columns else []), {}
        if are_columns:
            self.place = user_place()

    def on_call(self, event: Call) -> None:
        if self.columns and event.grad and event.inputs:
            for at, column in enumerate(self.columns):
                if event.inputs[0] is column:
                    self.tables.setdefault(at, id(event.module))

    def _count(self) -> None:
        """Put the pairs of the last batch with the others."""
        tables = list(self.tables.values())
        if len(tables) < 3 or len(set(tables)) != 2 or len(self.drawn) >= PAIRS_AT_MOST:
            return
        user = next(at for at, table in self.tables.items() if tables.count(table) == 1)
        users = self.columns[user].tolist()
        positive, negative = (self.columns[at].tolist() for at in range(3) if at != user)
        self.liked.update(zip(users, positive, strict=True))
        self.drawn += zip(users, negative, strict=True)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        self._count()
        share = sum(pair in self.liked for pair in self.drawn) / max(1, len(self.drawn))
        if len(self.drawn) >= PAIRS_AT_LEAST and share >= SHARE_AT_LEAST:
            yield self.finding(
                f"{share:.0%} of the negatives that are drawn are positives of the same row's owner in other rows",
                "Draw again where the pair is among the positives",
                file=self.place.file,
                line=self.place.line,
            )
