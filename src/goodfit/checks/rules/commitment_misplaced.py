"""commitment-misplaced: the weight of the commitment stands before a quantiser's other term, or nothing commits.

What it checks
    A loss holds the same squared distances twice: once they move codes alone, once what was computed of the input. The
    codes' term weighs at most half of the other one, and it is that one which has a factor: its weight is not that of
    a sum or a mean of all distances. Or both terms move codes alone. In three passes.

Why it hurts
    The loss of a quantiser is ||sg(z) - e||^2 + beta ||z - sg(e)||^2 with beta of a quarter or so: codes are to follow
    what is encoded quickly, and what is encoded is to stay near its code a little. With the weight before the codes'
    term the encoder is held to codes that lag behind: as if beta was 4, at a quarter of the codes' rate.

Example
    loss = F.mse_loss(z, z_q.detach()) + 0.25 * F.mse_loss(z_q, z.detach())

Instead
    loss = F.mse_loss(z_q, z.detach()) + 0.25 * F.mse_loss(z, z_q.detach())

When it is a false alarm
    Codes that are to move slowly, where the whole is multiplied by a fraction.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.weighed import MEAN, squared, weighed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
SHARE_AT_MOST = 0.5  # of the weight of the encoder's term
NODES_OF_CODES = 12  # between a distance and the codes: an index or a product, and moves
NODES_OF_INPUT = 400
SAME = 1e-4


@dataclass(frozen=True)
class Distance:
    """Squared differences from values without a graph.

    Attributes:
        values: their size, (N, ...).
        weight: of each in the loss.
        moves: the node whose values it moves.
    """

    values: Tensor
    weight: float
    moves: Any

    @property
    def is_plain(self) -> bool:
        """Whether it is a sum or a mean, over all or over rows, without a factor."""
        counts = 1, len(self.values), self.values.numel(), self.values.numel() // self.values.shape[-1]
        return any(abs(self.weight * count - 1) < SAME for count in counts)


class CommitmentMisplaced(LiveRule):
    code, level = "GF620", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss in event.losses:
            distances = _distances(loss)
            if _both_move_codes(distances):
                self.passes += 1
                if self.passes == PASSES_AT_LEAST:
                    yield self.finding(
                        "both terms of a quantiser's loss move the codes: nothing holds what is encoded to them",
                        "F.mse_loss(z_q, z.detach()) + beta * F.mse_loss(z, z_q.detach())",
                    )
                return
            pairs = [(codes, other) for codes, other in _pairs(distances) if not codes.is_plain]
            shares = [codes.weight / other.weight for codes, other in pairs]
            if not shares or min(shares) > SHARE_AT_MOST:
                continue
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    f"the term that moves the codes is weighed with {min(shares):.2g}, and the one that holds what is "
                    "encoded to them with 1: the weight of the commitment stands before the wrong one",
                    "F.mse_loss(z_q, z.detach()) + beta * F.mse_loss(z, z_q.detach())",
                )
            return


def _distances(loss: Tensor) -> list[Distance]:
    """Those among the terms of a loss."""
    distances = []
    for node, weight, _ in weighed(loss):
        moved = _moved(node)
        if moved is not None and weight > 0:
            values, moves = moved
            is_mean = getattr(node, "_saved_reduction", 0) == MEAN
            distances.append(Distance(values, weight / values.numel() if is_mean else weight, moves))
    return distances


def _moved(node: Any) -> tuple[Tensor, Any] | None:
    """Differences and the node of their one side that has a graph, where a node compares or squares them."""
    if node.name() == "MseLossBackward0":
        compared = node._saved_self, node._saved_target
        inputs = graph.parents(node)
        if len(inputs) == 1 and all(isinstance(each, Tensor) for each in compared):
            return (compared[0].detach() - compared[1].detach()).abs(), inputs[0]
    difference = squared(node)
    inputs = graph.parents(node)
    if difference is not None and inputs[0].name() == "SubBackward0" and len(graph.parents(inputs[0])) == 1:
        return difference.abs(), graph.parents(inputs[0])[0]
    return None


def _both_move_codes(distances: list[Distance]) -> bool:
    """Whether two of the same distances move the same codes."""
    of_codes = [(each, codes) for each in distances if (codes := _codes(each.moves)) is not None]
    return any(
        one_codes is other_codes and one.values.shape == other.values.shape and torch.equal(one.values, other.values)
        for at, (one, one_codes) in enumerate(of_codes)
        for other, other_codes in of_codes[at + 1 :]
    )


def _pairs(distances: list[Distance]) -> Iterator[tuple[Distance, Distance]]:
    """The codes' term and the encoder's, of the same distances."""
    for codes, other in permutations(distances, 2):
        if codes.values.shape != other.values.shape or not torch.allclose(codes.values, other.values, atol=SAME):
            continue
        own = _codes(codes.moves)
        is_picked = own is not None and _codes(other.moves) is None
        if is_picked and not any(leaf is own for leaf in graph.leaves(other.moves, NODES_OF_INPUT)):
            yield codes, other


def _codes(node: Any) -> Tensor | None:
    """The one leaf that values are picked from; None where there is more to them."""
    nodes = list(graph.walk(node, limit=NODES_OF_CODES + 1))
    leaves = list(graph.leaves_among(nodes))
    is_leaf_alone = len(nodes) <= NODES_OF_CODES and len(leaves) == 1 and leaves[0].dim() == 2
    return leaves[0] if is_leaf_alone else None
