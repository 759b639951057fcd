"""order-not-undone: what was put into a random order is put back by the same order, and not by its inverse.

What it checks
    In the graph of a loss, rows of a sequence (N, T, D) are gathered by the first places of an order, and later a whole
    sequence is gathered by that same order, where the inverse would put each row back to its place. In three passes.

Why it hurts
    order[order] is another random order. A decoder sees what was shown at wrong places and tokens in the place of it:
    what it learns is to ignore where things are.

Example
    order = noise.argsort(1); seen = x.gather(1, order[:, :keep]); ...; whole = cat([seen, tokens]).gather(1, order)

Instead
    back = order.argsort(1); ...; whole = cat([seen, tokens]).gather(1, back)

When it is a false alarm
    None is known.

Cost
    The indices of such gathers are compared, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
GATHERS_AT_MOST = 12
PLACES_AT_LEAST = 2


class OrderNotUndone(LiveRule):
    code, level = "GF638", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        gathers = event.named("GatherBackward0")[:GATHERS_AT_MOST] if self.passes < PASSES_AT_LEAST else []
        if len(gathers) < 2:
            return
        orders = [order for node in gathers if (order := _order(node)) is not None]
        if any(_is_same(some, whole) for some in orders for whole in orders):
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    "a sequence is put back by the order that its rows were taken by: the inverse of it was meant",
                    "Gather with the inverse: back = order.argsort(dim=1)",
                )


def _order(node: Any) -> Tensor | None:
    """(N, T) by which places a gather takes the rows of (N, T, D); None where it is no such gather."""
    index = node._saved_index.detach()
    if index.dim() != 3 or index.shape[1] < PLACES_AT_LEAST or not bool((index == index[..., :1]).all()):
        return None
    return index[..., 0] if len(graph.shape_of(node)) == 3 else None


def _is_same(some: Tensor, whole: Tensor) -> bool:
    """Whether the one are the first places of the other, which is a permutation, and not its own inverse."""
    if len(some) != len(whole) or some.shape[1] >= whole.shape[1] or some.device != whole.device:
        return False
    numbers = torch.arange(whole.shape[1], device=whole.device)
    if not torch.equal(whole[:, : some.shape[1]], some) or not bool((whole.sort(1).values == numbers).all()):
        return False
    return not bool((whole.gather(1, some) == numbers[: some.shape[1]]).all())
