"""nothing-pushes-apart: the loss only draws the outputs of two trained branches together.

What it checks
    All terms of a loss are negative similarities (cosines), or mean squared differences, of two outputs of nets; both
    let gradients through to parameters that an optimiser holds; and neither is compared with anything else. In three
    passes, with the outputs of several rows.

Why it hurts
    The best answer is one output for all inputs, and nets find it within an epoch: the representations collapse. Two
    networks that teach each other need a stopped gradient in one of them (BYOL, SimSiam), negatives, or a term for the
    variance.

Example
    loss = -(F.cosine_similarity(p1, z2).mean() + F.cosine_similarity(p2, z1).mean()) / 2

Instead
    loss = -(F.cosine_similarity(p1, z2.detach()).mean() + F.cosine_similarity(p2, z1.detach()).mean()) / 2

When it is a false alarm
    None is known: a constant is a minimum of such a loss.

Cost
    A walk of the graph of a loss that has such terms alone, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.signs import Signed, after, signed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
LINEAR = frozenset({"MeanBackward0", "MeanBackward1", "SumBackward0", "StackBackward0"})
ROWS_AT_LEAST = 4
LAYERS = ("AddmmBackward0", "ConvolutionBackward0", "NativeBatchNormBackward0", "NativeLayerNormBackward0",
          "ReluBackward0", "TanhBackward0", "GeluBackward0", "MeanBackward1", "MmBackward0", "AddBackward0",
          "CudnnBatchNormBackward0")  # fmt: skip


class NothingPushesApart(LiveRule):
    code, level = "GF250", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss in event.losses:
            ends = [each for each in signed(loss, LINEAR) if not after(each, LINEAR)]
            pairs = [_pair(each) for each in ends]
            if not pairs or any(pair is None or not self._are_trained(pair) for pair in pairs):
                continue
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    "the loss only draws the outputs of two branches together, and gradients flow into both: one "
                    "output for all inputs is its best answer",
                    "Call detach() on one of the two in each term, or add negatives or a term for the variance",
                )
            return

    def _are_trained(self, pair: tuple[Any, Any]) -> bool:
        optimised = self.program.optimised()
        return all(any(id(leaf) in optimised for leaf in graph.leaves(side)) for side in pair)


def _pair(end: Signed) -> tuple[Any, Any] | None:
    """The nodes of two outputs (N, ...) that a term draws together; None where it is anything else."""
    node, sign = end
    if node.name() == "MseLossBackward0" and sign > 0:
        sides = graph.parents(node)
    elif node.name() == "SumBackward1" and sign < 0:
        product = graph.parents(node)[0]
        sides = graph.parents(product) if product.name() == "MulBackward0" else []
        sides = [_normed(side) for side in sides]
    else:
        return None
    if len(sides) != 2 or any(side is None for side in sides):
        return None
    first, second = (_output(side) for side in sides)
    if first is None or second is None or first is second:
        return None
    return first, second


def _normed(side: Any) -> Any:
    """What was divided by its own norm; None where that is not so."""
    inputs = graph.parents(side)
    if side.name() != "DivBackward0" or len(inputs) != 2:
        return None
    norms = (each.name() for each in graph.walk(inputs[1], limit=6))
    return inputs[0] if any("Norm" in name or name == "SqrtBackward0" for name in norms) else None


def _output(side: Any) -> Any:
    """The node of a layer whose output, perhaps divided by its norm, this is; None where it is another thing."""
    node = _normed(side) or side
    shape = graph.shape_of(node)
    is_layer = node.name() in LAYERS and len(graph.parents(node)) > (node.name() == "AddBackward0")
    return node if is_layer and len(shape) > 1 and shape[0] >= ROWS_AT_LEAST else None
