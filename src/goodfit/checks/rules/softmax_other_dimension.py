"""softmax-other-dimension: probabilities are made along another dimension than that of the classes.

What it checks
    In a loss, softmax or log_softmax is multiplied by labels of 0 and 1 of the same shape. The labels add up to 1 along
    one dimension alone, which is the classes', and the softmax works along another one. Or nll_loss gets log_softmax of
    another dimension than that of the classes. In three passes.

Why it hurts
    The numbers of one place do not add up to 1: each pixel or step competes with its neighbours instead of its classes
    with each other.

Example
    probability = F.softmax(logits, dim=-1)              # (N, classes, H, W): along a row of pixels

Instead
    probability = F.softmax(logits, dim=1)

When it is a false alarm
    None is known.

Cost
    A look at the products nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
NODES_AT_MOST = 40  # nearest to the loss
SOFTMAX = ("SoftmaxBackward0", "LogSoftmaxBackward0")
BETWEEN = ("LogBackward0", "NegBackward0")  # of a cross-entropy that is written out


class SoftmaxOtherDimension(LiveRule):
    code, level = "GF280", Level.ERROR
    yields_to = ("softmax-over-batch",)

    def start(self) -> None:
        self.passes = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        source = graph.source(event.input) if event.name == "nll_loss" and event.grad else None
        if source is None or source.name() not in SOFTMAX or event.input.dim() != len(graph.shape_of(source)):
            return
        dim, classes = graph.softmax_dim(source) % event.input.dim(), min(1, event.input.dim() - 1)
        if tuple(event.input.shape) == tuple(graph.shape_of(source)) and dim not in (0, classes):
            yield from self._count(source, event.input.shape, dim, classes)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named("MulBackward0", nearest=NODES_AT_MOST):
            softmax, labels = _softmax_times_labels(node)
            if softmax is None or labels is None:
                continue
            dim = graph.softmax_dim(softmax) % labels.dim()
            if labels.shape[dim] == 1 or not _is_one_hot(labels) or _adds_up(labels, dim):
                continue
            classes = [at for at in range(1, labels.dim()) if labels.shape[at] > 1 and _adds_up(labels, at)]
            if len(classes) == 1:
                yield from self._count(softmax, labels.shape, dim, classes[0])
                return

    def _count(self, softmax: Any, shape: Any, dim: int, classes: int) -> Iterator[Finding]:
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            place = graph.place_of(softmax)
            yield self.finding(
                f"softmax works along dimension {dim} of {tuple(shape)}, and the classes are dimension {classes}: the "
                "probabilities of one place do not add up to 1",
                f"Give it the dimension of the classes: dim={classes}",
                file=place.file,
                line=place.line,
            )


def _softmax_times_labels(node: Any) -> tuple[Any, Tensor | None]:
    """Of a product: the softmax on one side and the constant of its shape on the other."""
    inputs = graph.parents(node)
    if len(inputs) != 1:
        return None, None
    source = graph.behind(inputs[0])
    for _ in BETWEEN:
        if source.name() in BETWEEN and graph.parents(source):
            source = graph.behind(graph.parents(source)[0])
    values = (getattr(node, name, None) for name in ("_saved_other", "_saved_self"))
    labels = next((value.detach() for value in values if isinstance(value, Tensor)), None)
    if source.name() not in SOFTMAX or labels is None or labels.dim() < 3:
        return None, None
    return (source, labels) if tuple(labels.shape) == tuple(graph.shape_of(source)) else (None, None)


def _is_one_hot(labels: Tensor) -> bool:
    return bool(((labels == 0) | (labels == 1)).all())


def _adds_up(labels: Tensor, dim: int) -> bool:
    return bool((labels.sum(dim) == 1).all())
