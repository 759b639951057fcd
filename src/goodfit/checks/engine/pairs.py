"""What a ranking loss (BPR, triplet, margin) draws together and pushes apart, read from the graph behind it.

Such a loss is a rising function of the difference of two measures. A measure compares pairs of rows: as a distance
(a norm, a sum of squares) or as a similarity (a product, the output of a layer).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.signs import RISING, Signed, after, signed

MARGINS = ("LogSigmoidBackward0", "SoftplusBackward0", "ReluBackward0", "ClampMinBackward0", "ClampBackward1",
           "SigmoidBackward0")  # fmt: skip
DISTANCES = ("NormBackward1", "LinalgVectorNormBackward0", "CdistBackward0", "EuclideanDistBackward0", "SqrtBackward0",
             "PowBackward0", "AbsBackward0")  # fmt: skip
PRODUCTS = ("MulBackward0", "MmBackward0", "BmmBackward0", "AddmmBackward0", "DotBackward0", "MvBackward0")
STEPS_AT_MOST = 12  # from a measure to what it compares
CHOICES = ("MinBackward0", "MaxBackward0", "TopkBackward0", "GatherBackward0", "IndexBackward0")


class Measure(NamedTuple):
    """One side of the difference.

    Attributes:
        value: the node that gave the side.
        node: the one behind it that compares two things.
        attracts: whether the loss draws the two that it compares together; None where it is not known what it is.
    """

    value: Any
    node: Any
    attracts: bool | None


class Ranking(NamedTuple):
    """The two sides of the difference: the loss falls as `lowered` falls, and as `raised` rises."""

    lowered: Measure
    raised: Measure


def rankings(loss: Tensor) -> Iterator[Ranking]:
    """The differences of two measures that stand within a margin, a hinge or a sigmoid, in a loss."""
    margins: list[Signed] = [each for each in signed(loss) if each.node.name() in MARGINS]
    for margin in margins:
        here = [margin]
        for _ in range(STEPS_AT_MOST):
            if len(here) != 1:
                break
            here = after(here[0], RISING)
        sides = here
        if len(sides) != 2 or sides[0].sign == sides[1].sign:
            continue
        lowered, raised = sorted(sides, key=lambda each: -each.sign)
        yield Ranking(_measure(lowered), _measure(raised))


def _measure(side: Signed) -> Measure:
    """What one side is, behind numbers that it is multiplied by and subtracted from (1 - cosine)."""
    value = side.node
    for _ in range(STEPS_AT_MOST):
        name = side.node.name()
        if name in DISTANCES:
            return Measure(value, side.node, side.sign > 0)
        inputs = graph.parents(side.node)
        if name in PRODUCTS and len(inputs) > 1:
            return Measure(value, side.node, side.sign < 0)
        if name in CHOICES and len(inputs) == 1:
            of_matrix = _measure(Signed(inputs[0], side.sign)) if len(graph.shape_of(inputs[0])) == 2 else None
            return Measure(value, side.node, of_matrix.attracts if of_matrix else None)
        following = after(side, frozenset({"SumBackward0", "SumBackward1", "MeanBackward1"}))
        if len(following) != 1:
            break
        side = following[0]
    return Measure(value, side.node, None)


def rows_compared(measure: Measure, rows: int) -> Tensor | None:
    """(n, 2) numbers of the rows that a measure compares, of a mini-batch of so many; None where that is not known."""
    node = measure.node
    if node.name() in CHOICES:
        return chosen_pairs(node, rows)
    for _ in range(STEPS_AT_MOST):
        inputs = graph.parents(node)
        if len(inputs) == 2:
            sides = [_indices(each, rows) for each in inputs]
            if sides[0] is None or sides[1] is None or len(sides[0]) != len(sides[1]):
                return None
            return torch.stack([sides[0], sides[1]], 1)
        if len(inputs) != 1:
            return None
        node = inputs[0]
    return None


def _indices(node: Any, rows: int) -> Tensor | None:
    """(n,) of which rows of a mini-batch an operand consists; all in their order where it is none of a choice."""
    for _ in range(STEPS_AT_MOST):
        if node.name() in ("IndexBackward0", "IndexSelectBackward0"):
            chosen = node._saved_indices if node.name() == "IndexBackward0" else [node._saved_index]
            source = graph.shape_of(graph.parents(node)[0])
            if len(chosen) != 1 or chosen[0] is None or source[0] != rows:
                return None
            index: Tensor = chosen[0]
            if index.dtype == torch.bool:
                index = index.nonzero().flatten()
            return index if index.dim() == 1 else None
        inputs = graph.parents(node)
        if node.name() not in graph.MOVES or not inputs:
            break
        node = inputs[0]
    shape = graph.shape_of(node)
    return torch.arange(rows) if len(shape) == 2 and shape[0] == rows else None


def chosen_pairs(node: Any, rows: int) -> Tensor | None:
    """(n, 2) of the pairs that were chosen of a square matrix."""
    inputs = graph.parents(node)
    if not inputs or tuple(graph.shape_of(inputs[0])) != (rows, rows):
        return None
    own, name = torch.arange(rows), node.name()
    if name == "IndexBackward0":
        chosen = [each for each in node._saved_indices if each is not None]
        if len(chosen) == 1 and chosen[0].dtype == torch.bool and chosen[0].dim() == 2:
            pairs: Tensor = chosen[0].nonzero()
            return pairs
        if len(chosen) == 2 and chosen[0].dim() == 1 and chosen[0].shape == chosen[1].shape:
            return torch.stack([chosen[0], chosen[1]], 1)
        return None
    index = node._saved_index if name == "GatherBackward0" else getattr(node, "_saved_indices", None)
    dim = node._saved_dim
    if index is None or dim not in (0, 1, 2**64 - 1, 2**64 - 2):
        return None
    index = index if dim in (1, 2**64 - 1) else index.T
    index = index.reshape(rows, -1)
    return torch.stack([own[:, None].expand_as(index).flatten(), index.flatten()], 1)
