"""view-with-itself: of two views of each row, each is compared with its own output, and not with that of the other.

What it checks
    In a step nets get two batches of one shape that differ, and each of both: with a gradient, and as a target without.
    The target is the same net's detached output, or comes of a copy with nearly the same weights. A loss compares what
    was computed of a view with the target of that very view, for both of them. In three steps.

Why it hurts
    What is learnt is to be the same for both views of a row. Compared with itself, each view can be known as it is:
    nothing is learnt about what may change, and a net that hands its input on is at its best.

Example
    loss = far(predict(net(a)), target(a)) + far(predict(net(b)), target(b))

Instead
    loss = far(predict(net(a)), target(b)) + far(predict(net(b)), target(a))

When it is a false alarm
    A student of a teacher that was trained before is not reported: its weights are other ones.

Cost
    A note of the calls of a step and a comparison with what a cosine or an error is made of, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
CALLS_AT_MOST = 12  # of a step
ROWS_AT_LEAST = 4
VALUES_AT_MOST = 1_000_000
NODES_NEAREST = 60
NODES_OF_OUTPUT = 400
NEAR = 1e-4
ALIKE = 0.9  # cosine of the weights of a net and its copy
NEARER = 0.9  # views of one row, as a share of the distance of others


@dataclass
class Asked:
    """One call: the net, its rows, its output, and the id of the node that gave it. It keeps no net and no graph."""

    net: weakref.ref[nn.Module]
    x: Tensor
    output: Tensor
    node: int | None


class ViewWithItself(LiveRule):
    code, level = "GF635", Level.WARNING
    yields_to = ("views-are-one",)

    def start(self) -> None:
        self.calls: list[Asked] = []
        self.is_own = False
        self.steps = 0

    def on_call(self, event: NetCall) -> None:
        if not event.training or len(self.calls) >= CALLS_AT_MOST or not event.inputs or not event.outputs:
            return
        x, output = event.inputs[0], event.outputs[0]
        is_of_rows = output.dim() == 2 and x.dim() > 0 and ROWS_AT_LEAST <= len(output) == len(x)
        if is_of_rows and output.numel() <= VALUES_AT_MOST:
            node = None if output.grad_fn is None else id(output.grad_fn)
            self.calls.append(Asked(weakref.ref(event.module), x.detach(), output.detach(), node))

    def before_backward(self, event: BackwardBegins) -> None:
        calls, self.calls = self.calls, []
        if len(calls) < 2 or self.steps >= STEPS_AT_LEAST:
            return
        own: list[Asked] = []
        for node in event.named("MulBackward0", "MseLossBackward0", nearest=NODES_NEAREST):
            target, source = _compared(node)
            if target is None:
                continue
            made = [each for each in calls if _is_output(target, each.output)]
            below = {id(each) for each in graph.walk(source, limit=NODES_OF_OUTPUT)}
            asked = [each for each in calls if each.node in below]
            first = [each for each in asked if each.x.grad_fn is None and not _is_made(each, asked)]
            if not made or len(first) != 1:
                return
            if not _are_equal(made[0].x, first[0].x) or not _are_copies(made[0].net(), first[0].net()):
                return
            own.append(first[0])
        self.is_own = len(own) >= 2 and _are_views(own[0].x, own[1].x)

    def on_step(self, event: Step) -> Iterator[Finding]:
        self.calls = []
        if self.is_own:
            self.steps += 1
            if self.steps == STEPS_AT_LEAST:
                yield self.finding(
                    "of two views, the output of each is compared with the target of the same view",
                    "Exchange the targets: compare what is computed of one view with the target of the other",
                )
        self.is_own = False


def _compared(node: Any) -> tuple[Tensor | None, Any]:
    """The target without a graph, and the node of what is compared with it."""
    parents = graph.parents(node)
    if len(parents) != 1:
        return None, None
    names = ("_saved_self", "_saved_target") if node.name() == "MseLossBackward0" else ("_saved_self", "_saved_other")
    at = 0 if node.next_functions[0][0] is None else 1
    target = getattr(node, names[at], None)
    if not isinstance(target, Tensor) or target.dim() != 2 or graph.shape_of(parents[0]) != target.shape:
        return None, None
    return (target.detach(), parents[0]) if len(target) >= ROWS_AT_LEAST and target.shape[1] > 1 else (None, None)


def _is_output(target: Tensor, output: Tensor) -> bool:
    """Whether a target is a net's output, as it is or divided by its norm."""
    if target.shape != output.shape or target.dtype != output.dtype or target.device != output.device:
        return False
    return torch.allclose(target, output, atol=NEAR) or torch.allclose(target, F.normalize(output, dim=1), atol=NEAR)


def _is_made(call: Asked, others: list[Asked]) -> bool:
    """Whether what a net was given is another net's output: a predictor behind an encoder."""
    return any(each is not call and each.output.data_ptr() == call.x.data_ptr() for each in others)


def _are_equal(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and torch.equal(one, other)


def _are_views(one: Tensor, other: Tensor) -> bool:
    """Whether the rows of two batches differ, and are nearer to each other than to the next ones."""
    if one.shape != other.shape or not one.is_floating_point() or torch.equal(one, other):
        return False
    apart = (one - other).abs().mean()
    return bool(apart < NEARER * (one - other.roll(1, 0)).abs().mean())


def _are_copies(one: nn.Module | None, other: nn.Module | None) -> bool:
    """Whether these are one net, or two whose weights are nearly the same."""
    if one is None or other is None or one is other:
        return one is other
    pairs = list(zip(one.parameters(), other.parameters(), strict=False))
    if not pairs or any(a.shape != b.shape for a, b in pairs):
        return False
    matrices = [(a.detach().flatten(), b.detach().flatten()) for a, b in pairs if a.dim() > 1]
    return bool(matrices) and all(float(F.cosine_similarity(a, b, dim=0)) > ALIKE for a, b in matrices)
