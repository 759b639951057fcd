"""mask-without-effect: what a mask was to hide from a softmax keeps its weight.

What it checks
    A softmax of scores that were masked (masked_fill or where) with a number that is not low enough, or that were
    multiplied with a mask of zeros and ones: the masked positions keep a weight like that of the others. Attention
    with a mask of floating-point zeros and ones, which is added to the scores and hides nothing.

Why it hurts
    A score of 0 is a usual one: exp(0) is 1. Padding, or the future, is looked at as if there were no mask.

Example
    scores = scores.masked_fill(mask == 0, 0)          # or -1e-9
    scores = scores * mask
    encoder(x, src_key_padding_mask=(tokens == PAD).float())

Instead
    scores = scores.masked_fill(mask == 0, -torch.inf)
    encoder(x, src_key_padding_mask=tokens == PAD)

When it is a false alarm
    Scores that are weakened on purpose, and not hidden.

Cost
    A look at the nodes of the graph, and a comparison of the masked weights, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Attention, BackwardBegins, Call
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.engine.written_attention import factor_of, is_of_zeros_and_ones, masked_after
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2
WEIGHT_LEFT = 0.1  # of the mean weight of what is not masked


class MaskWithoutEffect(LiveRule):
    code, level = "GF110", Level.WARNING
    layers = (nn.MultiheadAttention,)

    def start(self) -> None:
        self.steps: Counter[Place] = Counter()

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        softmaxes = event.named("SoftmaxBackward0")
        multiplied = {id(softmax) for softmax, _ in masked_after(event)} if softmaxes else set()  # as AllenNLP does
        for node in softmaxes:
            if id(node) in multiplied or not _keeps_what_is_masked(node):
                continue
            place = graph.place_of(node)
            self.steps[place] += 1
            if self.steps[place] == STEPS_AT_LEAST:
                yield self.finding(
                    "the positions that were masked before this softmax keep a weight like that of the others: the "
                    "number written over their scores is not low enough",
                    "Fill with -torch.inf (or -1e9) where the mask hides a position",
                    file=place.file,
                    line=place.line,
                )

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, nn.MultiheadAttention):
            return
        for at, name in ((3, "key_padding_mask"), (5, "attn_mask")):
            mask = event.kwargs.get(name, event.args[at] if len(event.args) > at else None)
            if isinstance(mask, Tensor):
                yield from self._of_attention(mask, name)

    def on_attention(self, event: Attention) -> Iterator[Finding]:
        yield from self._of_attention(event.mask, "attn_mask")

    def _of_attention(self, mask: Tensor, name: str) -> Iterator[Finding]:
        if not mask.is_floating_point() or not mask.numel() or not bool(((mask == 0) | (mask == 1)).all()):
            return
        if bool((mask == mask.flatten()[0]).all()):
            return
        place = user_place()
        self.steps[place] += 1
        if self.steps[place] == STEPS_AT_LEAST:
            yield self.finding(
                f"{name} holds floating-point zeros and ones; such a mask is added to the scores, and hides nothing",
                "Give a mask of booleans, or 0 and -torch.inf",
            )


def _keeps_what_is_masked(softmax: Any) -> bool:
    """Whether masked entries of the scores behind a softmax have a weight, in rows with others that are not masked."""
    inputs = graph.parents(softmax)
    node: Any = inputs[0] if inputs else None
    while node is not None and node.name() == "ToCopyBackward0":
        node = graph.parents(node)[0]
    name = node.name() if node is not None else ""
    if name == "MaskedFillBackward0":
        mask: Tensor = node._saved_mask
    elif name == "WhereBackward0" and sum(parent is not None for parent, _ in node.next_functions) == 1:
        mask = node._saved_condition
        mask = ~mask if node.next_functions[0][0] is not None else mask  # the constant is the second one
    elif name == "MulBackward0":
        factor = factor_of(node)
        if factor is None or not is_of_zeros_and_ones(factor):
            return False
        mask = factor == 0
    else:
        return False
    weights = softmax._saved_result.detach()
    dim = graph.softmax_dim(softmax)
    if not weights.numel() or mask.dim() > weights.dim():
        return False
    mask = mask.expand(weights.shape)
    of_hidden = weights * mask
    if not bool(of_hidden.any()):  # as after -inf: no weight is left, and of most nets no more need be asked
        return False
    hidden, shown = mask.sum(dim), (~mask).sum(dim)
    both = (hidden > 0) & (shown > 0)
    if not bool(both.any()):
        return False
    of_hidden = of_hidden.sum(dim)[both] / hidden[both]
    of_shown = (weights * ~mask).sum(dim)[both] / shown[both]
    return bool((of_hidden > WEIGHT_LEFT * of_shown).float().mean() > 0.5) and bool(torch.isfinite(weights).all())
