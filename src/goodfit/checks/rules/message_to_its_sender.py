"""message-to-its-sender: messages along the edges of a graph are added up at the nodes that they came from.

What it checks
    Rows of nodes are taken by one row of an edge list, x[src], and added up (index_add, scatter_add, scatter_reduce,
    index_put) by the very same numbers, into as many rows. Between the two are at most layers, activations and a
    constant for each edge, a number comes more than once, and there is the other end of the edges: beside it in
    memory, among the arguments of the net, or among the program's variables. In two passes.

Why it hurts
    Each node gets copies of itself, as many as it has edges. Nothing is passed from a node to its neighbours: the net
    learns from the features of each node alone, and nothing fails.

Example
    out = torch.zeros_like(x).index_add_(0, src, x[src])

Instead
    out = torch.zeros_like(x).index_add_(0, dst, x[src])

When it is a false alarm
    None is known. Tokens that go through an expert and back to their places are left alone: each comes once.

Cost
    A comparison of indices in the graph, in the first passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NetCall
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.variables import tensors_by_name
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ADDING = ("IndexAddBackward0", "ScatterAddBackward0", "ScatterReduceBackward0", "IndexPutBackward0",
          "IndexReduceBackward0")  # fmt: skip
TAKING = ("IndexBackward0", "IndexSelectBackward0", "GatherBackward0")
MOVES = ("ToCopyBackward0", "CloneBackward0", "ViewBackward0", "UnsqueezeBackward0", "SqueezeBackward1")
ACTIVATIONS = ("ReluBackward0", "LeakyReluBackward0", "EluBackward0", "GeluBackward0", "SiluBackward0", "TanhBackward0",
               "SigmoidBackward0")  # fmt: skip
LAYERS = ("AddmmBackward0", "MmBackward0")
SCALINGS = ("MulBackward0", "DivBackward0")
STEPS_AT_MOST = 12  # from the sum to where rows are taken
PASSES_AT_LEAST, PASSES_AT_MOST = 2, 4
SUMS_AT_MOST = 8  # of a pass
EDGES_AT_MOST = 5_000_000


class MessageToItsSender(LiveRule):
    code, level = "GF530", Level.ERROR

    def start(self) -> None:
        self.passes = 0
        self.calls: Counter[Place] = Counter()
        self.ends: list[Tensor] = []  # whole numbers (E,) among the arguments of the net

    def on_call(self, event: NetCall) -> None:
        if self.passes < PASSES_AT_MOST and event.grad:
            self.ends = [each for each in event.inputs if each.dim() == 1 and each.dtype == torch.int64]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        sums = event.named(*ADDING)[:SUMS_AT_MOST] if self.passes < PASSES_AT_MOST else []
        self.passes += bool(sums)
        places: set[Place] = set()
        for node in sums:
            index = _index(node)
            if index is None or not _comes_from(node, index) or not self._has_other_end(node, index):
                continue
            place = graph.place_of(node)
            places.add(place if place.line else user_place())
        for place in places:
            self.calls[place] += 1
            if self.calls[place] == PASSES_AT_LEAST:
                yield self.finding(
                    "messages along edges are added up at the nodes that they came from: rows are taken and summed by "
                    "the same end of the edges, so that each node gets copies of itself and none of its neighbours",
                    "Sum by the other end: index_add_(0, dst, x[src])",
                    file=place.file,
                    line=place.line,
                )

    def _has_other_end(self, node: Any, index: Tensor) -> bool:
        """Whether edges have another end somewhere, with other numbers of the same nodes."""
        if index.unique().numel() == index.numel():
            return False
        rows = graph.shape_of(node)[0]
        others = (_beside(index), *self.ends, *(tensor for _, tensor in tensors_by_name()))
        return any(_is_end(other, rows, index) for other in others if other is not None)


def _index(node: Any) -> Tensor | None:
    """(E,) the rows that a node takes, or adds to; None where it is of another kind."""
    if hasattr(node, "_saved_indices"):
        given = node._saved_indices
        index: Tensor | None = given[0] if len(given) == 1 else None
        if node.name() == "IndexPutBackward0" and not node._saved_accumulate:
            return None
    else:
        index = node._saved_index if node._saved_dim == 0 else None
    if index is None or index.dtype != torch.int64 or not 1 < index.numel() <= EDGES_AT_MOST * max(1, index.dim()):
        return None
    if index.dim() > 1:  # of scatter_add and gather: expanded along the other dimensions
        if any(index.stride(dim) and index.shape[dim] > 1 for dim in range(1, index.dim())):
            return None
        index = index.flatten(1)[:, 0]
    return index if index.dim() == 1 else None


def _comes_from(node: Any, index: Tensor) -> bool:
    """Whether what is added up was taken from as many rows by the same index, and by nothing else."""
    rows = graph.shape_of(node)[0]
    here = node.next_functions[-1][0]
    for _ in range(STEPS_AT_MOST):
        if here is None:
            return False
        name, inputs = here.name(), [each for each in graph.parents(here) if not _is_weight(each)]
        if name in TAKING:
            taken = _index(here)
            source = here._saved_self.shape if name == "GatherBackward0" else here._saved_self_sym_sizes
            return taken is not None and source[0] == rows and _are_same(taken, index)
        shape = graph.shape_of(here)
        if len(inputs) != 1 or not shape or shape[0] != len(index):
            return False
        is_scaling = name in SCALINGS and _is_of_edges(here, len(index))
        if not (is_scaling or name in MOVES or name in ACTIVATIONS or name in LAYERS):
            return False
        here = inputs[0]
    return False


def _is_weight(node: Any) -> bool:
    """Whether a node is a parameter, turned perhaps."""
    inputs = graph.parents(node)
    return hasattr(node, "variable") or (
        node.name() == "TBackward0" and bool(inputs) and hasattr(inputs[0], "variable")
    )


def _is_of_edges(node: Any, edges: int) -> bool:
    """Whether a product or quotient has a number, or one for each edge, as its other side."""
    saved = [each for each in (getattr(node, f"_saved_{side}", None) for side in ("self", "other")) if each is not None]
    factors = [each for each in saved if isinstance(each, Tensor) and not each.requires_grad]
    return len(factors) <= 1 and all(each.numel() in (1, edges) for each in factors)


def _are_same(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape:
        return False
    return (one.data_ptr() == other.data_ptr() and one.stride() == other.stride()) or torch.equal(one, other)


def _beside(index: Tensor) -> Tensor | None:
    """The other row, or column, of the (2, E) or (E, 2) that an index is one of."""
    edges, stride, offset = len(index), index.stride(0), index.storage_offset()
    if index.untyped_storage().nbytes() != 2 * edges * index.element_size():
        return None
    if stride == 1 and offset in (0, edges):
        return index.as_strided((edges,), (1,), edges - offset)
    if stride == 2 and offset in (0, 1):
        return index.as_strided((edges,), (2,), 1 - offset)
    return None


def _is_end(other: Tensor, rows: int, index: Tensor) -> bool:
    if other.dtype != torch.int64 or other.shape != index.shape or other.device != index.device:
        return False
    return int(other.min()) >= 0 and int(other.max()) < rows and not torch.equal(other, index)
