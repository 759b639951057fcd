"""token-means-averaged: micro-batches of unequal numbers of tokens weigh the same in one step.

What it checks
    Several backward passes lead to each step. The loss of each is a mean over its own tokens: cross_entropy with its
    mean, over targets some of which are ignored or whose sequences differ in length, or a masked sum divided by that of
    the mask. All are scaled alike, and the numbers of tokens differ by a tenth or more, in three steps. A notice where
    they differ by less than a half.

Why it hurts
    A token of a short micro-batch moves the weights further than one of a long one. Training is another one than with
    the large batch that it stands for, and changes with how rows are parted. The loss that is reported is another, too.

Example
    for batch in micro_batches: (net(batch, labels).loss / len(micro_batches)).backward()      # a mean over tokens

Instead
    tokens = sum((labels != -100).sum() for labels in all_labels)
    for batch in micro_batches: (F.cross_entropy(..., reduction="sum") / tokens).backward()

When it is a false alarm
    Where each micro-batch is to weigh the same, whatever it holds.

Cost
    A walk from the loss to its mean, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Call, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.written_attention import factor_of, is_of_zeros_and_ones, looked_up
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 3
DIFFERS_AT_LEAST, DIFFERS_MUCH = 1.1, 1.5  # the most tokens of a pass, times the fewest
SAME = 0.01  # relative
NODES_AT_MOST = 30
MEAN = 1  # the number of reduction="mean"
LOSSES = ("NllLossBackward0", "NllLoss2DBackward0")
PASSES_ON = ("AddBackward0", "SubBackward0", "NegBackward0", "ToCopyBackward0", "ViewBackward0", "SqueezeBackward0")


class TokenMeansAveraged(LiveRule):
    code, level = "GF594", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.passes: list[tuple[float, float]] = []  # tokens and scale of each since the last step
        self.others = False  # whether another pass was among them
        self.spreads: list[float] = []
        self.place: Place | None = None
        self.tokens: list[Tensor] = []
        self.said = False

    def on_call(self, event: Call) -> None:
        if event.grad and event.inputs and event.inputs[0].dim() == 2:
            self.tokens = [*self.tokens[-3:], event.inputs[0]]

    def before_backward(self, event: BackwardBegins) -> None:
        tokens, self.tokens = [*self.tokens, *looked_up(event)], []
        mean = _mean(event.losses[0]) if len(event.losses) == 1 and tokens and not self.said else None
        if mean is None or not any(len(each) < mean[0] <= each.numel() + len(each) for each in tokens):
            self.others = True
            return
        self.passes.append(mean)
        self.place = self.place or user_place()

    def on_step(self, event: Step) -> Iterator[Finding]:
        passes, self.passes = self.passes, []
        others, self.others = self.others, False
        if others or len(passes) < 2 or self.said:
            return
        counts, scales = [count for count, _ in passes], [scale for _, scale in passes]
        if max(scales) - min(scales) > SAME * max(abs(each) for each in scales):
            return
        self.spreads.append(max(counts) / min(counts))
        unequal = [each for each in self.spreads if each >= DIFFERS_AT_LEAST]
        if len(unequal) == STEPS_AT_LEAST and self.place is not None:
            self.said = True
            often = median(unequal)
            yield self.finding(
                f"{len(passes)} passes lead to each step, each with the mean over its own tokens, and the largest has "
                f"{number(often, 2)} times as many as the smallest: they weigh the same all the same",
                "Divide the sum over each by the number of tokens of all of them: reduction='sum', / tokens",
                file=self.place.file,
                line=self.place.line,
                level=Level.WARNING if often >= DIFFERS_MUCH else Level.NOTICE,
            )


def _mean(loss: Tensor) -> tuple[float, float] | None:
    """Over how many tokens a loss is the mean, and by what it is multiplied; None of others, and of several means."""
    waiting: list[tuple[Any, float]] = [(loss.grad_fn, 1.0)] if loss.grad_fn is not None else []
    found: list[tuple[float, float]] = []
    for _ in range(NODES_AT_MOST):
        if not waiting:
            break
        node, scale = waiting.pop()
        count = _tokens(node)
        if count is not None:
            found.append((count, scale))
            continue
        if node.name() in ("MulBackward0", "DivBackward0") and len(graph.parents(node)) == 1:
            other = _number(node)
            if other:
                waiting.append((graph.parents(node)[0], scale * other if node.name()[0] == "M" else scale / other))
        elif node.name() in PASSES_ON and not graph.shape_of(node).numel() > 1:
            waiting += [(each, scale) for each in graph.parents(node)]
    return found[0] if len(found) == 1 and found[0][0] >= 1 else None


def _tokens(node: Any) -> float | None:
    """Over how many tokens a node took the mean."""
    if node.name() in LOSSES:
        if node._saved_reduction != MEAN or node._saved_weight is not None:
            return None
        return float((node._saved_target != node._saved_ignore_index).sum())
    if node.name() == "MeanBackward0":
        inner = graph.parents(node)[0]
        return (
            float(graph.shape_of(inner).numel())
            if inner.name() in ("IndexBackward0", "MaskedSelectBackward0")
            else None
        )
    if node.name() != "DivBackward0" or len(graph.parents(node)) != 1:
        return None
    count, summed = _number(node), graph.parents(node)[0]
    if count is None or summed.name() not in ("SumBackward0", "SumBackward1"):
        return None
    product = graph.behind(graph.parents(summed)[0])
    factor = factor_of(product) if product.name() == "MulBackward0" else None
    if factor is None or not (is_of_zeros_and_ones(factor) or bool((factor == 1).all())):
        return None
    kept = float(torch.broadcast_to(factor, graph.shape_of(product)).sum())
    return kept if abs(kept - count) <= SAME * kept else None


def _number(node: Any) -> float | None:
    """The number that a node multiplies with, or divides by."""
    other = getattr(node, "_saved_other", None)
    if isinstance(other, Tensor) and other.numel() == 1 and not other.requires_grad:
        return float(other)
    return float(other) if isinstance(other, int | float) else None
