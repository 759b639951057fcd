"""Divergences of normal distributions from the standard one among the terms of a loss, however they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.weighed import Weighed, squared

# What leaves a spread a spread: its logarithm, its square, a number times it.
PASSING = frozenset({"ExpBackward0", "LogBackward0", "PowBackward0", "SqrtBackward0", "MulBackward0", "DivBackward0"})
# The mean and the logarithm of the variance may be parts of one tensor.
PARTS = frozenset({"SplitBackward0", "SliceBackward0", "SelectBackward0", "IndexBackward0", "UnbindBackward0"})
NODES_AT_MOST = 16
CLOSE = 2.1  # times a weight: sigma ** 2 + mu ** 2 - log(sigma) is a divergence that somebody has written


@dataclass(frozen=True)
class Divergence:
    """0.5 * (variance + mean ** 2 - 1 - log variance), of each latent.

    Attributes:
        shape: of the latents, rows first.
        weight: of each variance in the loss: a half where the divergence is summed over all.
        nats: the divergence of a row, as it is now.
    """

    shape: torch.Size
    weight: float
    nats: float

    @property
    def rows(self) -> int:
        return self.shape[0]


def divergences(terms: Sequence[Weighed]) -> Iterator[Divergence]:
    """Of the terms of a loss: a variance is added, its logarithm subtracted, and beside it a mean's square is added."""
    squares = [each for each in terms if each.weight > 0 and squared(each.node) is not None]
    taken = [_root(each.node, each.output) for each in terms if each.weight < 0]
    for term in terms:
        shape = graph.shape_of(term.node)
        variance = _variance(term.node) if term.weight > 0 and len(shape) > 1 else None
        root = _root(term.node, term.output)
        has_learnt_prior = root[0].name() == "DivBackward0"  # both spreads have a graph
        if variance is None or root not in taken or has_learnt_prior:
            continue
        for other in squares:
            is_mean = _root(other.node, other.output) != root and graph.shape_of(other.node) == shape
            mean = squared(other.node)
            if is_mean and mean is not None and 1 / CLOSE < other.weight / term.weight < CLOSE:
                nats = (variance + mean.square() - 1 - variance.clamp_min(1e-12).log()).sum() / 2 / shape[0]
                yield Divergence(shape, term.weight, float(nats))
                break


def _variance(node: Any) -> Tensor | None:
    """The values of exp(logvar), or of a spread's square."""
    if node.name() == "ExpBackward0":
        result: Tensor = node._saved_result
        return result.detach()
    spread = squared(node)
    return None if spread is None else spread.square()


def _root(node: Any, output: int) -> tuple[Any, int]:
    """What a variance, a spread and their logarithms are all made of: the node, and the number of its output."""
    for _ in range(NODES_AT_MOST):
        edges = [edge for edge in node.next_functions if edge[0] is not None]
        is_shift = node.name() == "AddBackward0" and len(edges) == 1
        passes = node.name() in PASSING or is_shift or (node.name() in graph.MOVES and node.name() not in PARTS)
        if not passes or not edges or any(edge != edges[0] for edge in edges):
            break
        node, output = edges[0]
    return node, output
