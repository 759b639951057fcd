"""pads-in-log-probs: log-probabilities that were picked token by token are trained on where there is padding.

What it checks
    In a backward pass: values picked by a class for each place, as log_probs.gather(2, ids), or losses of each token,
    with reduction="none". The ids end in one value that stands nowhere else but at the start, after several lengths;
    and gradients reach these places. The first place after a text is left aside: it may be where the end is learnt. In
    three passes.

Why it hurts
    A mask is missing, or is that of other rows. The likelihood of a text counts places that hold nothing, so that short
    texts and long ones cannot be compared; what is preferred, or rewarded, is to a good part the padding.

Example
    rejected = (picked * chosen_mask).sum(1)

Instead
    rejected = (picked * rejected_mask).sum(1)

When it is a false alarm
    Texts that are to be followed by one token for ever.

Cost
    A look at gradients of picked values in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Call
from goodfit.checks.engine.sequences import KNOWN_SHARE, LENGTHS_AT_LEAST, STEPS_AT_LEAST
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
NODES_AT_MOST = 8  # of a pass
SHARE_AT_LEAST = 0.02  # of the places beyond the end
SHAPES_KEPT = 6
EACH_TOKEN = 0  # reduction="none", as the graph keeps it


class _Picked:
    """Values that were picked place by place.

    Attributes:
        beyond: (N, T) places after the first one behind each text.
        gradient: of the values, once there is one.
    """

    def __init__(self, node: Any, beyond: Tensor) -> None:
        self.beyond = beyond
        self.gradient: Tensor | None = None
        self._handle: Any = node.register_prehook(self._keep)

    def _keep(self, gradients: tuple[Tensor | None, ...]) -> None:
        if gradients and gradients[0] is not None:
            self.gradient = gradients[0].detach()

    def counted(self) -> float:
        """The share of the places beyond the end that gradients reach."""
        self._handle.remove()
        if self.gradient is None or self.gradient.numel() != self.beyond.numel():
            return 0.0
        reached = self.gradient.reshape(self.beyond.shape) != 0
        return float(reached[self.beyond].float().mean())


class PadsInLogProbs(LiveRule):
    code, level = "GF680", Level.WARNING
    layers = (nn.Embedding,)
    yields_to = ("pads-in-loss", "loss-of-padding", "mask-inverted")

    def start(self) -> None:
        self.shapes: list[tuple[int, int]] = []  # of tokens that were embedded
        self.picked: list[_Picked] = []
        self.passes = 0

    def on_call(self, event: Call) -> None:
        x = event.inputs[0] if isinstance(event.module, nn.Embedding) and event.grad and event.inputs else None
        if x is not None and x.dim() == 2:
            self.shapes = [*self.shapes[1 - SHAPES_KEPT :], (x.shape[0], x.shape[1])]

    def before_backward(self, event: BackwardBegins) -> None:
        if self.passes >= PASSES_AT_LEAST:
            return
        for node in event.named("GatherBackward0", "NllLossBackward0", "NllLoss2DBackward0")[:NODES_AT_MOST]:
            ids = self._ids(node)
            beyond = None if ids is None else beyond_the_end(ids)
            if beyond is not None:
                self.picked.append(_Picked(node, beyond))

    def after_backward(self, event: BackwardEnded) -> Iterator[Finding]:
        picked, self.picked, self.shapes = self.picked, [], []
        share = max((each.counted() for each in picked), default=0.0)
        if share < SHARE_AT_LEAST or self.passes >= PASSES_AT_LEAST:
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"log-probabilities of padding count: gradients reach {share:.0%} of the places beyond the ends",
                "Multiply by the mask of the same rows before the sum: (picked * (ids != pad)).sum(1)",
            )

    def _ids(self, node: Any) -> Tensor | None:
        """(N, T) the class that was picked at each place; None where that is not known."""
        if node.name() == "GatherBackward0":
            index: Tensor = node._saved_index.detach()
            return index.squeeze(-1) if index.dim() == 3 and index.shape[-1] == 1 else None
        if node._saved_reduction != EACH_TOKEN:
            return None
        target: Tensor = node._saved_target.detach()
        if bool((target == node._saved_ignore_index).any()):
            return None  # these have no gradient, whatever they are multiplied by
        if target.dim() != 1:
            return target if target.dim() == 2 else None
        for rows, length in reversed(self.shapes):
            for steps in (length, length - 1):
                if steps and rows * steps == len(target):
                    return target.view(rows, steps)
        return None


def beyond_the_end(ids: Tensor) -> Tensor | None:
    """(N, T) the places after the first one behind each row's text; None where rows do not end in padding.

    Padding may stand at the start of rows too, as where a prompt was taken out of the labels.
    """
    if ids.dim() != 2 or ids.shape[1] < STEPS_AT_LEAST or not ids.numel():
        return None
    value = torch.mode(ids[:, -1]).values
    is_pad = ids == value
    tail = is_pad.flip(1).long().cumprod(1).flip(1).bool()
    head = is_pad.long().cumprod(1).bool()
    if bool((is_pad & ~tail & ~head).any()):
        return None
    lengths = (~tail).sum(1)
    padded = float((lengths < ids.shape[1]).float().mean())
    if len(torch.unique(lengths)) < LENGTHS_AT_LEAST or padded < KNOWN_SHARE:
        return None
    beyond = tail.clone()
    beyond[:, 1:] &= tail[:, :-1]
    beyond[:, 0] = False
    return beyond if bool(beyond.any()) else None
