"""Links that a net passes messages along, or is to rebuild: in what the graph of a pass holds, and in what nets get."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins

PRODUCTS = ("MmBackward0", "BmmBackward0", "SparseAddmmBackward0")
SUMS_BY_INDEX = ("IndexAddBackward0", "ScatterAddBackward0", "ScatterReduceBackward0", "IndexPutBackward0")
SIDES = ("_saved_self", "_saved_mat1")
NODES_AT_MOST = 40  # behind a sum by index, to where its terms were looked up
SIDE_AT_LEAST, VALUES_AT_MOST = 10, 50_000_000


class Links:
    """Links among nodes, as a matrix, or as pairs (2, E).

    Attributes:
        ends: how many nodes there may be at each end.
    """

    def __init__(self, value: Tensor) -> None:
        value = value.detach()
        if value.layout in (torch.sparse_csr, torch.sparse_csc):
            value = value.to_sparse_coo()
        if value.layout is torch.sparse_coo:
            self.ends = (int(value.shape[0]), int(value.shape[1]))
            self._matrix, pairs = None, value.coalesce().indices().cpu()
        elif value.is_floating_point() or value.dtype == torch.bool:
            self.ends = (int(value.shape[0]), int(value.shape[1]))
            self._matrix, pairs = value, None
        else:
            pairs = value.cpu().long()
            most = int(pairs.max()) + 1
            self._matrix, self.ends = None, (most, most)
        self._keys = None if pairs is None else torch.unique(pairs[0] * self.ends[1] + pairs[1])

    def hold(self, first: Tensor, second: Tensor) -> Tensor:
        """Whether there is a link from one node to the other: (E,) booleans."""
        if self._keys is not None:
            inside = (first < self.ends[0]) & (second < self.ends[1])
            return torch.isin(first * self.ends[1] + second, self._keys) & inside
        matrix = self._matrix
        assert matrix is not None
        return (matrix[first.to(matrix.device), second.to(matrix.device)] != 0).cpu()


def links_of(event: BackwardBegins) -> Iterator[Links]:
    """What a net multiplied the rows of its nodes with, which scores it hid, and what it added up by an index."""
    known: set[tuple[int, torch.Size]] = set()
    for value in _matrices(event):
        key = (value.data_ptr() if value.layout is torch.strided else id(value), value.shape)
        if key not in known:
            known.add(key)
            yield Links(value)
    for node in event.named(*SUMS_BY_INDEX):
        pairs = _pairs(node)
        if pairs is not None:
            yield Links(pairs)


def links_given(tensors: Iterable[Tensor]) -> Iterator[Links]:
    """Of what a net, or a loss as its target, is given: square matrices of few values, and pairs (2, E) or (E, 2)."""
    for each in tensors:
        if each.dim() != 2 or each.requires_grad or not 0 < each.numel() <= VALUES_AT_MOST:
            continue
        if each.dtype == torch.int64 and 2 in each.shape and min(each.shape) == 2 and int(each.min()) >= 0:
            yield Links(each if each.shape[0] == 2 else each.t())
        elif (each.is_floating_point() or each.dtype == torch.bool) and min(each.shape) >= SIDE_AT_LEAST:
            yield Links(each)


def _matrices(event: BackwardBegins) -> Iterator[Tensor]:
    for node in event.named(*PRODUCTS):
        for side in SIDES:
            value = getattr(node, side, None)
            if not isinstance(value, Tensor) or value.requires_grad:
                continue
            if value.dim() == 3 and value.shape[0] == 1 and value.layout is torch.strided:
                value = value[0]
            if value.dim() == 2 and min(value.shape) >= SIDE_AT_LEAST and value.numel() <= VALUES_AT_MOST:
                yield value
    for node in event.named("MaskedFillBackward0", "WhereBackward0"):
        mask = getattr(node, "_saved_mask", None)
        mask = ~mask if isinstance(mask, Tensor) else getattr(node, "_saved_condition", None)
        while isinstance(mask, Tensor) and mask.dim() > 2 and 1 in (mask.shape[0], mask.shape[-1]):
            mask = mask[0] if mask.shape[0] == 1 else mask[..., 0]
        if isinstance(mask, Tensor) and mask.dim() == 2 and SIDE_AT_LEAST <= min(mask.shape) == max(mask.shape):
            yield mask


def _pairs(node: Any) -> Tensor | None:
    """(2, E) where terms were looked up, and where they were added."""
    ends = _index(node)
    if ends is None:
        return None
    for each in graph.walk(node, limit=NODES_AT_MOST):
        starts = _index(each) if each.name() in ("IndexBackward0", "IndexSelectBackward0") else None
        if starts is not None and starts.shape == ends.shape and len(ends):
            return torch.stack([starts, ends])
    return None


def _index(node: Any) -> Tensor | None:
    """(E,) that a node looks up, or adds to."""
    value = getattr(node, "_saved_index", None)
    if value is None:
        several = getattr(node, "_saved_indices", None)
        value = (
            next((each for each in several if isinstance(each, Tensor)), None)
            if isinstance(several, tuple | list)
            else several
        )
    if not isinstance(value, Tensor) or value.dtype != torch.int64:
        return None
    value = value.detach()
    return value if value.dim() == 1 else value[:, 0] if value.dim() == 2 else None
