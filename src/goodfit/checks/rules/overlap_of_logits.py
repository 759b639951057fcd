"""overlap-of-logits: a Dice or IoU loss is computed of a layer's outputs, not of probabilities.

What it checks
    A loss is made of a quotient whose numerator sums a tensor times the masks, and whose denominator sums the same
    tensor: a Dice, Tversky or IoU loss. The tensor is the output of a layer as it is, with no sigmoid or softmax. In
    three calls.

Why it hurts
    The overlap is bounded for values in 0..1 alone. With logits the quotient has no meaning: it grows as the logits do,
    and can be negative.

Example
    intersection = (logits * mask).sum(); loss = 1 - 2 * intersection / (logits.sum() + mask.sum())

Instead
    probabilities = logits.sigmoid()
    intersection = (probabilities * mask).sum(); loss = 1 - 2 * intersection / (probabilities.sum() + mask.sum())

When it is a false alarm
    None is known.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
NODES_AT_MOST = 80  # from the loss on, among which the quotient is looked for
OF_A_SIDE = 30
SUMS = ("SumBackward0", "SumBackward1")
LAYERS = ("ConvolutionBackward0", "AddmmBackward0", "MkldnnConvolutionBackward0", "CudnnConvolutionBackward0",
          "UpsampleBilinear2DBackward0", "UpsampleNearest2DBackward0", "UpsampleTrilinear3DBackward0")  # fmt: skip


class OverlapOfLogits(LiveRule):
    code, level = "GF252", Level.WARNING

    def start(self) -> None:
        self.calls = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.calls >= CALLS_AT_LEAST:
            return
        if not any(_is_overlap_of_logits(node) for node in event.named("DivBackward0", nearest=NODES_AT_MOST)):
            return
        self.calls += 1
        if self.calls == CALLS_AT_LEAST:
            yield self.finding(
                "a Dice or IoU loss gets a layer's outputs as they are: its sums are of logits, not of probabilities",
                "Apply sigmoid (or softmax, with several classes) before the sums",
            )


def _is_overlap_of_logits(quotient: Any) -> bool:
    inputs = graph.parents(quotient)
    if len(inputs) != 2:
        return False
    products, plain = _summed(inputs[0], of_products=True), _summed(inputs[1], of_products=False)
    both = [node for node in products if any(node is other for other in plain)]
    return any(graph.behind(node, stop=graph.CLAMPS).name() in LAYERS for node in both)


def _summed(side: Any, *, of_products: bool) -> list[Any]:
    """Nodes whose values are summed in a side of the quotient: those times a constant, or as they are."""
    found = []
    for node in graph.walk(side, limit=OF_A_SIDE):
        if node.name() not in SUMS:
            continue
        inner = graph.parents(node)[0]
        is_product = inner.name() == "MulBackward0" and len(graph.parents(inner)) == 1
        if of_products and is_product:
            found.append(graph.parents(inner)[0])
        elif not of_products:
            found.append(inner)
    return found
