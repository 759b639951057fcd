"""What a loss is a weighted sum of: the nodes that its sums and means lead to, and how much each value counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import Tensor

from goodfit.checks.engine import graph

NODES_AT_MOST = 120
MEAN, SUM = 1, 2  # numbers of reductions, as losses of torch keep them


class Weighed(NamedTuple):
    """A node, the weight of each of its values in the loss, and which of its outputs that is."""

    node: Any
    weight: float
    output: int = 0


def weighed(loss: Tensor) -> Iterator[Weighed]:
    """Nodes from a loss on, as far as it is linear in them."""
    stack = [Weighed(loss.grad_fn, 1.0)] if loss.grad_fn is not None else []
    for _ in range(NODES_AT_MOST):
        if not stack:
            return
        here = stack.pop()
        yield here
        stack += _made_of(here)


def _made_of(here: Weighed) -> list[Weighed]:
    node, weight, _ = here
    name, edges = node.name(), node.next_functions
    known = [edge for edge in edges if edge[0] is not None]
    if name in ("AddBackward0", "SubBackward0", "RsubBackward1"):
        second = float(getattr(node, "_saved_alpha", None) or 1)
        signs = {"SubBackward0": (1, -second), "RsubBackward1": (-1, 1)}.get(name, (1, second))
        return [
            Weighed(each, weight * by * _times_repeated(each, node), output)
            for (each, output), by in zip(edges, signs, strict=False)
            if each is not None
        ]
    if name == "StackBackward0":
        return [Weighed(each, weight, output) for each, output in known]
    if len(known) != 1:
        return []
    [(inner, output)] = known
    if name in ("MeanBackward0", "MeanBackward1"):
        return [Weighed(inner, weight * graph.shape_of(node).numel() / max(1, graph.shape_of(inner).numel()), output)]
    if name in ("SumBackward0", "SumBackward1") or name in graph.MOVES:
        return [Weighed(inner, weight, output)]
    if name == "NegBackward0":
        return [Weighed(inner, -weight, output)]
    if name in ("MulBackward0", "DivBackward0") and (number := number_of(node)):
        return [Weighed(inner, weight * number if name == "MulBackward0" else weight / number, output)]
    return []


def _times_repeated(part: Any, whole: Any) -> float:
    """A number that is added to each of many values counts as often."""
    sizes = graph.shape_of(part).numel(), graph.shape_of(whole).numel()
    return sizes[1] / sizes[0] if 0 < sizes[0] < sizes[1] else 1.0


def number_of(node: Any) -> float:
    """The constant of a product or quotient; 0 where it is no single number."""
    for name in ("_saved_other", "_saved_self"):
        value = getattr(node, name, None)
        if isinstance(value, Tensor) and value.numel() == 1:
            return float(value)
        if isinstance(value, int | float):
            return float(value)
    return 0.0


def squared(node: Any) -> Tensor | None:
    """x of x ** 2 or x * x, where a node gave that; None of others."""
    name = node.name()
    is_power = name == "PowBackward0" and getattr(node, "_saved_exponent", None) == 2
    inputs = node.next_functions
    is_product = name == "MulBackward0" and len(inputs) == 2 and inputs[0][0] is not None and inputs[0] == inputs[1]
    value = getattr(node, "_saved_self", None) if is_power or is_product else None
    return value.detach() if isinstance(value, Tensor) else None
