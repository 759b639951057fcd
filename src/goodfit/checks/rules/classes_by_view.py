"""classes-by-view: the class dimension was moved by view or reshape, which scrambles values.

What it checks
    The logits that cross_entropy or nll_loss is given were viewed from (B, T, C) to (B, C, T), or the like: the same
    sizes in another order. Or they were flattened to (-1, C) while the classes were the second dimension, not the
    last.

Why it hurts
    view and reshape keep the order of values in memory. Moving a dimension needs transpose or permute; after a view the
    "classes" of one position are logits of several positions. The loss falls a little, and nothing is reported.

Example
    loss = F.cross_entropy(logits.view(B, C, T), y)          # logits: (B, T, C)
    loss = F.cross_entropy(maps.view(-1, C), y.view(-1))     # maps: (B, C, H, W)

Instead
    loss = F.cross_entropy(logits.transpose(1, 2), y)
    loss = F.cross_entropy(maps.permute(0, 2, 3, 1).reshape(-1, C), y.view(-1))

When it is a false alarm
    None is known: outputs of one flat layer, whose order is the net's own, are left out.

Cost
    A look at a few graph nodes in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

VIEWS = ("ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0")
MOVES_AT_MOST = 12  # between the net's last layer and the loss


class ClassesByView(LiveRule):
    code, level = "GF216", Level.ERROR

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name not in ("cross_entropy", "nll_loss") or event.input.dim() < 2:
            return
        for node, before in _moves(event.input.grad_fn):
            if node.name() not in VIEWS:
                continue
            place = graph.place_of(node)
            old, new = _sizes(before), _sizes(node)
            if sorted(old) == sorted(new) and old != new and _last_is_features(before):
                yield self.finding(
                    f"a view turned logits of {_shown(before)} into {_shown(node)}: values stay where they are, so "
                    "that classes and positions are mixed",
                    "Move the dimension with transpose or permute in place of view or reshape",
                    file=place.file,
                    line=place.line,
                )
                return
            classes = event.input.shape[1]
            if event.input.dim() == 2 and new[-1:] == [classes] and _flattened_by_channels(before, classes):
                yield self.finding(
                    f"a view flattened {_shown(before)} to (-1, {classes}), and its classes are the second "
                    "dimension: each row holds one class at several positions",
                    f"Move the classes to the end first: permute(0, 2, ..., 1).reshape(-1, {classes})",
                    file=place.file,
                    line=place.line,
                )
                return


def _moves(node: Any) -> Iterator[tuple[Any, Any]]:
    """Nodes that move values about, the last one first, each with the node that it takes its input from."""
    for _ in range(MOVES_AT_MOST):
        inputs = graph.parents(node) if node is not None else []
        if len(inputs) != 1:
            break
        yield node, inputs[0]
        if node.name() not in graph.MOVES and node.name() != "LogSoftmaxBackward0":
            break
        node = inputs[0]


def _sizes(node: Any) -> list[int]:
    return [size for size in graph.shape_of(node) if size != 1]


def _shown(node: Any) -> str:
    return str(tuple(graph.shape_of(node)))


def _last_is_features(node: Any) -> bool:
    """Whether the last dimension means something: not where all values come out of one flat layer in any order."""
    made, shape = graph.behind(node), graph.shape_of(node)
    origin = graph.shape_of(made)
    return len(origin) > 2 or (len(origin) == 2 and origin[-1] in (shape[-1], shape[1] if len(shape) > 1 else 0))


def _flattened_by_channels(node: Any, classes: int) -> bool:
    """Whether (B, C, ...) was flattened with the classes in the second dimension."""
    shape = list(graph.shape_of(node))
    if len(shape) < 3 or shape[1] != classes or shape[-1] == classes or prod(shape[2:]) == 1:
        return False
    as_made = graph.behind(node, stop=("PermuteBackward0", "TransposeBackward0", "MovedimBackward0"))
    return shape[-1] % classes != 0 or as_made.name() == "ConvolutionBackward0"
