"""self-among-positives: in a supervised contrastive loss each row is a positive of itself.

What it checks
    The graph of a loss multiplies what was made of the products of rows with each other (z @ z.T), by a logarithm, with
    a mask (N, N) of zeros and ones that is 1 on its whole diagonal, and elsewhere too. No other mask without the
    diagonal is multiplied with that later. In three passes.

Why it hurts
    A row is most similar to itself whatever the net does. The share of each row's positives that is itself teaches
    nothing, and where a class is rare it is all of them: its rows are pushed apart from everything.

Example
    same = (y[:, None] == y[None, :]).float()
    loss = -(same * log_prob).sum(1) / same.sum(1)

Instead
    same = (y[:, None] == y[None, :]).float() * (1 - torch.eye(len(y)))

When it is a false alarm
    None is known. Products of two different vectors of each row, such as of an image and of its text, are left alone.

Cost
    A look at the products in the graph in the first passes.
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

ROWS_AT_LEAST, ROWS_AT_MOST = 8, 4_096
PASSES_AT_LEAST, PASSES_AT_MOST = 3, 12
NEAREST = 60  # nodes of a loss, among which masks are looked for
BELOW_AT_MOST = 40  # nodes from a mask to the product of the rows
LOGARITHMS = ("LogBackward0", "LogsumexpBackward0", "LogSoftmaxBackward0", "Log1PBackward0")


class SelfAmongPositives(LiveRule):
    code, level = "GF692", Level.WARNING

    def start(self) -> None:
        self.passes = self.times = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_MOST:
            return
        self.passes += 1
        nodes = [
            (node, mask) for node in event.named("MulBackward0", nearest=NEAREST) if (mask := _mask(node)) is not None
        ]
        without = [node for node, mask in nodes if not bool(mask.diagonal().any())]
        for node, mask in nodes:
            others = float(mask.sum()) - len(mask)
            if not bool(mask.diagonal().all()) or others <= 0 or others == len(mask) * (len(mask) - 1):
                continue
            if _compares_with_itself(node, len(mask)) and not any(_is_below(node, other) for other in without):
                self.times += 1
                if self.times == PASSES_AT_LEAST:
                    self.passes = PASSES_AT_MOST
                    yield self.finding(
                        f"the mask of positives ({len(mask)}, {len(mask)}) holds its whole diagonal: each row is a "
                        f"positive of itself, beside {others / len(mask):.1f} others on average",
                        "Take the diagonal out: same * (1 - torch.eye(len(same)))",
                    )
                return


def _mask(node: Any) -> Tensor | None:
    """(N, N) zeros and ones without a gradient that a product is taken with."""
    for saved in (node._saved_self, node._saved_other):
        if not isinstance(saved, Tensor) or saved.requires_grad or saved.dim() != 2:
            continue
        rows, columns = saved.shape
        if rows == columns and ROWS_AT_LEAST <= rows <= ROWS_AT_MOST and bool(((saved == 0) | (saved == 1)).all()):
            return saved.detach()
    return None


def _compares_with_itself(node: Any, rows: int) -> bool:
    """Whether a logarithm and a product of rows with themselves lie below, and no diagonal was filled right there."""
    inputs = graph.parents(node)
    if any(each.name() in ("MaskedFillBackward0", "WhereBackward0") for each in inputs):
        return False
    below = list(graph.walk(node, limit=BELOW_AT_MOST))
    if not any(each.name() in LOGARITHMS for each in below):
        return False
    for each in below:
        if each.name() == "MmBackward0" and tuple(graph.shape_of(each)) == (rows, rows):
            one, other = each._saved_self, each._saved_mat2
            return one is not None and other is not None and torch.equal(one.detach(), other.detach().t())
    return False


def _is_below(node: Any, other: Any) -> bool:
    return other is not node and any(each is node for each in graph.walk(other, limit=BELOW_AT_MOST))
