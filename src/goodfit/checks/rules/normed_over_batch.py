"""normed-over-batch: similarities are computed of vectors that were normalised over the mini-batch.

What it checks
    cross_entropy gets a matrix of similarities of all rows of a batch, made by a product of two matrices; and one of
    these was divided by norms taken over dimension 0, the rows, not over the values of each row. In two calls.

Why it hurts
    The length of a row is then not 1, and depends on the other rows: what is meant as a cosine is none, and long rows
    win. The temperature has no meaning.

Example
    z = F.normalize(z, dim=0)

Instead
    z = F.normalize(z, dim=1)

When it is a false alarm
    None is known.

Cost
    A look at the graph behind square logits in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 2
ROWS_AT_LEAST = 4
NODES_AT_MOST = 12
STEPS_AT_MOST = 12
SCALINGS = ("MulBackward0", "DivBackward0", "AddBackward0", "SubBackward0", "IndexPutBackward0", "CatBackward0",
            "ScatterBackward0")  # fmt: skip
PRODUCTS = ("MmBackward0", "BmmBackward0")


class NormedOverBatch(LiveRule):
    code, level = "GF253", Level.WARNING

    def start(self) -> None:
        self.calls = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        logits = event.input
        if event.name != "cross_entropy" or logits.dim() != 2 or logits.grad_fn is None:
            return
        if len(logits) < ROWS_AT_LEAST:
            return
        product = _product(logits.grad_fn)
        sides = graph.parents(product) if product is not None else []
        if len(sides) != 2 or not any(
            _is_normed_over_rows(side, is_left=is_left) for side, is_left in zip(sides, (True, False), strict=True)
        ):
            return
        self.calls += 1
        if self.calls == CALLS_AT_LEAST:
            yield self.finding(
                "the vectors whose products are these similarities were divided by norms over dimension 0, which is "
                "the mini-batch",
                "Normalise each row: F.normalize(z, dim=1)",
            )


def _product(node: Any) -> Any:
    """The product of matrices that logits come from, behind numbers and masks."""
    for _ in range(STEPS_AT_MOST):
        if node.name() in PRODUCTS:
            return node
        inputs = graph.parents(node)
        if not inputs or not (node.name() in SCALINGS or node.name() in graph.MOVES):
            return None
        node = inputs[0]
    return None


def _is_normed_over_rows(side: Any, *, is_left: bool) -> bool:
    """Whether a factor was divided by norms over its rows, which are not what the product sums over."""
    node, turned = side, False
    for _ in range(STEPS_AT_MOST):
        if node.name() == "DivBackward0" or not graph.parents(node):
            break
        if node.name() not in graph.MOVES and node.name() != "CatBackward0":
            return False
        turned ^= node.name() in ("PermuteBackward0", "TransposeBackward0", "TBackward0")
        node = graph.parents(node)[0]
    inputs = graph.parents(node)
    if node.name() != "DivBackward0" or len(inputs) != 2 or turned is is_left:
        return False
    rows = graph.shape_of(node)
    norms = (each for each in graph.walk(inputs[1], limit=NODES_AT_MOST) if "Norm" in each.name())
    norm = next(norms, None)
    if norm is None or len(rows) != 2 or rows[0] < ROWS_AT_LEAST:
        return False
    return tuple(graph.shape_of(norm)) in ((1, rows[1]), (rows[1],))
