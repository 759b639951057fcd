"""neighbour-of-itself: the nearest neighbours of rows are looked for among the rows themselves, and each finds itself.

What it checks
    Without gradients: topk of similarities (N, N) that are symmetric, so of rows with themselves, gives each row as its
    own first neighbour, and the labels of all k of these neighbours are compared with the row's own. Or argmax of such
    similarities gives each row itself.

Why it hurts
    One of the k neighbours always has the right label. With k = 1 the accuracy is 1, whatever the net has learnt; with
    k = 5 it is a fifth of the way too high.

Example
    near = (z @ z.T).topk(5, dim=1).indices; score = (labels[near] == labels[:, None]).float().mean()

Instead
    near = (z @ z.T).topk(6, dim=1).indices[:, 1:]               # or fill_diagonal_(-torch.inf) before

When it is a false alarm
    None is known.

Cost
    A comparison of the matrix with itself turned, where topk or argmax is asked of a square one.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Compare, Read, TopK
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST, ROWS_AT_MOST = 20, 20_000
ITSELF_AT_LEAST = 0.95  # of the rows: equal rows stand for each other
NEAR = 1e-4


class NeighbourOfItself(LiveRule):
    code, level = "GF605", Level.WARNING

    def start(self) -> None:
        self.neighbours: tuple[int, int] | None = None  # rows, and how many neighbours each has, itself among them
        self.said = False

    def on_topk(self, event: TopK) -> None:
        self.neighbours = None
        if not self.said and event.places.dim() == 2 and _are_own(event.scores, event.places[:, 0]):
            self.neighbours = len(event.places), event.places.shape[1]

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        known, sides = self.neighbours, (event.left, event.right)
        if known is None or event.grad or self.said:
            return
        shapes = [tuple(each.shape) for each in sides]
        if sorted(shapes) == sorted([known, (known[0], 1)]) and bool((sides[0][:, 0] == sides[1][:, 0]).all()):
            yield self._finding(
                f"each row is the first of its own {known[1]} neighbours, and its label counts as right"
            )

    def on_read(self, event: Read) -> Iterator[Finding]:
        at = event.at
        of_rows = at is not None and not event.grad and not self.said and event.dim in (1, -1) and at.dim() == 1
        if of_rows and at is not None and _are_own(event.tensor, at):
            yield self._finding("the nearest neighbour of each row is the row itself")

    def _finding(self, what: str) -> Finding:
        self.said = True
        place = user_place()
        return self.finding(
            f"{what}: the similarities are those of the rows with themselves",
            "Leave the first neighbour out: topk(k + 1).indices[:, 1:]; or fill the diagonal with -torch.inf before",
            file=place.file,
            line=place.line,
        )


def _are_own(scores: Tensor, first: Tensor) -> bool:
    """Whether scores (N, N) are of rows with themselves, and the first of each is the row itself."""
    if scores.dim() != 2 or scores.shape[0] != scores.shape[1] or not ROWS_AT_LEAST <= len(scores) <= ROWS_AT_MOST:
        return False
    if len(first) != len(scores) or not scores.is_floating_point():
        return False
    own = torch.arange(len(first), device=first.device)
    if float((first == own).float().mean()) < ITSELF_AT_LEAST:
        return False
    finite = scores.detach()
    return bool(((finite - finite.T).abs() <= NEAR * (1 + finite.abs())).all())
