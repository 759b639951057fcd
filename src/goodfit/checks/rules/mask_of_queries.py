"""mask-of-queries: a mask before a softmax is the same for all that the softmax chooses from, so it hides nothing.

What it checks
    A softmax of scores that were masked (masked_fill or where), or an attention with a mask. Some rows are masked as a
    whole, the others not at all: along the dimension that the softmax runs over the mask is constant. In two steps.

Why it hurts
    A padding mask has to run along the keys. Along the queries it leaves the weights of real tokens as they are, so
    that these go on looking at padding, and gives the padding's own rows equal weights everywhere.

Example
    scores = scores.masked_fill((tokens == PAD)[:, None, :, None], -1e9)       # (batch, heads, queries, keys)

Instead
    scores = scores.masked_fill((tokens == PAD)[:, None, None, :], -1e9)

When it is a false alarm
    Rows that are switched off on purpose, where what they give is never used.

Cost
    A look at the masks that the graph keeps, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2
MASKS_AT_MOST = 4  # one after the other


class MaskOfQueries(LiveRule):
    code, level = "GF116", Level.WARNING

    def start(self) -> None:
        self.steps: Counter[Place] = Counter()

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named("SoftmaxBackward0"):
            if not _is_constant(node):
                continue
            place = graph.place_of(node)
            self.steps[place] += 1
            if self.steps[place] == STEPS_AT_LEAST:
                shape = tuple(graph.shape_of(node))
                yield self.finding(
                    f"the mask before this softmax of {shape} is the same along the dimension that the softmax runs "
                    "over: what is masked keeps its weight in every row that is not masked as a whole",
                    "Let the mask run along the keys: mask[:, None, None, :] for scores (batch, heads, queries, keys)",
                    file=place.file,
                    line=place.line,
                )


def _is_constant(softmax: Any) -> bool:
    """Whether all masks right before a softmax are constant along its dimension, and one masks some rows, not all."""
    result: Tensor = softmax._saved_result
    dim = graph.softmax_dim(softmax)
    if result.dim() < 2 or result.shape[dim] < 2:
        return False
    inputs = graph.parents(softmax)
    node = inputs[0] if inputs else None
    some = False
    for _ in range(MASKS_AT_MOST):
        while node is not None and node.name() == "ToCopyBackward0":
            node = graph.parents(node)[0]
        mask = _mask(node)
        if mask is None or mask.dim() > result.dim():
            break
        wide = mask.expand(result.shape)
        if not bool((wide == wide.narrow(dim, 0, 1)).all()):
            return False
        some = some or (bool(mask.any()) and not bool(mask.all()))
        node = graph.parents(node)[0]
    return some


def _mask(node: Any) -> Tensor | None:
    """The mask of a masked_fill, or of a where with a constant."""
    name = node.name() if node is not None and graph.parents(node) else ""
    if name == "MaskedFillBackward0":
        mask: Tensor = node._saved_mask
        return mask
    if name == "WhereBackward0" and len(graph.parents(node)) == 1:
        condition: Tensor = node._saved_condition
        return condition
    return None
