"""target-with-gradient: the bootstrapped target of a value net lets gradients through.

What it checks
    In mse_loss, l1_loss, smooth_l1_loss or huber_loss, or where the loss is computed from a difference, both the
    prediction and the target are computed from the same parameters, and the target is reward + discount * (the best, or
    the chosen, value of the next state). In a difference whose program speaks of rewards also reward + discount * (what
    the net gave for the next state) less what it gave for this one, which advantages are made of.

Why it hurts
    The loss moves the target towards the prediction as well. That is another method (residual gradients), slower, and
    with random transitions it learns other values than Q-learning does.

Example
    target = reward + gamma * q(next_state).max(1).values

Instead
    with torch.no_grad():
        target = reward + gamma * q(next_state).max(1).values

    returns = (advantages + values).detach(); critic_loss = (returns - values).pow(2).mean()

When it is a false alarm
    Residual-gradient methods on purpose: allow it by name.

Cost
    A walk along the target's graph, where it has one, and along differences near the loss, in the first steps.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.engine.user_frame import users_frames
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
OF_VALUES = ("MaxBackward0", "MaxBackward1", "AmaxBackward0", "GatherBackward0", "MinimumBackward0")
# What makes an error of a difference: that an advantage weighs the actor's gradient is no matter of this rule.
ERRORS = ("PowBackward0", "MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0", "AbsBackward0")
OF_A_DIFFERENCE = "the target (reward + discount * value) of a difference in the loss"
NODES_AT_MOST = 30
OF_REWARDS = lazy_pattern(r"reward", re.IGNORECASE)


class TargetWithGradient(LiveRule):
    code, level = "GF228", Level.WARNING

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target, prediction = event.target.grad_fn, event.input.grad_fn
        if not event.grad or event.name not in LOSSES or target is None or prediction is None:
            return
        of_actions = _is_bootstrapped(target) and _share_parameters(target, prediction)
        if of_actions or (_are_values_of_two_states(target, prediction) and _speaks_of_rewards()):
            yield self._finding(f"the target of {event.name}")

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """A difference that is squared, or the like, by hand."""
        for node in event.named("SubBackward0", nearest=NODES_AT_MOST):
            sides = graph.parents(node)
            if len(sides) == 2 and any(map(_is_bootstrapped, sides)) and _share_parameters(*sides):
                yield self._finding(OF_A_DIFFERENCE)
                return
        for squared in event.named(*ERRORS, nearest=NODES_AT_MOST):
            for node in graph.walk(squared, limit=NODES_AT_MOST):
                sides = graph.parents(node) if node.name() == "SubBackward0" else []
                if len(sides) == 2 and _are_values_of_two_states(*sides) and _speaks_of_rewards():
                    yield self._finding(OF_A_DIFFERENCE)
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
    value, is_target = _value_behind(node)
    return is_target and value.name() in OF_VALUES


def _are_values_of_two_states(one: Any, other: Any) -> bool:
    """Whether one is constant + constant * value and the other a value as the same layer gave it."""
    (first, first_is_target), (second, second_is_target) = _value_behind(one), _value_behind(other)
    if first_is_target == second_is_target or first.name() != second.name():
        return False
    return first is second or (graph.shape_of(first) == graph.shape_of(second) and _share_parameters(first, second))


def _value_behind(node: Any) -> tuple[Any, bool]:
    """What a graph is made of by constants and moves, and whether it is constant + constant * that."""
    added = scaled = False
    for _ in range(NODES_AT_MOST):
        name, inputs = node.name(), graph.parents(node)
        if name in OF_VALUES or len(inputs) != 1:
            break
        added = added or name == "AddBackward0"
        scaled = scaled or name == "MulBackward0"
        node = inputs[0]
    return node, added and scaled


def _speaks_of_rewards() -> bool:
    """Whether a file whose functions are executed does."""
    return any(OF_REWARDS.search("".join(linecache.getlines(each.f_code.co_filename))) for each in users_frames())
