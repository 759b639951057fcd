"""Losses of a sequence whose padding is set to 0, and which are averaged over all steps, these zeros included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins

LOSSES = ("NllLoss", "BinaryCrossEntropy", "MseLoss", "SmoothL1Loss", "HuberLoss", "AbsBackward", "PowBackward")
MEANS = ("MeanBackward0", "MeanBackward1")
NODES_AT_MOST = 40  # from the number that backward is called on to the mean
SHARE_AT_LEAST = 0.1  # of the places
PLACES_AT_LEAST = 16
TOKENS_ABOVE = 8  # nodes from a loss of tokens back to what has three dimensions: rows, steps and classes
NEAR = 1e-3  # of a factor that undoes the share


def mean_of_masked(event: BackwardBegins) -> float:
    """The share of zeros in a mean of masked losses that is made of nothing but them; 0 where there is none."""
    if len(event.losses) != 1:
        return 0.0
    for node in event.named(*MEANS, nearest=NODES_AT_MOST):
        inputs = graph.parents(node)
        if len(inputs) != 1 or not _over_steps(node, graph.shape_of(inputs[0])):
            continue
        masked = _behind_views(inputs[0])
        losses, keep = _masked(masked)
        if losses is None or keep is None or keep.numel() < PLACES_AT_LEAST or not keep.is_cpu:
            continue
        share = 1 - float(keep.float().mean())
        if share >= SHARE_AT_LEAST and _is_padding(losses, keep) and not _undone(event, node, share):
            return share
    return 0.0


def _over_steps(node: Any, shape: torch.Size) -> bool:
    """Whether a mean is over all places, or over the steps of each row."""
    if node.name() == "MeanBackward0":
        return len(shape) > 0
    dims = {(dim if dim < 2**63 else dim - 2**64) % max(1, len(shape)) for dim in node._saved_dim}
    return len(shape) == 2 and 1 in dims


def _behind_views(node: Any) -> Any:
    while node.name() in ("ViewBackward0", "ReshapeAliasBackward0", "UnsafeViewBackward0", "NegBackward0",
                          "SqueezeBackward1", "UnsqueezeBackward0", "CloneBackward0"):  # fmt: skip
        inputs = graph.parents(node)
        if len(inputs) != 1:
            break
        node = inputs[0]
    return node


def _masked(node: Any) -> tuple[Any, Tensor | None]:
    """The losses that a node sets to 0 in places, and which places it keeps."""
    inputs = graph.parents(node)
    if len(inputs) > 1 or not (inputs or node.name().startswith("Nll")):
        return None, None
    if node.name() == "MulBackward0":
        factors = (getattr(node, f"_saved_{side}", None) for side in ("other", "self"))
        mask = next((each for each in factors if isinstance(each, Tensor) and not each.requires_grad), None)
        is_mask = mask is not None and mask.numel() == graph.shape_of(node).numel() and _is_binary(mask)
        return (_behind_views(inputs[0]), mask.detach() != 0) if mask is not None and is_mask else (None, None)
    if node.name() == "MaskedFillBackward0":
        mask = node._saved_mask
        is_whole = isinstance(mask, Tensor) and mask.numel() == graph.shape_of(node).numel()
        return (_behind_views(inputs[0]), ~mask) if is_whole else (None, None)
    if node.name().startswith("NllLoss") and node._saved_reduction == 0:
        ignored = node._saved_ignore_index
        ignored = ignored if ignored < 2**63 else ignored - 2**64
        return node, node._saved_target.detach() != ignored
    return None, None


def _is_binary(mask: Tensor) -> bool:
    return mask.dtype == torch.bool or bool(((mask == 0) | (mask == 1)).all())


def _is_padding(losses: Any, keep: Tensor) -> bool:
    """Whether the places left out are the ends of rows, or those whose target is one class that no other place has."""
    if not losses.name().startswith(LOSSES):
        return False
    rows = keep.reshape(len(keep), -1) if keep.dim() > 1 else keep[None]
    lengths = rows.sum(1)
    ends = not bool((rows[:, 1:] & ~rows[:, :-1]).any()) and int(lengths.min()) > 0 and len(lengths.unique()) > 1
    if ends:
        return True
    target = getattr(losses, "_saved_target", None)
    if not isinstance(target, Tensor) or target.is_floating_point() or target.numel() != keep.numel():
        return False
    left_out, kept = target.flatten()[~keep.flatten()], target.flatten()[keep.flatten()]
    is_one = bool((left_out == left_out[0]).all()) and not bool((kept == left_out[0]).any())
    return is_one and any(len(graph.shape_of(node)) == 3 for node in _before(losses))


def _before(node: Any) -> Iterator[Any]:
    """What a loss was made of, as far as each step has one input."""
    for _ in range(TOKENS_ABOVE):
        inputs = graph.parents(node)
        if not inputs:
            return
        node = inputs[-1]
        yield node


def _undone(event: BackwardBegins, mean: Any, share: float) -> bool:
    """Whether the mean is divided by the share that is kept, or by a length for each row, on the way to the loss."""
    kept = 1 - share
    for node in event.nodes[0][:NODES_AT_MOST]:
        if node is mean:
            return False
        if node.name() not in ("DivBackward0", "MulBackward0"):
            continue
        for factor in (getattr(node, f"_saved_{side}", None) for side in ("other", "self")):
            if not isinstance(factor, Tensor) or factor.requires_grad or factor.is_complex():
                continue
            if factor.numel() > 1:
                return True
            value = float(factor)
            if min(abs(value - kept), abs(value * kept - 1)) < NEAR:
                return True
    return False
