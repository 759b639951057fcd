"""boxes-not-corners: the overlap of boxes is computed as if they were corners, and they are centres and sizes.

What it checks
    In the graph of a loss: the larger of two pairs of coordinates and the smaller of two others, as an intersection
    takes them. Of the boxes without a graph, the targets, many have a second corner that is not beyond the first one in
    both directions; nor before it, where the graph does not tell which of both comes first. In three passes.

Why it hurts
    An intersection of such numbers is none: the loss falls as boxes reach values that look alike, and says little
    about their overlap.

Example
    loss = (1 - giou(pred, target)).mean()          # both (cx, cy, w, h), and giou takes (x0, y0, x1, y1)

Instead
    loss = (1 - giou(to_corners(pred), to_corners(target))).mean()

When it is a false alarm
    None is known.

Cost
    A look at the graph's nodes of that kind, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
ROWS_AT_LEAST = 8
SHARE_AT_LEAST = 0.2  # of the boxes
NODES_AT_MOST = 120


class BoxesNotCorners(LiveRule):
    code, level = "GF270", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        largest, smallest = (
            [x for node in event.named(name, nearest=NODES_AT_MOST) if (x := _target_of(node)) is not None]
            for name in ("MaximumBackward0", "MinimumBackward0")
        )
        share = _share_of_no_corners(largest, smallest)
        if share < SHARE_AT_LEAST:
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"an intersection of boxes is computed, and {share:.0%} of the target boxes are no corners: their last "
                "two numbers are not beyond the first two",
                "Turn centres and sizes into corners first: x0 = cx - w / 2, x1 = cx + w / 2",
            )


def _target_of(node: Any) -> Tensor | None:
    """(N, 2) the constant side of the larger or the smaller of two points."""
    for at, (parent, _) in enumerate(node.next_functions):
        saved = getattr(node, ("_saved_self", "_saved_other")[at], None)
        if parent is None and isinstance(saved, Tensor) and saved.dim() == 2 and saved.shape[1] == 2:
            return saved.detach() if len(saved) >= ROWS_AT_LEAST else None
    return None


def _share_of_no_corners(largest: list[Tensor], smallest: list[Tensor]) -> float:
    """Of the boxes whose corners these are, the share for which neither can be the first corner."""
    for first in largest:
        for second in smallest:
            if first.shape == second.shape and first.data_ptr() != second.data_ptr():
                beyond, before = ((second - first) * sign >= 0 for sign in (1, -1))
                shares = [float(each.all(1).float().mean()) for each in (beyond, before)]
                order = _order(first, second)
                return 1 - (max(shares) if order is None else shares[order])
    return 0.0


def _order(first: Tensor, second: Tensor) -> int | None:
    """0 where these are the first two columns of boxes and the last two, 1 the other way round; None if unknown."""
    same = first.untyped_storage().data_ptr() == second.untyped_storage().data_ptr()
    if not same or first.stride() != second.stride() or first.stride() != (4, 1):
        return None
    return {2: 0, -2: 1}.get(int(second.storage_offset()) - int(first.storage_offset()))
