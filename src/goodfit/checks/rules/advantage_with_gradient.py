"""advantage-with-gradient: the advantage in a policy gradient lets gradients through to the value net.

What it checks
    In the graph of the loss, the log-probability of an action that was drawn is multiplied by return - value, and
    gradients flow through the value.

Why it hurts
    The advantage is a weight there, not something to be minimised. The policy's loss pulls the value net towards what
    makes that loss small, against its own loss, and its estimates go wrong.

Example
    loss = -(dist.log_prob(action) * (returns - value)).mean()

Instead
    loss = -(dist.log_prob(action) * (returns - value).detach()).mean()

When it is a false alarm
    Estimators that differentiate through the weight on purpose.

Cost
    A look at the graph nodes nearest to the loss in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.scores import is_score
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NODES_AT_MOST = 60
STEPS_AT_MOST = 8  # from a product to its factors' origins


class AdvantageWithGradient(LiveRule):
    code, level = "GF231", Level.WARNING

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named("MulBackward0", nearest=NODES_AT_MOST):
            factors = graph.parents(node)
            if len(factors) != 2:
                continue
            first, second = factors
            if (is_score(first) and _is_advantage(second)) or (is_score(second) and _is_advantage(first)):
                yield self.finding(
                    "the log-probability of an action is multiplied by return - value, and gradients flow through the "
                    "value as well",
                    "Call detach() on the advantage",
                )
                return


def _is_advantage(node: Any) -> bool:
    """Whether a node gives constant - (something that needs a gradient), and no log-probability is in that."""
    for _ in range(STEPS_AT_MOST):
        inputs = graph.parents(node)
        if len(inputs) != 1:
            return False
        if node.name() in ("SubBackward0", "RsubBackward1"):
            return not any(graph.SCORE in each.metadata for each in graph.walk(inputs[0]))
        if node.name() not in graph.MOVES and node.name() not in ("MulBackward0", "DivBackward0", "NegBackward0"):
            return False
        node = inputs[0]
    return False
