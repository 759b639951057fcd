"""Questions to the graph that autograd keeps behind a tensor: where it came from, which leaves it reaches.

A node's metadata says the shapes of what it gave; `grad_fn.metadata` is a dict that lives as long as the node, and is
where marks are left instead of references to tensors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine.user_frame import Place

MARK = "goodfit"  # key in grad_fn.metadata
SCORE = "goodfit score"  # another: see mark_score
ENTROPY = "goodfit entropy"  # another: that a node gave the entropy of a distribution
CONSTANT = "goodfit constant"  # another: see mark_constant
GRADIENT = "goodfit gradient"  # another: see mark_gradient
NODES_AT_MOST = 4000  # of a walk: enough for the way from a loss to the outputs of a net, and for small nets as a whole

# What leaves the values as they are, or moves them about.
MOVES = frozenset(
    {
        "ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "SqueezeBackward0", "SqueezeBackward1",
        "SqueezeBackward2", "UnsqueezeBackward0", "TransposeBackward0", "TBackward0", "PermuteBackward0",
        "ToCopyBackward0", "CloneBackward0", "AliasBackward0", "ExpandBackward0", "SliceBackward0", "SelectBackward0",
        "IndexBackward0", "IndexSelectBackward0", "AsStridedBackward0", "MovedimBackward0", "ContiguousBackward0",
        "SplitBackward0", "ClampBackward0", "ClampBackward1", "ClampMinBackward0", "ClampMaxBackward0",
        "MaskedFillBackward0", "UnbindBackward0", "FlattenBackward0", "MkldnnConvertBackward0",
    }
)  # fmt: skip
CLAMPS = ("ClampBackward0", "ClampBackward1", "ClampMinBackward0", "ClampMaxBackward0")


def parents(node: Any) -> list[Any]:
    """Nodes that this one's inputs came from, constants left out."""
    return [parent for parent, _ in node.next_functions if parent is not None]


def shape_of(node: Any) -> torch.Size:
    """The shape of the (first) tensor that the node gave."""
    metadata = node._input_metadata
    return torch.Size(metadata[0].shape) if metadata else torch.Size(())


def softmax_dim(node: Any) -> int:
    """The dimension that a softmax node works over; the graph keeps a negative one as a large number."""
    dim: int = node._saved_dim
    return dim if dim < 2**63 else dim - 2**64


def mark(node: Any, place: Place) -> None:
    """Keep the user's line that made this node."""
    node.metadata[MARK] = place


def mark_score(node: Any) -> None:
    """Keep that this node gave the log-probability of values that need no gradient."""
    node.metadata[SCORE] = True


def mark_entropy(node: Any) -> None:
    """Keep that this node gave the entropy of a distribution."""
    node.metadata[ENTROPY] = True


def mark_constant(node: Any) -> None:
    """Keep that this node gave the sum of a number with a graph, and a tensor of one number, not 0, without."""
    node.metadata[CONSTANT] = True


def mark_gradient(node: Any, of: Tensor) -> None:
    """Keep that this node gave a gradient with respect to a tensor."""
    node.metadata[GRADIENT] = id(of)


def gradient_of(tensor: Tensor) -> int | None:
    """The id of the tensor that this is the gradient with respect to, as a whole; None of others."""
    node: Any = tensor.grad_fn
    return None if node is None else node.metadata.get(GRADIENT)


def place_of(node: Any) -> Place:
    """The line that was kept; no line where none was."""
    place = node.metadata.get(MARK)
    return place if isinstance(place, Place) else Place(None, None)


def source(tensor: Tensor) -> Any:
    """The node that made the values of a tensor, behind views, casts and other moves; None for a constant or leaf."""
    node = tensor.grad_fn
    return None if node is None else behind(node)


def behind(node: Any, stop: Collection[str] = ()) -> Any:
    """The same from a node on. A constant added or clipped away by the user (softmax + 1e-8) is a move too.

    Args:
        stop: names of nodes that count as no move here.
    """
    for _ in range(NODES_AT_MOST):
        inputs = parents(node)
        is_move = node.name() in MOVES or (node.name() == "AddBackward0" and len(inputs) == 1)
        if not is_move or not inputs or node.name() in stop:
            return node
        node = inputs[0]
    return node


def activation(tensor: Tensor) -> str:
    """The name of the node that made the values of a tensor; clamp(min=0) is a ReLU. "" for a constant or leaf."""
    node = tensor.grad_fn
    while node is not None:
        node = behind(node, stop=CLAMPS)
        if node.name() not in CLAMPS or not parents(node):
            return str(node.name())
        if getattr(node, "_saved_min", None) == 0 and getattr(node, "_saved_max", None) is None:
            return "ReluBackward0"
        node = parents(node)[0]
    return ""


def walk(node: Any, *, stop: Collection[int] = (), limit: int = NODES_AT_MOST) -> Iterator[Any]:
    """Each node once, from this one towards the leaves, nearest first; not beyond those whose id is in `stop`."""
    queue, seen = [node], {id(node)}
    at = 0
    while at < len(queue) and at < limit:
        here = queue[at]
        at += 1
        yield here
        if id(here) in stop:
            continue
        for parent in parents(here):
            if id(parent) not in seen:
                seen.add(id(parent))
                queue.append(parent)


def leaves(node: Any, limit: int = 100_000) -> Iterator[Tensor]:
    """Leaf tensors that gradients of a node reach."""
    yield from leaves_among(walk(node, limit=limit))


def leaves_among(nodes: Iterable[Any]) -> Iterator[Tensor]:
    """Leaf tensors whose gradients some of these nodes add up."""
    for node in nodes:
        variable = getattr(node, "variable", None)
        if variable is not None:
            yield variable


SUMS = ("AddBackward0", "SubBackward0")
SCALINGS = frozenset({"MulBackward0", "DivBackward0", "NegBackward0", "MeanBackward0", "MeanBackward1", "SumBackward0"})
TERMS_AT_MOST = 20  # nodes of the outermost sum of a loss


def has_constant_term(loss: Tensor) -> bool:
    """Whether the sum that a loss is has a tensor without a graph as a term; terms may be multiplied by numbers."""
    return any(CONSTANT in node.metadata for node in _outermost(loss))


def terms(loss: Tensor) -> Iterator[Any]:
    """Nodes that gave the terms of the sum that a loss is; numbers by which they are multiplied are passed."""
    return (node for node in _outermost(loss) if not _passes(node))


def _outermost(loss: Tensor) -> Iterator[Any]:
    """Nodes of the sum that a loss is, down to those that gave its terms."""
    stack, looked_at = [loss.grad_fn] if loss.grad_fn is not None else [], 0
    while stack and looked_at < TERMS_AT_MOST:
        node = stack.pop()
        looked_at += 1
        yield node
        if _passes(node):
            stack += parents(node)


def _passes(node: Any) -> bool:
    return node.name() in SUMS or node.name() in MOVES or (node.name() in SCALINGS and len(parents(node)) == 1)
