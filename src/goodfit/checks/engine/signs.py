"""Which way a loss moves what it is made of: the sums, factors and rising functions between it and a term."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import Tensor

from goodfit.checks.engine import graph

NODES_AT_MOST = 60  # from a loss on
SUMS = ("AddBackward0", "AddBackward1", "SubBackward0", "RsubBackward1")
RISING = frozenset(
    {
        "LogSigmoidBackward0", "SoftplusBackward0", "ReluBackward0", "ClampMinBackward0", "ClampBackward0",
        "ClampBackward1", "SigmoidBackward0", "LogBackward0", "ExpBackward0", "MeanBackward0", "MeanBackward1",
        "SumBackward0", "SumBackward1", "MaximumBackward0",
    }
)  # fmt: skip


class Signed(NamedTuple):
    """A node, and whether the loss grows (1) or falls (-1) as it does."""

    node: Any
    sign: int


def signed(loss: Tensor, passing: frozenset[str] = RISING) -> Iterator[Signed]:
    """Nodes from a loss on, each with its sign, as far as that is known; sums and factors are passed, and `passing`."""
    stack = [Signed(loss.grad_fn, 1)] if loss.grad_fn is not None else []
    looked_at = 0
    while stack and looked_at < NODES_AT_MOST:
        here = stack.pop()
        looked_at += 1
        yield here
        stack += after(here, passing)


def after(here: Signed, passing: frozenset[str] = RISING) -> list[Signed]:
    """The nodes that a node was made of, with their signs; none where these are not known."""
    node, sign = here
    name, inputs = node.name(), [each for each, _ in node.next_functions]
    if name in SUMS:
        factors = {"SubBackward0": (1, -1), "RsubBackward1": (-1, 1)}.get(name, (1, 1))
        return [Signed(each, sign * by) for each, by in zip(inputs, factors, strict=False) if each is not None]
    known = [each for each in inputs if each is not None]
    if name == "NegBackward0":
        return [Signed(known[0], -sign)]
    if name in graph.MOVES or name in passing:
        return [Signed(known[0], sign)] if len(known) == 1 else []
    if name in ("MulBackward0", "DivBackward0") and len(known) == 1:
        factor = sign_of_factor(node)
        return [Signed(known[0], sign * factor)] if factor else []
    return []


def sign_of_factor(node: Any) -> int:
    """The sign of the constant that a product or quotient is made with; 0 where that is not known, or is not one."""
    other = node._saved_other
    if node.next_functions[0][0] is None:  # the constant stands on the left
        other = node._saved_self if node.name() == "MulBackward0" else None
    if isinstance(other, Tensor):
        other = other.detach()
        if other.numel() == 0:
            return 0
        return 1 if bool((other > 0).all()) else -1 if bool((other < 0).all()) else 0
    return 0 if other is None or other == 0 else 1 if other > 0 else -1
