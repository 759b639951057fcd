"""logits-against-probabilities: a consistency loss compares raw outputs of a classifier with probabilities.

What it checks
    mse_loss or l1_loss gets outputs (N, C) that no softmax was taken of, and targets without a graph whose rows are
    probabilities: not below 0, with the sum 1, and not of one class alone. In the same step cross_entropy gets raw
    outputs of C classes. In three steps.

Why it hurts
    Logits are pulled to numbers between 0 and 1: all classes become alike, and the term works against the labels. With
    both sides as probabilities it would be satisfied by a net that agrees with its teacher.

Example
    loss = F.cross_entropy(net(x), y) + F.mse_loss(net(u), teacher(u).softmax(1))

Instead
    loss = F.cross_entropy(net(x), y) + F.mse_loss(net(u).softmax(1), teacher(u).softmax(1))

When it is a false alarm
    None is known.

Cost
    A look at the targets of such losses, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
NEAR = 1e-4
ROWS_AT_LEAST, CLASSES_AT_LEAST = 4, 2
BOUNDED = ("SoftmaxBackward0", "SigmoidBackward0", "LogSoftmaxBackward0", "ExpBackward0", "DivBackward0")


class LogitsAgainstProbabilities(LiveRule):
    code, level = "GF634", Level.WARNING

    def start(self) -> None:
        self.classes: set[int] = set()  # of cross-entropies since the last step
        self.place: Place | None = None  # of a comparison with probabilities since then
        self.width = self.steps = 0

    def on_loss(self, event: Loss) -> None:
        if not event.grad or event.input.dim() != 2:
            return
        if event.name == "cross_entropy":
            self.classes.add(event.input.shape[1])
        elif event.name in LOSSES and self.steps < STEPS_AT_LEAST and _is_of_raw(event.input, event.target):
            self.place, self.width = user_place(), event.input.shape[1]

    def on_step(self, event: Step) -> Iterator[Finding]:
        place, classes = self.place, self.classes
        self.place, self.classes = None, set()
        if place is None or self.width not in classes:
            return
        self.steps += 1
        if self.steps == STEPS_AT_LEAST:
            yield self.finding(
                f"raw outputs of {self.width} classes are compared with probabilities, whose rows sum to 1",
                "Take the softmax of both: F.mse_loss(net(x).softmax(1), teacher(x).softmax(1))",
                file=place.file,
                line=place.line,
            )


def _is_of_raw(outputs: Tensor, target: Tensor) -> bool:
    """Whether outputs with a graph and without a softmax meet rows of probabilities that were computed."""
    if outputs.shape != target.shape or target.requires_grad or not outputs.requires_grad or outputs.is_meta:
        return False
    if len(target) < ROWS_AT_LEAST or target.shape[1] < CLASSES_AT_LEAST or not target.is_floating_point():
        return False
    if graph.activation(outputs) in BOUNDED:
        return False
    target = target.detach()
    sums_to_one = bool(((target.sum(1) - 1).abs() < NEAR).all()) and bool((target >= 0).all())
    if not sums_to_one or not bool((target.max(1).values < 1 - NEAR).any()):
        return False
    rows = outputs.detach()
    return bool(((rows.sum(1) - 1).abs() > 10 * NEAR).any())
