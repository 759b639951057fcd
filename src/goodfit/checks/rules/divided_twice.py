"""divided-twice: a loss is divided by the number of passes of a step twice, so that its gradients are too small.

What it checks
    The number that backward is called on was divided by the same whole number n twice, one division right after the
    other, and an optimiser steps after n such passes; in two steps.

Why it hurts
    Gradients of n passes are added up, and their mean is what one large batch would give. Divided by n once more they
    are n times too small: SGD trains with a learning rate of lr / n, and clipping and weight decay weigh otherwise.

Example
    def compute_loss(batch): return criterion(net(x), y) / accumulation
    loss = compute_loss(batch) / accumulation; loss.backward()

Instead
    Divide in one place.

When it is a false alarm
    Where the same number is the size of something else by chance.

Cost
    A look at the last nodes of the graph in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2
DIVISIONS_AT_MOST = 6


class DividedTwice(LiveRule):
    code, level = "GF349", Level.WARNING

    def start(self) -> None:
        self.passes = 0  # since the last step
        self.numbers: set[float] = set()  # by which all losses since then were divided twice
        self.place = Place(None, None)
        self.steps = 0

    def before_backward(self, event: BackwardBegins) -> None:
        numbers = _twice(event.losses[0].grad_fn) if len(event.losses) == 1 else set()
        self.numbers = numbers if not self.passes else self.numbers & numbers
        self.passes += 1
        if self.numbers:
            self.place = user_place()

    def on_step(self, event: Step) -> Iterator[Finding]:
        passes, self.passes = self.passes, 0
        if passes < 2:
            return
        self.steps = self.steps + 1 if float(passes) in self.numbers else 0
        if self.steps == STEPS_AT_LEAST:
            yield self.finding(
                f"the loss is divided by {passes} twice, and a step adds up {passes} passes: gradients are {passes} "
                "times smaller than those of their mean",
                "Divide by the number of passes in one place",
                file=self.place.file,
                line=self.place.line,
            )


def _twice(node: Any) -> set[float]:
    """Whole numbers by which a number was divided twice, one division after the other."""
    divisors: list[float] = []
    for _ in range(DIVISIONS_AT_MOST):
        if node is None or len(graph.shape_of(node)) or len(parents := graph.parents(node)) != 1:
            break
        if node.name() == "DivBackward0":
            by = getattr(node, "_saved_other", None)
            value = by.item() if isinstance(by, Tensor) and by.numel() == 1 else by
            divisors.append(float(value) if isinstance(value, int | float) else 0.0)
        elif node.name() not in graph.MOVES:
            break
        node = parents[0]
    return {each for each in divisors if each >= 2 and each.is_integer() and divisors.count(each) == 2}
