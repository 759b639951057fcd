"""positive-among-negatives: the score of the positive stands among those of the negatives as well.

What it checks
    cross_entropy gets one score of the positive and several of negatives in each row, and the target is the same
    column in all rows. In half of the rows or more the target's score is among the others, equal to the last bit, and
    not all scores of the row are equal. In three calls.

Why it hurts
    Hard negatives are those with the highest scores: without the positive left out, it is one of them. The loss pulls
    it up and pushes it down at once, and cannot fall below ln 2.

Example
    hard = scores.topk(8, dim=1).values; logits = torch.cat([scores.diagonal()[:, None], hard], dim=1)

Instead
    others = scores.masked_fill(torch.eye(n, dtype=torch.bool), float("-inf"))
    hard = others.topk(8, dim=1).values; logits = torch.cat([scores.diagonal()[:, None], hard], dim=1)

When it is a false alarm
    Scores of few values, such as whole numbers, are not reported.

Cost
    A comparison of the scores of a batch in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
ROWS_AT_LEAST = 4
COLUMNS_AT_LEAST = 3
SHARE_AT_LEAST = 0.5


class PositiveAmongNegatives(LiveRule):
    code, level = "GF260", Level.WARNING
    yields_to = ("pair-with-itself", "symmetric-units")

    def start(self) -> None:
        self.calls = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "cross_entropy" or not event.grad or event.input.dim() != 2 or event.target.dim() != 1:
            return
        scores, target = event.input.detach(), event.target
        if len(scores) < ROWS_AT_LEAST or scores.shape[1] < COLUMNS_AT_LEAST or target.is_floating_point():
            return
        column = int(target[0])
        if not 0 <= column < scores.shape[1] or bool((target != column).any()):
            return
        own = scores[:, column : column + 1]
        equal = (scores == own).sum(1)  # the target's own is one of them
        again = (equal > 1) & (equal < scores.shape[1])
        if float(again.float().mean()) < SHARE_AT_LEAST or bool((scores == scores.round()).all()):
            return
        self.calls += 1
        if self.calls == CALLS_AT_LEAST:
            yield self.finding(
                f"in {float(again.float().mean()):.0%} of the rows the score of the positive is also among those of "
                "the negatives",
                "Leave the positive out before the hardest negatives are chosen",
            )
