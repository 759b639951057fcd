"""pair-with-itself: in a contrastive loss every sample's most similar partner is the sample itself.

What it checks
    cross_entropy gets a square, symmetric matrix of similarities whose largest value in each row is the diagonal, and
    the diagonal is the target of no row; or it is the target of every row, and the same number in all. In two calls.
    Or the graph of a loss takes the smallest of each row of a square matrix of distances, and that is the distance of 0
    of each sample to itself, in two passes; or the largest of each row of what was made of the products of the samples
    with each other, and that is the diagonal in all rows. Or, a warning, the denominator of a contrastive loss that is
    written out is the sum of a whole row of exp(c * cosine), its similarity to itself included, in two passes.

Why it hurts
    A vector is more like itself than like anything else, so the diagonal takes most of the probability whatever the net
    does. The loss has a high floor, and its gradient presses all other pairs apart, the positive ones too. Where the
    sample itself is the target, nothing is brought together at all.

Example
    logits = z @ z.T / temperature
    loss = F.cross_entropy(logits, partner)

Instead
    logits = z @ z.T / temperature
    logits.fill_diagonal_(float("-inf"))
    loss = F.cross_entropy(logits, partner)

    sim = torch.exp(z @ z.T / temperature); loss = -torch.log(positive / sim.sum(1))
    sim = sim.masked_fill(eye, 0)  # instead, before it is summed

    nearest = distances.masked_fill(~same, inf).min(1).values              # same is True on the diagonal
    nearest = distances.masked_fill(~same | eye, inf).min(1).values        # instead

    distance = 1 - similarity.fill_diagonal_(-inf); farthest = distance.max(1).values      # inf: the sample itself
    farthest = (1 - similarity).fill_diagonal_(-inf).max(1).values                        # instead

When it is a false alarm
    None is known.

Cost
    A look at square logits, and at minima and sums of exponentials among the nodes that are nearest to the loss, in the
    first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Loss, NetCall
from goodfit.checks.engine.self_similarity import in_own_denominator
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROWS_AT_LEAST = 4
CALLS_AT_LEAST = 2
VIEWS_KEPT = 4
DISTANCE_AT_MOST = 1e-3  # of a sample to itself, with rounding under the root
STEPS_AT_MOST = 12  # from such a choice back to the products of the samples
NODES_AT_MOST = 80  # from the loss on, among which a minimum is looked for


class PairWithItself(LiveRule):
    code, level = "GF230", Level.ERROR

    def start(self) -> None:
        self.calls: dict[Place, int] = {}
        self.views: list[tuple[int, Tensor, Tensor]] = []  # net, input and output of calls since the last pass

    def on_call(self, event: NetCall) -> None:
        if event.grad and event.inputs and len(event.outputs) == 1 and event.inputs[0].grad_fn is None:
            self.views = [*self.views, (id(event.module), event.inputs[0], event.outputs[0])][-VIEWS_KEPT:]

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """Of mining: the nearest partner of each sample, by distance."""
        for node in event.named("MinBackward0", nearest=NODES_AT_MOST):
            if not _is_nearest_to_itself(node):
                continue
            place = user_place()
            self.calls[place] = self.calls.get(place, 0) + 1
            if self.calls[place] == CALLS_AT_LEAST:
                yield self.finding(
                    "the smallest distance that is taken in each row is that of the sample to itself, 0 in all rows: "
                    "nothing draws it to another of its class",
                    "Leave the diagonal out: distances.masked_fill(~same | eye, inf).min(1)",
                )
            return
        for node in event.named("MaxBackward0", nearest=NODES_AT_MOST):
            if not _is_diagonal(node) or not _is_of_products(graph.parents(node)[0]) or _is_subtracted(event, node):
                continue
            place = user_place()
            self.calls[place] = self.calls.get(place, 0) + 1
            if self.calls[place] == CALLS_AT_LEAST:
                yield self.finding(
                    "the largest value that is taken in each row, of similarities or distances of the samples to each "
                    "other, is that of the sample to itself in all rows: no other sample is looked at",
                    "Fill the diagonal with what is never chosen: -inf before a maximum, inf before a minimum, in the "
                    "matrix that these are taken of",
                )
            return
        yield from self._denominator(event)

    def _denominator(self, event: BackwardBegins) -> Iterator[Finding]:
        """Of a contrastive loss that is written out."""
        if not event.named("ExpBackward0", "LogsumexpBackward0", nearest=NODES_AT_MOST):
            return
        rows = max((in_own_denominator(nodes[:NODES_AT_MOST]) for nodes in event.nodes), default=0)
        if rows:
            place = user_place()
            self.calls[place] = self.calls.get(place, 0) + 1
            if self.calls[place] == CALLS_AT_LEAST:
                yield self.finding(
                    f"in a contrastive loss of {rows} rows, the similarity of each row to itself is a term of its own "
                    "denominator: it is the largest one whatever the net does, and the loss cannot come near 0",
                    "Leave the diagonal out before the sum: "
                    "sim = sim.masked_fill(torch.eye(len(sim), dtype=torch.bool, device=sim.device), 0)",
                    level=Level.WARNING,
                )

    def after_backward(self, event: BackwardEnded) -> None:
        self.views = []

    def _views_are_one(self, rows: int) -> bool:
        """Whether the last two views of the rows are one and the same, and so are their embeddings."""
        if len(self.views) < 2:
            return False
        (net, x, out), (other_net, other, other_out) = self.views[-2:]
        if net != other_net or x.shape != other.shape or rows not in (len(x), 2 * len(x)):
            return False
        return torch.equal(x, other) and out.shape == other_out.shape and torch.equal(out, other_out)

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if event.name != "cross_entropy" or not event.grad or event.input.dim() != 2 or event.target.dim() != 1:
            return
        logits, target = event.input.detach(), event.target
        rows, columns = logits.shape
        if rows != columns or rows < ROWS_AT_LEAST or target.is_floating_point():
            return
        if self._views_are_one(rows):
            place = user_place()
            self.calls[place] = self.calls.get(place, 0) + 1
            if self.calls[place] == CALLS_AT_LEAST:
                yield self.finding(
                    f"both views of the {rows} x {rows} similarities that cross_entropy gets are the same: the net was "
                    "called twice with one input, and each sample is to be like itself",
                    "Give the second call the other view",
                )
            return
        own = torch.arange(rows, device=target.device)
        is_own = target == own
        itself = bool(is_own.all()) and torch.allclose(logits.diagonal(), logits[0, 0], rtol=1e-4, atol=1e-5)
        if (bool(is_own.any()) and not itself) or not torch.allclose(logits, logits.T, rtol=1e-4, atol=1e-5):
            return
        if not torch.equal(logits.argmax(1), own.to(logits.device)) or bool((logits == logits[0, 0]).all()):
            return
        place = user_place()
        self.calls[place] = self.calls.get(place, 0) + 1
        if self.calls[place] == CALLS_AT_LEAST:
            yield self.finding(
                f"in the {rows} x {rows} similarities that cross_entropy gets, each sample is most similar to itself, "
                f"and that is the target of {'every one' if itself else 'none'}",
                "Leave a sample out of its own row, and let the other view be its target: "
                'logits.fill_diagonal_(float("-inf"))',
            )


def _is_nearest_to_itself(minimum: Any) -> bool:
    """Whether a minimum along the rows (N, N) of distances is the diagonal in all of them."""
    return _is_diagonal(minimum) and (
        _is_of_one_set(graph.behind(graph.parents(minimum)[0])) or _is_of_products(graph.parents(minimum)[0])
    )


def _is_diagonal(extreme: Any) -> bool:
    """Whether a minimum or maximum along the rows (N, N) is the diagonal in all of them."""
    inputs = graph.parents(extreme)
    shape = graph.shape_of(inputs[0]) if inputs else ()
    chosen = extreme._saved_indices
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < ROWS_AT_LEAST or chosen.numel() != shape[0]:
        return False
    return torch.equal(chosen.flatten(), torch.arange(shape[0], device=chosen.device))


def _is_subtracted(event: BackwardBegins, extreme: Any) -> bool:
    """Whether the largest of each row goes into values for all pairs again, as where exp(...) is kept from infinity."""
    pairs = graph.shape_of(graph.parents(extreme)[0])
    nearest = (node for nodes in event.nodes for node in nodes[:NODES_AT_MOST] if graph.shape_of(node) == pairs)
    return any(graph.behind(each) is extreme for node in nearest for each in graph.parents(node))


def _is_of_products(node: Any) -> bool:
    """Whether (N, N) was made of the products of N rows with each other, by operations on single values alone."""
    for _ in range(STEPS_AT_MOST):
        if node.name() == "MmBackward0":
            one, other = node._saved_self, node._saved_mat2
            inputs = {id(graph.behind(each)) for each in graph.parents(node)}
            return (
                isinstance(one, Tensor)
                and isinstance(other, Tensor)
                and len(inputs) == 1
                and one.shape == other.mT.shape
                and torch.equal(one, other.mT)
            )
        inputs_here = [each for each in graph.parents(node) if graph.shape_of(each) == graph.shape_of(node)]
        if len(inputs_here) != 1 or len(graph.parents(node)) != 1:
            return False
        node = inputs_here[0]
    return False


def _is_of_one_set(distances: Any) -> bool:
    """Whether a node gave the distances of rows among themselves, by cdist, a norm or a root."""
    if distances.name() in ("CdistBackward0", "EuclideanDistBackward0"):
        one, other = (getattr(distances, f"_saved_{name}") for name in ("x1", "x2"))
        return torch.equal(one, other)
    result = getattr(distances, "_saved_result", None)
    if not isinstance(result, Tensor) or result.dim() != 2 or result.shape[0] != result.shape[1]:
        return False
    return bool((result.diagonal().abs() <= DISTANCE_AT_MOST).all()) and torch.allclose(result, result.T)
