"""views-are-one: the two views whose outputs a loss compares are the same rows, without a difference.

What it checks
    Outputs of two calls of nets, both with gradients, or both halves of the rows of one, are compared with each other:
    by a mean squared error, a cosine, or a product of all with all. They are equal, in three steps, while the rows
    among themselves differ.

Why it hurts
    What belongs together is to stay close although it was cropped, shifted or disturbed. Of two equal views the outputs
    are equal whatever the net does: the term that draws them together is at its best from the start, and nothing is
    learnt about what may change.

Example
    view = augment(x); z1, z2 = net(view), net(view)

Instead
    z1, z2 = net(augment(x)), net(augment(x))

When it is a false alarm
    None is known: with dropout, equal rows have different outputs.

Cost
    A comparison of the values that such terms keep in the graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
ROWS_AT_LEAST = 4
NODES_AT_MOST = 80  # nearest to the loss
VALUES_AT_MOST = 2_000_000
NEAR = 1e-6
PARTS = ("SliceBackward0", "SplitBackward0", "UnbindBackward0", "SelectBackward0", "IndexBackward0")
LOSSES = ("MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0")


class ViewsAreOne(LiveRule):
    code, level = "GF622", Level.WARNING
    yields_to = ("loss-always-zero", "nonfinite-loss")

    def start(self) -> None:
        self.steps = 0
        self.is_one = False

    def before_backward(self, event: BackwardBegins) -> None:
        if self.steps < STEPS_AT_LEAST and not self.is_one:
            nodes = event.named(*LOSSES, "MmBackward0", "MulBackward0", nearest=NODES_AT_MOST)
            self.is_one = any(_compares_equals(node) for node in nodes)

    def on_step(self, event: Step) -> Iterator[Finding]:
        self.steps = self.steps + 1 if self.is_one else 0 if self.steps < STEPS_AT_LEAST else self.steps
        if self.is_one and self.steps == STEPS_AT_LEAST:
            yield self.finding(
                "the outputs of two views that the loss compares are equal, row by row: both views are the same rows",
                "Draw an augmentation for each view: net(augment(x)), net(augment(x))",
            )
        self.is_one = False


def _compares_equals(node: Any) -> bool:
    edges = [edge for edge in node.next_functions if edge[0] is not None]
    if len(edges) != 2:
        return False
    if node.name() == "MmBackward0":
        one, other = node._saved_self, node._saved_mat2
        if not isinstance(one, Tensor) or not isinstance(other, Tensor):
            return False
        other, sources = other.detach().T, [_behind(edge) for edge in edges]
        if sources[0] == sources[1]:  # all with all of one call
            half = len(one) // 2
            return len(one) % 2 == 0 and (_are_equal(one[:half], one[half:]) or _are_equal(one[::2], one[1::2]))
        return _are_equal(one, other)
    one, other = (getattr(node, name, None) for name in _names(node))
    if not isinstance(one, Tensor) or not isinstance(other, Tensor) or _behind(edges[0]) == _behind(edges[1]):
        return False
    return _are_equal(one, other) and (node.name() in LOSSES or _is_summed_up(node))


def _names(node: Any) -> tuple[str, str]:
    return ("_saved_self", "_saved_other") if node.name() == "MulBackward0" else ("_saved_self", "_saved_target")


def _is_summed_up(product: Any) -> bool:
    """Whether both sides of a product were divided by their norms, as in a cosine."""
    return all(parent.name() == "DivBackward0" for parent in graph.parents(product))


def _behind(edge: tuple[Any, int]) -> tuple[Any, int]:
    """Where values came from, behind transposes and other moves, and before they were divided by their norm."""
    node, output = edge
    while node.next_functions and node.next_functions[0][0] is not None and node.name() not in PARTS:
        if node.name() not in graph.MOVES and node.name() != "DivBackward0":
            break
        node, output = node.next_functions[0]
    return node, output


def _are_equal(one: Tensor, other: Tensor) -> bool:
    """Whether two sets of rows are the same, and the rows of one are not."""
    one, other = one.detach(), other.detach()
    one, other = (one.float(), other.float()) if one.is_floating_point() else (one, other)  # autocast leaves two kinds
    if one.shape != other.shape or one.dim() != 2 or len(one) < ROWS_AT_LEAST or one.numel() > VALUES_AT_MOST:
        return False
    if not one.is_floating_point() or not torch.allclose(one, other, rtol=NEAR, atol=NEAR):
        return False
    return float((one - one[:1]).abs().max()) > 1e3 * NEAR
