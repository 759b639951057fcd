"""target-with-gradient: the bootstrapped target of a value net lets gradients through.

What it checks
    In mse_loss, l1_loss, smooth_l1_loss or huber_loss, or where the loss is computed from a difference, both the
    prediction and the target are computed from the same parameters, and the target is reward + discount * (the best, or
    the chosen, value of the next state).

Why it hurts
    The loss moves the target towards the prediction as well. That is another method (residual gradients), slower, and
    with random transitions it learns other values than Q-learning does.

Example
    target = reward + gamma * q(next_state).max(1).values

Instead
    with torch.no_grad():
        target = reward + gamma * q(next_state).max(1).values

When it is a false alarm
    Residual-gradient methods on purpose: allow it by name.

Cost
    A walk along the target's graph, where it has one, and along differences near the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
OF_VALUES = ("MaxBackward0", "MaxBackward1", "AmaxBackward0", "GatherBackward0", "MinimumBackward0")
NODES_AT_MOST = 30


class TargetWithGradient(LiveRule):
    code, level = "GF228", Level.WARNING

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target, prediction = event.target.grad_fn, event.input.grad_fn
        if not event.grad or event.name not in LOSSES or target is None or prediction is None:
            return
        if not _is_bootstrapped(target):
            return
        if _share_parameters(target, prediction):
            yield self._finding(f"the target of {event.name}")

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """A difference that is squared, or the like, by hand."""
        for node in event.named("SubBackward0", nearest=NODES_AT_MOST):
            sides = graph.parents(node)
            if len(sides) == 2 and any(map(_is_bootstrapped, sides)) and _share_parameters(*sides):
                yield self._finding("the target (reward + discount * value) of a difference in the loss")
                return

    def _finding(self, target: str) -> Finding:
        return self.finding(
            f"{target} is computed from the same parameters as the prediction, and gradients flow through both",
            "Compute the target under torch.no_grad(), or call detach() on it",
        )


def _share_parameters(one: Any, other: Any) -> bool:
    """Whether gradients of two nodes reach the same leaf."""
    leaves = {id(leaf) for leaf in graph.leaves(one)}
    return any(id(leaf) in leaves for leaf in graph.leaves(other))


def _is_bootstrapped(node: Any) -> bool:
    """Whether a graph is constant + constant * (a value that was chosen of several)."""
    added = scaled = False
    for _ in range(NODES_AT_MOST):
        name, inputs = node.name(), graph.parents(node)
        if name in OF_VALUES:
            return added and scaled
        if len(inputs) != 1:
            return False
        added = added or name == "AddBackward0"
        scaled = scaled or name == "MulBackward0"
        node = inputs[0]
    return False
