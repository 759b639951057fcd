"""overlap-over-classes: a Dice or Jaccard loss sums over all classes before it divides, so that rare ones do not count.

What it checks
    The probabilities of a softmax over three classes or more are multiplied with one-hot labels, most of which are of
    one class, and the products are summed over all dimensions, classes included, above a fraction. In three passes.

Why it hurts
    One fraction of all sums is the share of pixels that are right. A class of a hundredth of the pixels moves it by a
    hundredth: what the loss was chosen for, that each class counts alike, is lost.

Example
    dice = 2 * (p * onehot).sum() / (p + onehot).sum()

Instead
    dice = 2 * (p * onehot).sum((0, 2, 3)) / (p + onehot).sum((0, 2, 3)); loss = 1 - dice.mean()

When it is a false alarm
    A measure over all pixels that is meant.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
NODES_AT_MOST = 60
CLASSES_AT_LEAST = 3
TOTALS = ("SumBackward0", "SumBackward1")  # of all dimensions, or of these by their numbers
FREQUENT_AT_LEAST = 0.6  # of the pixels: the class that drowns the others


class OverlapOverClasses(LiveRule):
    code, level = "GF272", Level.WARNING
    yields_to = ("overlap-of-logits",)

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for nodes in event.nodes if event.named("DivBackward0", nearest=NODES_AT_MOST) else ():
            divides = False
            for node in nodes[:NODES_AT_MOST]:
                divides = divides or node.name() == "DivBackward0"
                is_total = node.name() in TOTALS and graph.shape_of(node).numel() == 1
                share = _frequent_share(node) if divides and is_total else 0.0
                if share < FREQUENT_AT_LEAST:
                    continue
                self.passes += 1
                if self.passes == PASSES_AT_LEAST:
                    yield self.finding(
                        f"an overlap is summed over all classes at once, and one class has {share:.0%} of the labels: "
                        "the others hardly count",
                        "Sum over rows and pixels alone, (0, 2, 3), and take the mean over the classes last",
                    )
                return


def _frequent_share(total: Any) -> float:
    """Of a sum over everything of softmax times one-hot labels: the share of the most frequent class; 0 of others."""
    product = graph.behind(graph.parents(total)[0]) if graph.parents(total) else None
    inputs = graph.parents(product) if product is not None and product.name() == "MulBackward0" else []
    if len(inputs) != 1 or product is None:
        return 0.0
    softmax = graph.behind(inputs[0])
    if softmax.name() != "SoftmaxBackward0":
        return 0.0
    labels = next(
        (
            value
            for name in ("_saved_other", "_saved_self")
            if isinstance(value := getattr(product, name, None), Tensor)
        ),
        None,
    )
    shape = graph.shape_of(softmax)
    dim = graph.softmax_dim(softmax) % len(shape)
    if labels is None or tuple(labels.shape) != tuple(shape) or shape[dim] < CLASSES_AT_LEAST or len(shape) < 3:
        return 0.0
    labels = labels.detach()
    if not bool(((labels == 0) | (labels == 1)).all()) or not bool((labels.sum(dim) == 1).all()):
        return 0.0
    return float(labels.movedim(dim, 0).flatten(1).mean(1).max())
