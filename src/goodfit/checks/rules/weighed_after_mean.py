"""weighed-after-mean: each row has a weight of its own, and they are multiplied with the mean of all rows.

What it checks
    The graph of what backward is called on holds a product of one number, the mean of N losses or log-probabilities
    (mean(), or a loss of torch that was not given reduction="none"), and of N numbers without a graph, which are not
    all equal; and the product is summed or averaged. In two passes, whose weights differ, unless N is 16 or more.

Why it hurts
    (mean * weights).mean() is mean * weights.mean(): every row counts alike, whatever its weight. Rare classes stay
    rare, doubtful labels stay in, and a policy gradient raises all actions of an episode by the same amount, good ones
    and bad ones.

Example
    loss = (F.cross_entropy(logits, y) * weights).mean()
    loss = -(torch.stack(log_probs).mean() * returns).sum()

Instead
    loss = (F.cross_entropy(logits, y, reduction="none") * weights).mean()
    loss = -(torch.stack(log_probs) * returns).sum()

When it is a false alarm
    A policy gradient that gives all actions of an episode its whole return, written so; and N weights of something
    else, such as tasks, that are as many as the rows by chance.

Cost
    A look at the graph nodes nearest to the loss in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NODES_AT_MOST = 40
PASSES_AT_LEAST = 2
ROWS_AT_LEAST, ROWS_BEYOND_CHANCE = 4, 16
FACTORS = ("NegBackward0", "MulBackward0", "DivBackward0")
LOSSES = ("NllLoss", "BinaryCrossEntropy", "MseLoss", "SmoothL1Loss", "HuberLoss")
REDUCED = (1, 2)  # torch's numbers for mean and sum
PRODUCTS_AT_MOST = 6  # of a pass


class WeighedAfterMean(LiveRule):
    code, level = "GF538", Level.WARNING

    def start(self) -> None:
        self.passes: Counter[Place] = Counter()
        self.weights: dict[Place, Tensor] = {}  # of the last pass

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        place: Place | None = None
        for node in event.named("MulBackward0", nearest=NODES_AT_MOST)[:PRODUCTS_AT_MOST]:
            weights = _weights_of_mean(node)
            if weights is None:
                continue
            place = user_place() if place is None else place
            before = self.weights.get(place)
            self.weights[place] = weights.clone()
            is_other = before is None or before.shape != weights.shape or not torch.equal(before, weights)
            self.passes[place] += is_other or len(weights) >= ROWS_BEYOND_CHANCE
            if self.passes[place] == PASSES_AT_LEAST:
                yield self.finding(
                    f"the mean of {len(weights):,} rows is multiplied with {len(weights):,} weights: every row counts "
                    "alike, whatever its weight",
                    'Weigh each row first (reduction="none", or without mean()), then take the mean',
                )
            return


def _weights_of_mean(node: Any) -> Tensor | None:
    """(N,) by which a product multiplies the mean of N values; None of any other product."""
    inputs, shape = graph.parents(node), graph.shape_of(node)
    if len(inputs) != 1 or not ROWS_AT_LEAST <= shape.numel() == max(shape, default=0):
        return None
    if len(graph.shape_of(inputs[0])):
        return None
    factors = [getattr(node, f"_saved_{side}", None) for side in ("self", "other")]
    weights = next((each for each in factors if isinstance(each, Tensor) and each.shape == shape), None)
    if weights is None or weights.requires_grad or _averaged(inputs[0]) != shape.numel():
        return None
    weights = weights.detach().flatten()
    return None if bool((weights == weights[0]).all()) else weights


def _averaged(node: Any) -> int:
    """Of how many rows a number is the mean, negated or multiplied by a constant; 0 where it is none."""
    while node.name() in FACTORS or node.name() in graph.MOVES:
        inputs = graph.parents(node)
        if len(inputs) != 1:
            return 0
        node = inputs[0]
        if len(graph.shape_of(node)) > 0:
            return 0
    if node.name() == "MeanBackward0":
        of = graph.shape_of(graph.parents(node)[0])
        return of[0] if len(of) and of.numel() == of[0] else 0
    if node.name().startswith(LOSSES) and getattr(node, "_saved_reduction", 0) in REDUCED:
        of = graph.shape_of(graph.parents(node)[0])
        return of[0] if len(of) and (node.name().startswith("NllLoss") or of.numel() == of[0]) else 0
    return 0
