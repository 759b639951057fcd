"""divided-by-either-sign: an error that is never negative is divided by values of both signs.

What it checks
    In the graph of what backward is called on: absolute or squared differences, one for each value, are divided by a
    tensor that has negative values too, and only means, sums and factors stand between that and the loss.

Why it hurts
    Where the divisor is negative, a larger error makes a smaller loss: the net is pushed away from those targets. A
    relative error of targets around 0, or one that is relative to the prediction, learns to be wrong on half the rows.

Example
    loss = ((pred - y).abs() / y).mean()                 # y has both signs

Instead
    loss = ((pred - y).abs() / y.abs().clamp(min=1e-3)).mean()

When it is a false alarm
    Errors that are to grow for some rows, chosen by the divisor's sign.

Cost
    A look at the graph nodes nearest to the loss in the first steps.
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

NODES_AT_MOST = 40
STEPS_AT_LEAST = 3
SHARE_AT_LEAST = 0.02  # of each sign
VALUES_AT_LEAST = 8
LINEAR = frozenset({"MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1", "AddBackward0", "DivBackward0"})
LOSSES = ("MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0")


class DividedByEitherSign(LiveRule):
    code, level = "GF672", Level.WARNING

    def start(self) -> None:
        self.steps = 0
        self.spoke = False

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.spoke or not event.named("DivBackward0", nearest=NODES_AT_MOST):
            return
        share = max((_share_negative(node) for loss in event.losses for node in _quotients(loss)), default=0.0)
        self.steps += SHARE_AT_LEAST <= share <= 1 - SHARE_AT_LEAST
        if self.steps == STEPS_AT_LEAST:
            self.spoke = True
            yield self.finding(
                f"an error of each value is divided by values of which {share:.0%} are negative: there a larger error "
                "makes a smaller loss",
                "Divide by the absolute value",
            )


def _quotients(loss: Tensor) -> Iterator[Any]:
    """Quotients whose numerator is never negative, and that the loss is a sum or mean of."""
    waiting, seen = [loss.grad_fn], 0
    while waiting and seen < NODES_AT_MOST:
        node, seen = waiting.pop(0), seen + 1
        if node is None:
            continue
        if node.name() == "DivBackward0" and any(_is_error(parent) for parent in graph.parents(node)[:1]):
            yield node
        elif node.name() in LINEAR | graph.MOVES or (node.name() == "MulBackward0" and _is_positive(node)):
            waiting += graph.parents(node)


def _is_error(node: Any) -> bool:
    """Whether a node gave absolute or squared values, one for each."""
    while node is not None and node.name() in graph.MOVES and len(graph.parents(node)) == 1:
        node = graph.parents(node)[0]
    if node.name() in LOSSES:
        return getattr(node, "_saved_reduction", 1) == 0
    if node.name() == "PowBackward0":
        exponent = getattr(node, "_saved_exponent", 0)
        return exponent in (2, 4)
    return bool(node.name() == "AbsBackward0")


def _is_positive(node: Any) -> bool:
    """Whether what is multiplied with is known, and has no negative value."""
    factors = [getattr(node, name, None) for name in ("_saved_self", "_saved_other")]
    known = [each for each in factors if isinstance(each, Tensor)]
    return all(bool((each >= 0).all()) for each in known if not each.is_complex())


def _share_negative(node: Any) -> float:
    other = getattr(node, "_saved_other", None)
    if not isinstance(other, Tensor) or other.numel() < VALUES_AT_LEAST or other.is_complex():
        return 0.0
    return float((other.detach() < 0).to(torch.float32).mean())
