"""weighed-after-mean: each row has a weight of its own, and they are multiplied with one number for all rows.

What it checks
    The graph of what backward is called on holds a product of one number, the mean of N losses or log-probabilities
    (mean(), or a loss of torch that was not given reduction="none"), and of N numbers without a graph, which are not
    all equal; and the product is summed or averaged. The same of the mean or the sum of all values of a tensor
    (N, T, ...) and weights or a mask of (N, T), and of a sum and a mask of (N,). In two passes, whose weights differ,
    unless they are 16 or more.

Why it hurts
    (mean * weights).mean() is mean * weights.mean(): every row counts alike, whatever its weight. Rare classes stay
    rare, doubtful labels stay in, and a policy gradient raises all actions of an episode by the same amount, good ones
    and bad ones. A sum of all values that is multiplied with a mask is counted once for each place of it: the term is
    hundreds of times too large, and has the masked places in it.

Example
    loss = (F.cross_entropy(logits, y) * weights).mean()
    loss = -(torch.stack(log_probs).mean() * returns).sum()
    kl = (-0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp()) * mask).sum()

Instead
    loss = (F.cross_entropy(logits, y, reduction="none") * weights).mean()
    loss = -(torch.stack(log_probs) * returns).sum()
    kl = (-0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp(), dim=-1) * mask).sum()

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
MEAN, SUM = "mean", "sum"


class WeighedAfterMean(LiveRule):
    code, level = "GF538", Level.WARNING

    def start(self) -> None:
        self.passes: Counter[Place] = Counter()
        self.weights: dict[Place, Tensor] = {}  # of the last pass

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        place: Place | None = None
        for node in event.named("MulBackward0", nearest=NODES_AT_MOST)[:PRODUCTS_AT_MOST]:
            product = _weights_of_number(node)
            if product is None:
                continue
            weights, kind = product
            place = user_place() if place is None else place
            before = self.weights.get(place)
            self.weights[place] = weights.clone()
            is_other = before is None or before.shape != weights.shape or not torch.equal(before, weights)
            self.passes[place] += is_other or len(weights) >= ROWS_BEYOND_CHANCE
            if self.passes[place] == PASSES_AT_LEAST and kind == SUM:
                yield self.finding(
                    f"the sum over all rows is multiplied with {len(weights):,} weights or values of a mask, one for "
                    "each place: it counts once for each of them, and what is masked is in it",
                    "Sum over the last dimension alone (dim=-1), multiply with the mask, and then sum the rest",
                )
            elif self.passes[place] == PASSES_AT_LEAST:
                yield self.finding(
                    f"the mean of {len(weights):,} rows is multiplied with {len(weights):,} weights: every row counts "
                    "alike, whatever its weight",
                    'Weigh each row first (reduction="none", or without mean()), then take the mean',
                )
            return


def _weights_of_number(node: Any) -> tuple[Tensor, str] | None:
    """(N,) by which a product multiplies the mean or sum of N rows or places, and which it is; None of any other."""
    inputs, shape = graph.parents(node), graph.shape_of(node)
    if len(inputs) != 1 or len(graph.shape_of(inputs[0])) or shape.numel() < ROWS_AT_LEAST:
        return None
    factors = [getattr(node, f"_saved_{side}", None) for side in ("self", "other")]
    weights = next((each for each in factors if isinstance(each, Tensor) and each.shape == shape), None)
    if weights is None or weights.requires_grad:
        return None
    kind, rows = _reduced(inputs[0])
    is_mask = weights.dtype == torch.bool or bool(((weights == 0) | (weights == 1)).all())
    places = [size for size in shape if size > 1]
    if kind == SUM and len(places) < 2 and not is_mask:
        return None  # of an episode: each action gets its whole return
    if not kind or places != [size for size in rows if size > 1][: len(places)]:
        return None
    weights = weights.detach().flatten()
    return None if bool((weights == weights[0]).all()) else (weights, kind)


def _reduced(node: Any) -> tuple[str, torch.Size]:
    """Whether a number, negated or multiplied by a constant, is a mean or a sum, and the shape of what it is of."""
    nothing = "", torch.Size()
    while node.name() in FACTORS or node.name() in graph.MOVES:
        inputs = graph.parents(node)
        if len(inputs) != 1:
            return nothing
        node = inputs[0]
        if len(graph.shape_of(node)) > 0:
            return nothing
    if node.name().startswith(("MeanBackward", "SumBackward")):
        of = graph.shape_of(graph.parents(node)[0])
        return (SUM if node.name().startswith("Sum") else MEAN), of
    if node.name().startswith(LOSSES) and getattr(node, "_saved_reduction", 0) in REDUCED:
        of = graph.shape_of(graph.parents(node)[0])
        return MEAN, (of[:1] if node.name().startswith("NllLoss") else of)
    return nothing
