"""triplet-of-two: in a triplet loss two of the three are the same.

What it checks
    In half of the rows or more that triplet_margin_loss gets, the positive is equal to the negative, or the anchor to
    the positive, in every value. In three calls.

Why it hurts
    Where the positive is the negative, the loss is the margin whatever the net does, and its gradient is 0. Where the
    anchor is its own positive, one half of the loss is always 0, and only distances are pressed apart.

Example
    loss = F.triplet_margin_loss(net(anchor), net(positive), net(positive))

Instead
    loss = F.triplet_margin_loss(net(anchor), net(positive), net(negative))

When it is a false alarm
    A net that has collapsed to one output: that is worth knowing too.

Cost
    Two comparisons of the inputs in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import OtherLoss
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TRIPLETS = ("triplet_margin_loss", "triplet_margin_with_distance_loss")
CALLS_AT_LEAST = 3
ROWS_AT_LEAST = 4
SHARE_AT_LEAST = 0.5


class TripletOfTwo(LiveRule):
    code, level = "GF241", Level.WARNING

    def start(self) -> None:
        self.calls: Counter[tuple[Place, str]] = Counter()

    def on_loss(self, event: OtherLoss) -> Iterator[Finding]:
        if event.name not in TRIPLETS or not event.grad:
            return
        anchor, positive, negative = (event.arguments[name] for name in ("anchor", "positive", "negative"))
        if len(anchor) < ROWS_AT_LEAST:
            return
        for what, one, other in (
            ("the positive is the negative", positive, negative),
            ("the anchor is the positive", anchor, positive),
        ):
            share = _share_equal(one, other)
            if share < SHARE_AT_LEAST:
                continue
            key = (user_place(), what)
            self.calls[key] += 1
            if self.calls[key] == CALLS_AT_LEAST:
                yield self.finding(
                    f"{what} in {share:.0%} of the triplets, in each of {CALLS_AT_LEAST} calls",
                    "Draw the positive from the anchor's class, not the anchor, and the negative from another class",
                )


def _share_equal(one: Tensor, other: Tensor) -> float:
    """Of rows that are the same in both."""
    if one.shape != other.shape:
        return 0.0
    return float((one.detach() == other.detach()).flatten(1).all(1).float().mean())
