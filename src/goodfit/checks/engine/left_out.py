"""Steps of sequences that a net leaves out: masked keys of its attention, and what a packed sequence does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph

SOFTMAXES = ("SoftmaxBackward0", "SafeSoftmaxBackward0")
FUSED = "ScaledDotProduct"  # what the names of its nodes begin with
UNPACKED = "torch::autograd::CopySlices"
MASKED_BELOW = -1e4  # a number that is added to scores
NODES_AT_MOST = 400
LENGTHS_AT_LEAST = 2


def left_out(source: Any, rows: int, steps: int, packed: Sequence[Tensor]) -> Tensor | None:
    """(rows, steps) whether the net has left a step out on the way to this node; None where that is not known.

    The attention that is nearest to the node decides, where it looks from steps at the same steps; steps that are left
    out end the rows, or begin them, and rows differ in length. Of packed rows, whose order is not kept, lengths alone
    are known: they come sorted.

    Args:
        packed: of each packed sequence that a recurrent layer was given, how many rows have a first step, a second ...
    """
    if graph.behind(source).name() == UNPACKED:
        return _not_packed(packed, rows, steps)
    for node in graph.walk(source, limit=NODES_AT_MOST):
        masked = _masked_keys(node, rows, steps)
        if masked is not None:
            return masked if _is_padding(masked) else None
    return None


def _masked_keys(node: Any, rows: int, steps: int) -> Tensor | None:
    """(rows, steps) keys that no query looks at; None of what is no attention of these steps."""
    if node.name() in SOFTMAXES:
        weights: Tensor = node._saved_result
        if graph.softmax_dim(node) not in (-1, weights.dim() - 1) or weights.dim() < 3:
            return None
        weights = weights.detach()
        uniform = weights.amax(-1, keepdim=True) == weights.amin(-1, keepdim=True)  # a query that is masked itself
        unseen = (weights == 0) | uniform
    elif node.name().startswith(FUSED):
        mask, query = getattr(node, "_saved_attn_mask", None), getattr(node, "_saved_query", None)
        if not isinstance(mask, Tensor) or not isinstance(query, Tensor):
            return None
        hidden = ~mask if mask.dtype == torch.bool else mask.detach() <= MASKED_BELOW
        unseen = hidden.expand(len(query), *hidden.shape[1:-2], query.shape[-2], hidden.shape[-1])
    else:
        return None
    if tuple(unseen.shape[-2:]) != (steps, steps) or not rows or len(unseen) % rows:
        return None
    return unseen.reshape(rows, -1, steps).all(1)


def _not_packed(packed: Sequence[Tensor], rows: int, steps: int) -> Tensor | None:
    """Of rows as long as those that were packed, the longest first."""
    for sizes in packed:
        if int(sizes[0]) == rows and len(sizes) <= steps:
            lengths = (sizes[None] > torch.arange(rows)[:, None]).sum(1)
            missing = torch.arange(steps) >= lengths[:, None]
            return missing if len(lengths.unique()) >= LENGTHS_AT_LEAST else None
    return None


def _is_padding(masked: Tensor) -> bool:
    """Whether these are the ends of rows of several lengths, or their beginnings."""
    kept = ~masked
    lengths = kept.sum(1)
    if int(lengths.min()) == 0 or len(lengths.unique()) < LENGTHS_AT_LEAST:
        return False
    return any(not bool((each[:, 1:] & ~each[:, :-1]).any()) for each in (kept, kept.flip(1)))
