"""Attention that a program writes out: which keys keep no weight, however the mask was applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins

SOFTMAXES = ("SoftmaxBackward0", "SafeSoftmaxBackward0")
PRODUCTS = ("MulBackward0",)
VALUES_AT_MOST = 4_000_000


def attention_weights(event: BackwardBegins) -> Iterator[tuple[Any, Tensor]]:
    """Each softmax (B, ..., K) of a pass with its weights, the keys last; multiplied with a mask where one follows."""
    masks = {id(softmax): mask for softmax, mask in masked_after(event)}
    for node in event.named(*SOFTMAXES):
        weights: Tensor = node._saved_result.detach()
        dim = graph.softmax_dim(node) % max(weights.dim(), 1)
        if weights.dim() < 2 or dim == 0 or not 0 < weights.numel() <= VALUES_AT_MOST:
            continue
        mask = masks.get(id(node))
        if mask is not None:
            weights = weights * mask
        yield node, weights.movedim(dim, -1)


def masked_after(event: BackwardBegins) -> Iterator[tuple[Any, Tensor]]:
    """Softmaxes whose weights are multiplied with zeros and ones, each with these."""
    for node in event.named(*PRODUCTS):
        factor = factor_of(node)
        if factor is not None and is_of_zeros_and_ones(factor):
            softmax = graph.behind(graph.parents(node)[0])
            if softmax.name() in SOFTMAXES and _fits(factor, graph.shape_of(softmax)):
                yield softmax, factor
    for node in event.named("MaskedFillBackward0"):
        softmax = graph.parents(node)[0] if graph.parents(node) else node
        if softmax.name() in SOFTMAXES:
            yield softmax, ~node._saved_mask


def factor_of(product: Any) -> Tensor | None:
    """The tensor without a graph that another one is multiplied with; None where both have one, or it is a number."""
    if len(graph.parents(product)) != 1:
        return None
    sides = [getattr(product, name, None) for name in ("_saved_other", "_saved_self")]
    factors = [each for each in sides if isinstance(each, Tensor) and each.numel() > 1]
    return factors[0].detach() if len(factors) == 1 else None


def is_of_zeros_and_ones(factor: Tensor) -> bool:
    """Whether a tensor holds both, and nothing else."""
    if factor.numel() > VALUES_AT_MOST or factor.is_complex():
        return False
    ones = factor == 1
    return bool((ones | (factor == 0)).all()) and bool(ones.any()) and not bool(ones.all())


def _fits(factor: Tensor, shape: torch.Size) -> bool:
    try:
        return bool(torch.broadcast_shapes(factor.shape, shape) == shape)
    except RuntimeError:
        return False


def hidden_keys(weights: Tensor, rows: int) -> tuple[Tensor, Tensor] | None:
    """Rows of a mini-batch that hide keys, (N,), and which keys of these no query looks at, (n, K).

    Queries that hide nothing are left aside: where all keys were masked by one number their weights are equal.

    Args:
        weights: (N, ..., K), or (N * heads, ..., K).
    """
    if not rows or len(weights) % rows or not bool(torch.isfinite(weights).all()):
        return None
    unseen = weights.reshape(rows, -1, weights.shape[-1]) == 0
    hides = unseen.any(-1) & ~unseen.all(-1)
    known = hides.any(1)
    if not bool(known.any()):
        return None
    return known, (unseen | ~hides[..., None]).all(1)[known]


def ends_rows(kept: Tensor) -> bool:
    """Whether what is kept (N, K) ends its rows, or begins them, after several lengths, and is more than one place."""
    lengths = kept.sum(1)
    if len(lengths.unique()) < 2 or int(lengths.max()) < 2:
        return False
    return any(not bool((each[:, :-1] & ~each[:, 1:]).any()) for each in (kept, kept.flip(1)))


def looked_up(event: BackwardBegins) -> list[Tensor]:
    """Tokens (N, T) that rows of a table were looked up for in a pass."""
    tokens = [node._saved_indices for node in event.named("EmbeddingBackward0")]
    return [each for each in tokens if isinstance(each, Tensor) and each.dim() == 2]
