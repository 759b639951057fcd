"""squashed-twice: probabilities are given to a sigmoid or softmax once more.

What it checks
    In the graph behind a loss: the input of a sigmoid or softmax is the output of a sigmoid or softmax, as it is, or
    one class or part of it. In two backward passes. What torch's losses do by themselves is left to rules of their own.

Why it hurts
    The sigmoid of a value between 0 and 1 lies between 0.5 and 0.73, the softmax of such values is nearly even. No
    prediction can be sure, gradients are small, and of Dice losses each class takes half of the image.

Example
    probabilities = logits.softmax(1); dice(torch.sigmoid(probabilities[:, 1]), mask)

Instead
    dice(probabilities[:, 1], mask)

When it is a false alarm
    Gates over weights that sum to one, which are meant so.

Cost
    The names of the nodes of the graph, in the first two backward passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SQUASHING = {"SigmoidBackward0": "sigmoid", "SoftmaxBackward0": "softmax"}
PASSES_EXAMINED = 2


class SquashedTwice(LiveRule):
    code, level = "GF549", Level.WARNING
    yields_to = ("sigmoid-before-logits-loss", "softmax-before-cross-entropy", "logits-are-probabilities")

    def start(self) -> None:
        self.passes = self.found = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_EXAMINED:
            return
        self.passes += 1
        twice = next((each for nodes in event.nodes for node in nodes if (each := _twice(node))), None)
        if twice is None:
            return
        self.found += 1
        if self.found == PASSES_EXAMINED:
            inner, outer, place = twice
            yield self.finding(
                f"a {outer} is given the output of a {inner}, values between 0 and 1: what it gives can hardly differ "
                "from one class to the next",
                "Apply one of them: remove the second",
                file=place.file,
                line=place.line,
            )


def _twice(node: Any) -> tuple[str, str, Place] | None:
    """What is applied first, what to its result, and where, if this node is one of these and its input another."""
    before = graph.parents(node) if node.name() in SQUASHING else []
    first = graph.behind(before[0]) if before else None
    if first is None or first.name() not in SQUASHING:
        return None
    return SQUASHING[first.name()], SQUASHING[node.name()], graph.place_of(node)
