"""labels-out-of-range: a class number is not among the classes of the output.

What it checks
    Targets of cross_entropy and nll_loss against the number of classes C: below 0 or from C on, other than
    ignore_index. Targets of binary_cross_entropy, with logits or without, that lie outside of 0 to 1: masks of 0 and
    255, classes 1 and 2. As a warning: labels 1 to C-1 are all used and 0 never is, and the classes are no vocabulary
    that the net also reads (there, 0 may be the start or the padding). In a likelihood written by hand, log_p[rows,
    labels], labels below 0 beside those of the class that they stand for, counted from the end.

Why it hurts
    On a GPU it ends in a device assert that does not name the label. Labels counted from 1 waste an output, or fail at
    the last class. An index of -1 is the last class, and what has no label is trained as it. Two classes numbered 1 and
    2 give a binary loss without a lower end.

Example
    F.cross_entropy(net(x), y)                        # y counts from 1 to C

Instead
    F.cross_entropy(net(x), y - 1)

When it is a false alarm
    The warning: where class 0 is rare, or kept for padding.

Cost
    Smallest and largest label in the first steps, and a look at the nodes nearest to the loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LABELS_PER_CLASS = 20  # of which none was 0
CLASSES_AT_MOST = 1000
BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
PICKED_WITHIN = 12  # nodes of the loss
VALUES_KEPT = graph.SCALINGS | {  # a value a row
    "LogBackward0", "AddBackward0", "ViewBackward0", "SqueezeBackward0", "SqueezeBackward1", *graph.CLAMPS,
}  # fmt: skip
BEYOND = 0.5  # of 0 and 1: a mask that was resized smoothly oversteps by less


class LabelsOutOfRange(LiveRule):
    code, level = "GF207", Level.ERROR

    def start(self) -> None:
        self.counts: dict[int, torch.Tensor] = {}  # classes -> how often each label was seen
        self.vocabularies: set[int] = set()  # of the nets that there were at the first loss of so many classes
        self.place: Place | None = None

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        y = event.target
        if event.name in BINARY:
            yield from self._of_two(event.name, y.detach())
            return
        if event.name not in ("cross_entropy", "nll_loss") or y.is_floating_point() or not y.numel():
            return
        classes = event.input.shape[1 if event.input.dim() > 1 else 0]
        valid = y[y != event.options.get("ignore_index", -100)]
        if not valid.numel():
            return
        low, high = int(valid.min()), int(valid.max())
        if low < 0 or high >= classes:
            wrong = low if low < 0 else high
            rows = (y == wrong).reshape(len(y), -1).any(1).nonzero().flatten().tolist() if y.dim() else [0]
            yield self.finding(
                f"the label {wrong} (row {rows[0]} of the batch) is not among the {classes} classes 0 to {classes - 1} "
                f"of the output",
                "Number the classes from 0, and give the net one output for each",
            )
        elif classes <= CLASSES_AT_MOST and event.grad and event.options.get("ignore_index") != 0:
            if valid.numel() < y.numel():  # what is ignored may be class 0: the padding of a vocabulary
                return
            self.place = user_place()
            if classes not in self.counts:
                self.vocabularies |= set(_vocabularies(self.program.nets))
            counts = torch.bincount(valid.flatten().cpu(), minlength=classes)
            self.counts[classes] = self.counts.get(classes, torch.zeros_like(counts)) + counts

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if not event.named("IndexBackward0", nearest=PICKED_WITHIN):
            return
        for loss in event.losses:
            for labels, classes in _indexed_labels(loss.grad_fn):
                negative = labels[labels < 0]
                meant = torch.isin(labels, negative + classes)
                if negative.numel() and bool(meant.any()):
                    wrong = int(negative[0])
                    yield self.finding(
                        f"the label {wrong} is used as an index of {classes} classes, where it is the class "
                        f"{wrong + classes}: {negative.numel()} of {labels.numel()} values are trained as other labels",
                        "Leave out what has no label: loss[labels >= 0].mean(), or cross_entropy with ignore_index",
                    )

    def _of_two(self, name: str, y: torch.Tensor) -> Iterator[Finding]:
        if not y.numel():
            return
        low, high = float(y.min()), float(y.max())
        if low < -BEYOND or high > 1 + BEYOND:
            yield self.finding(
                f"the targets of {name} lie between {low:.3g} and {high:.3g}, and it expects 0 to 1: its loss has no "
                "lower end",
                "Divide a mask of 0 and 255 by 255; number two classes 0 and 1",
            )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for classes, counts in self.counts.items():
            if (
                classes > 2
                and counts[0] == 0
                and bool((counts[1:] > 0).all())
                and counts.sum() > LABELS_PER_CLASS * classes
                and classes not in self.vocabularies
            ):
                yield self.finding(
                    f"labels 1 to {classes - 1} are used and 0 never is, in {int(counts.sum()):,} labels: the output "
                    f"has one class too many",
                    "Number the classes from 0",
                    level=Level.WARNING,
                    file=self.place.file if self.place else None,
                    line=self.place.line if self.place else None,
                )


def _vocabularies(nets: Iterable[nn.Module]) -> Iterator[int]:
    """Sizes of what the nets read by number."""
    for net in nets:
        for part in net.modules():
            if isinstance(part, nn.Embedding | nn.EmbeddingBag):
                yield part.num_embeddings


def _indexed_labels(node: Any) -> Iterator[tuple[torch.Tensor, int]]:
    """Labels by which a loss takes one value of each row, all of which count, and the number of classes."""
    for _ in range(PICKED_WITHIN):
        inputs = graph.parents(node) if node is not None else []
        if len(inputs) != 1:
            return
        if node.name() == "IndexBackward0":
            indices, shape = node._saved_indices, graph.shape_of(inputs[0])
            if len(indices) == len(shape) == 2 and all(index is not None for index in indices):
                rows, labels = indices
                if labels.dtype == torch.long and rows.shape == labels.shape:
                    yield labels, shape[1]
            return
        weights = getattr(node, "_saved_other", None)
        if node.name() not in VALUES_KEPT or (isinstance(weights, torch.Tensor) and weights.numel() > 1):
            return
        node = inputs[0]
