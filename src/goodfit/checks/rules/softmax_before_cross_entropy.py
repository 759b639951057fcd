"""softmax-before-cross-entropy: probabilities are given to a loss that expects logits.

What it checks
    The input of cross_entropy comes from a softmax, as the autograd graph shows, through views, casts and copies. Where
    the graph is hidden: its rows are not negative and sum to 1, in three calls.

Why it hurts
    cross_entropy applies softmax itself. From inputs in 0..1 it cannot get confident probabilities: with C classes the
    loss stays above ln(1 + (C - 1) / e) even when every prediction is right, and gradients are small.

Example
    loss = F.cross_entropy(torch.softmax(net(x), dim=1), y)

Instead
    loss = F.cross_entropy(net(x), y)          # and softmax only where you read probabilities

When it is a false alarm
    When the rows are logits that happen to be a distribution, as in distillation from an ensemble of probabilities.

Cost
    A look at a few graph nodes, and the row sums of the logits, in the first steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

CALLS_AT_LEAST = 3  # with rows that sum to 1, where no softmax is seen
SUM_TOLERANCE = 1e-3
NODES_AT_MOST = 60  # behind the loss
SUMS_APART = 0.01  # of how far rows are apart


class SoftmaxBeforeCrossEntropy(LiveRule):
    code, level = "GF202", Level.ERROR

    def start(self) -> None:
        self.sums = 0
        self.reported = False

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "cross_entropy" or event.input.dim() < 2 or not event.input.numel():
            return
        node, classes = graph.source(event.input), event.input.shape[1]
        if node is not None and node.name() == "SoftmaxBackward0":
            self.reported = True
            yield self._at(node, classes)
        elif classes > 1 and (total := _one_sum(event)):
            self.sums += 1
            if self.sums >= CALLS_AT_LEAST:
                self.reported = True
                calls = counted(self.sums, "call")
                if abs(total - 1) < SUM_TOLERANCE:
                    message = self._message(f"had rows that are probabilities (they sum to 1) in {calls}", classes)
                else:
                    message = (
                        f"the input of cross_entropy had rows of one sum in {calls}, as probabilities times a number "
                        "have; it applies softmax itself, and a temperature is one of logits"
                    )
                yield self.finding(message, FIX)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """Cross-entropy imported under another name before the watch, or written as log_softmax and nll."""
        if self.reported:
            return
        for node in event.named("LogSoftmaxBackward0", nearest=NODES_AT_MOST):
            inputs = graph.parents(node)
            origin = graph.behind(inputs[0]) if inputs else None
            if origin is not None and origin.name() == "SoftmaxBackward0":
                yield self._at(origin, graph.shape_of(node)[-1])
                return

    def _at(self, softmax: Any, classes: int) -> Finding:
        """At the line of the softmax, where that is within the net; else at the loss."""
        place = graph.place_of(softmax)
        return self.finding(self._message("comes from a softmax", classes), FIX, file=place.file, line=place.line)

    def _message(self, what: str, classes: int) -> str:
        floor = math.log(1 + (classes - 1) / math.e)
        return (
            f"the input of cross_entropy {what}; it applies softmax itself, so that this loss never falls below "
            f"{floor:.3f} (ln(1 + (C - 1) / e), C = {classes}), however good the net is"
        )


FIX = "Give it the logits: remove the softmax before the loss, and apply it only where you read probabilities"


def _one_sum(event: Loss) -> float:
    """What each row sums to, where rows are probabilities, perhaps times one number; 0 of others."""
    rows = event.input.detach().float()
    sums = rows.sum(1)
    total = float(sums.mean())
    same = bool(rows.min() >= 0) and bool(((sums - total).abs() < SUM_TOLERANCE * total).all())
    return total if same and (abs(total - 1) < SUM_TOLERANCE or _differ(rows, sums)) else 0.0


def _differ(rows: Tensor, sums: Tensor) -> bool:
    """Whether rows are of more values than a code of classes has, and differ by far more than their sums do.

    Rows of one 1 sum to 1 as well, and logits that hardly differ, as those of a net that has just begun, to one number.
    """
    apart = (rows - rows.mean(0)).abs().sum(1).mean()
    tells = bool((sums - sums.mean()).abs().max() < SUMS_APART * apart)
    return tells and len(rows) > 1 and len(rows.unique()) > 2 * rows.shape[1]
