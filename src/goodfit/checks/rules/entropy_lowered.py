"""entropy-lowered: the loss of a policy grows with its entropy, so that training takes its variety away.

What it checks
    A loss in which log-probabilities of drawn actions, or ratios of these, are multiplied by advantages also holds the
    entropy of a distribution as a term, with a sign by which minimising the loss lowers it. In three passes.

Why it hurts
    The bonus that is to keep a policy trying things makes it settle on one action at once.

Example
    loss = policy_loss + 0.5 * value_loss + 0.01 * entropy

Instead
    loss = policy_loss + 0.5 * value_loss - 0.01 * entropy

When it is a false alarm
    A policy that is to lose its variety on purpose.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.scores import is_score
from goodfit.checks.engine.signs import signed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
NODES_AT_MOST = 80
LINEAR = frozenset({"MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1", "StackBackward0"})


class EntropyLowered(LiveRule):
    code, level = "GF249", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss, nodes in zip(event.losses, event.nodes, strict=True):
            signs = {each.sign for each in signed(loss, LINEAR) if graph.ENTROPY in each.node.metadata}
            if signs != {1} or not _is_policy_gradient(nodes):
                continue
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    "the loss grows with the entropy of the policy: minimising it takes the policy's variety away",
                    "Subtract the entropy: loss = policy_loss - coefficient * entropy",
                )
            return


def _is_policy_gradient(nodes: list[Any]) -> bool:
    """Whether log-probabilities are multiplied by other numbers in each row, or in each step of an episode."""
    numbers = set()
    for node in nodes[:NODES_AT_MOST]:
        inputs = graph.parents(node) if node.name() == "MulBackward0" else []
        if not any(is_score(each) for each in inputs):
            continue
        other = node._saved_other if node._saved_other is not None else node._saved_self
        if len(inputs) == 2 or (isinstance(other, Tensor) and other.numel() > 1):
            return True
        numbers.add(float(other) if other is not None else 0.0)
    return len(numbers) > 1
