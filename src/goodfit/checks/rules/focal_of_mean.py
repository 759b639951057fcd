"""focal-of-mean: the weight in a focal loss is made of the batch's mean loss, or grows with the row's probability.

What it checks
    In the graph of what backward is called on stands exp(-loss) of a cross-entropy that was averaged over several rows,
    or that has weights of classes, not all alike.
    Or, in the source of the program, the weight of a focal loss is p ** gamma, p being the probability of the true
    class: exp(-loss), what gather takes of a softmax, or p * t + (1 - p) * (1 - t); or (1 - p) * gamma beside log(p).

Why it hurts
    A focal loss gives each row a weight by its own probability, exp(-loss of the row). Of the mean there is one weight
    for the whole batch: hard rows count no more than easy ones, and all that is left is a cross-entropy whose step
    shrinks with its own size. With p in place of 1 - p the easy rows count most.

Example
    ce = F.cross_entropy(logits, y)
    loss = (1 - torch.exp(-ce)) ** gamma * ce

Instead
    ce = F.cross_entropy(logits, y, reduction="none")
    loss = ((1 - torch.exp(-ce)) ** gamma * ce).mean()

When it is a false alarm
    None is known: the exponential of a negative mean is no probability of anything in the batch.

Cost
    A look at the graph nodes nearest to the loss in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, WatchEnds
from goodfit.checks.engine.focal_weights import weights_multiplied, weights_turned
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

NODES_AT_MOST = 40
WORTH_PARSING = lazy_pattern(r"(?i)(\* ?|pow\()[^\n]*(gamma|focus)")
CROSS_ENTROPIES = ("NllLoss", "BinaryCrossEntropy")
REDUCED = (1, 2)  # torch's numbers for mean and sum
FACTORS = ("NegBackward0", "MulBackward0", "DivBackward0")


class FocalOfMean(LiveRule):
    code, level = "GF229", Level.WARNING

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for name, line in source.found(weights_turned):
                    yield self.finding(
                        f"the weight {name} of a focal loss grows with the probability of the true class: easy rows "
                        "count most",
                        "Take (1 - p) ** gamma",
                        file=source.file,
                        line=line,
                    )
                for name, line in source.found(weights_multiplied):
                    yield self.finding(
                        f"{name} multiplies with gamma, where a power was meant: easy rows count as in a cross-entropy",
                        "Take (1 - p) ** gamma",
                        file=source.file,
                        line=line,
                    )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named("ExpBackward0", nearest=NODES_AT_MOST):
            rows = _rows_of_mean(node)
            if rows > 1:
                yield self.finding(
                    f"exp(-loss) is taken of a cross-entropy averaged over {rows:,} values: there is one weight for "
                    "the whole batch, and not one a row",
                    'Compute the cross-entropy with reduction="none", weigh each value, then take the mean',
                )
                return
            if _has_class_weights(node):
                yield self.finding(
                    "exp(-loss) is taken of a cross-entropy with class weights: it is p ** weight, and not the "
                    "probability of the true class",
                    "Take exp(-loss) of the cross-entropy without weights, and multiply by weight[y] after that",
                )
                return


def _has_class_weights(node: Any) -> bool:
    """Whether exp's argument is the negated cross-entropy of each row, with weights of classes that differ."""
    inputs = graph.parents(node)
    if len(inputs) != 1 or inputs[0].name() != "NegBackward0":
        return False
    loss = graph.behind(graph.parents(inputs[0])[0])
    weight = getattr(loss, "_saved_weight", None) if loss.name().startswith("NllLoss") else None
    return isinstance(weight, Tensor) and weight.numel() > 1 and bool((weight != weight[0]).any())


def _rows_of_mean(node: Any) -> int:
    """Of how many values exp's argument is the mean (or sum) of a cross-entropy, negated; 0 where it is no such."""
    if len(graph.shape_of(node)):
        return 0
    sign, inputs = 1.0, graph.parents(node)
    while len(inputs) == 1 and inputs[0].name() in FACTORS:
        node = inputs[0]
        other = getattr(node, "_saved_other", None)
        factor = float(other) if isinstance(other, Tensor) and other.numel() == 1 else 1.0
        sign *= -1.0 if node.name() == "NegBackward0" else factor
        inputs = graph.parents(node)
    if len(inputs) != 1 or sign >= 0:
        return 0
    loss = inputs[0]
    if loss.name() in ("MeanBackward0", "SumBackward0"):
        loss = graph.parents(loss)[0]
        return graph.shape_of(loss).numel() if loss.name().startswith(CROSS_ENTROPIES) else 0
    if not loss.name().startswith(CROSS_ENTROPIES) or getattr(loss, "_saved_reduction", 0) not in REDUCED:
        return 0
    shape = graph.shape_of(graph.parents(loss)[0])
    is_of_classes = loss.name().startswith("NllLoss") and len(shape) > 1
    return shape.numel() // shape[1] if is_of_classes else shape.numel()
