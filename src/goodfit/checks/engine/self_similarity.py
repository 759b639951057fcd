"""Whether the graph of a contrastive loss counts each row's similarity to itself among those that it is divided by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph

ROWS_AT_LEAST, ROWS_AT_MOST = 8, 4096
UNIT = 1e-3  # how far from 1 a unit vector's length may be
SAME_LOG = 1e-2  # of similarities, and their multiples within a softmax
SAME_SUM = 1e-4  # relative
SHARE_AT_LEAST = 1e-3  # of a denominator that is the row's own: below, its sum does not tell
PAIR = 2
WITH_VECTORS = 3  # dimensions of products of all pairs of vectors
BELOW_AT_MOST = 40  # nodes from exp(...) to the product of the rows
CHOOSING = ("DiagonalBackward0", "DiagonalBackward0_copy", "IndexBackward0", "GatherBackward0", "MaskedSelectBackward0")


def in_own_denominator(nodes: Sequence[Any]) -> int:
    """How many rows there are, where each has itself in its denominator; 0 where none has, or there are no positives.

    It is decided by values. A square matrix is exp(c * s), c > 0, of the cosines s of the rows with each other, its
    diagonal too, and what a logarithm is taken of, or what is divided by beneath one, is the sum of its whole rows. One
    that was masked, or had the diagonal or e^c subtracted, is another sum.

    Args:
        nodes: of the graph of a loss, nearest first.
    """
    for node, logs in _exponents(nodes):
        rows = len(logs)
        if not _is_softmax_of(logs, _cosines(node, rows)) or not _has_positives(nodes, rows):
            continue
        if node.name() != "ExpBackward0" or _is_divided_by(nodes, node._saved_result):
            return rows
    return 0


def _exponents(nodes: Sequence[Any]) -> Iterator[tuple[Any, Tensor]]:
    """Nodes that make (N, N) into shares of each row, with the logarithms of these, but for a number for each row."""
    for node in nodes:
        name, values = node.name(), None
        if name == "ExpBackward0":
            values = node._saved_result
        elif name == "LogsumexpBackward0":
            values = node._saved_self
        if isinstance(values, Tensor) and _is_square(values):
            yield node, values.detach().log() if name == "ExpBackward0" else values.detach()


def _is_square(values: Tensor) -> bool:
    return values.dim() == 2 and values.shape[0] == values.shape[1] and ROWS_AT_LEAST <= len(values) <= ROWS_AT_MOST


def _cosines(node: Any, rows: int) -> Tensor | None:
    """(N, N) that the values of a node were made of, where they are the cosines of N rows with each other."""
    for below in graph.walk(node, limit=BELOW_AT_MOST):
        if below.name() in ("MmBackward0", "BmmBackward0"):
            if len({id(graph.behind(each)) for each in graph.parents(below)}) > 1 or len(graph.parents(below)) < PAIR:
                return None  # of two nets, or with a copy that is not trained
            one, other = below._saved_self, below._saved_mat2
            if one is None or other is None or one.shape[:-2].numel() != 1:
                return None
            one, other = one.detach().flatten(0, -2).float(), other.detach().mT.flatten(0, -2).float()
        elif below.name() == "MulBackward0" and len(graph.shape_of(below)) == WITH_VECTORS:
            if len(graph.parents(below)) < PAIR:
                return None
            one, other = _sides(below)
            if one is None or other is None:
                continue
        else:
            continue
        if len(one) != rows or one.shape != other.shape or not torch.equal(one, other):
            return None
        return one @ other.T if bool(((one.norm(dim=1) - 1).abs() < UNIT).all()) else None
    return None


def _sides(product: Any) -> tuple[Tensor | None, Tensor | None]:
    """(N, D) and (M, D) of which a product (N, M, D) was made by broadcasting, as cosine_similarity does."""
    sides: list[Tensor | None] = [None, None]
    for saved in (product._saved_self, product._saved_other):
        values = saved.detach().float() if isinstance(saved, Tensor) and saved.dim() == WITH_VECTORS else None
        if values is not None and torch.equal(values[:, :1], values[:, -1:]):
            sides[0] = values[:, 0]
        elif values is not None and torch.equal(values[:1], values[-1:]):
            sides[1] = values[0]
    return sides[0], sides[1]


def _is_softmax_of(logs: Tensor, cosines: Tensor | None) -> bool:
    """Whether logs are c * cosines, c > 0, and a number for each row: on the diagonal too."""
    if cosines is None or not bool(torch.isfinite(logs).all()):
        return False
    distance, above = (each.float() - each.float().diagonal()[:, None] for each in (logs, cosines))
    factor = float((distance * above).sum() / above.square().sum().clamp(min=1e-12))
    return factor > 0 and bool(((distance - factor * above).abs() < SAME_LOG).all())


def _is_divided_by(nodes: Sequence[Any], values: Tensor) -> bool:
    """Whether the sum of each row of exp(...) is what a logarithm is taken of, or of what is divided by it."""
    values = values.detach()
    total = values.sum(1)
    if bool((values.diagonal() < SHARE_AT_LEAST * total).all()):
        return False
    others = [
        node._saved_result.detach().sum(1) for node in nodes if node.name() == "ExpBackward0" and _fits(node, values)
    ]
    sums = [total, total / len(total), *(total + other for other in others if not torch.equal(other, total))]
    return any(
        each.numel() == len(total) and torch.allclose(each.flatten().to(total.dtype), wanted, rtol=SAME_SUM, atol=0)
        for each in _denominators(nodes)
        for wanted in sums
    )


def _fits(node: Any, values: Tensor) -> bool:
    return isinstance(node._saved_result, Tensor) and node._saved_result.shape == values.shape


def _denominators(nodes: Sequence[Any]) -> Iterator[Tensor]:
    """What logarithms are taken of, and what is divided by in it."""
    for node in nodes:
        if node.name() != "LogBackward0":
            continue
        yield node._saved_self.detach()
        inputs = graph.parents(node)
        ratio = graph.behind(inputs[0]) if inputs else None
        if ratio is not None and ratio.name() == "DivBackward0" and isinstance(ratio._saved_other, Tensor):
            yield ratio._saved_other.detach()


def _has_positives(nodes: Sequence[Any], rows: int) -> bool:
    """Whether a loss also takes single similarities out: by an index, a mask without the diagonal, or two by two."""
    for node in nodes:
        name, inputs = node.name(), graph.parents(node)
        shapes = [tuple(graph.shape_of(each)) for each in inputs]
        if name in CHOOSING and (rows, rows) in shapes:
            return True
        if name == "MulBackward0" and len(inputs) == 1 and tuple(graph.shape_of(node)) == (rows, rows):
            mask = next((m for m in (node._saved_other, node._saved_self) if isinstance(m, Tensor)), None)
            if mask is not None and tuple(mask.shape) == (rows, rows) and bool((mask.diagonal() == 0).all()):
                return True
        if name == "SumBackward1" and inputs and graph.behind(inputs[0]).name() == "MulBackward0":
            shape = shapes[0]
            if len(shape) == 2 and shape[0] in (rows, rows // 2) and shape[1] != rows:
                return True
    return False
