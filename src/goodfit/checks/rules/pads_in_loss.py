"""pads-in-loss: the loss counts padding.

What it checks
    Tokens end in padding (the embedding's padding_idx, or one value that stands at the ends of rows alone, after
    several lengths); the targets at these positions are all the same class; and the loss neither ignores it nor gives
    it weight 0. Or a net's input (N, time, features) ends in frames of zeros, after several lengths, and ctc_loss is
    given the length of the longest for all rows. In three calls.

Why it hurts
    Padding is easy to predict. The loss and the accuracy look better than they are, the gradient goes into the easy
    part, and all of it changes with the lengths in the batch.

Example
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())

Instead
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD)

When it is a false alarm
    When what follows the end is a prediction of its own that you want.

Cost
    Tokens are compared with the padding in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardEnded, Call, Loss, NetCall, OtherLoss
from goodfit.checks.engine.sequences import LENGTHS_AT_LEAST, padding
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 3
SHARE_AT_LEAST = 0.05  # of the targets
ROWS_PADDED = 0.5  # of a batch of frames
EMBEDDINGS_KEPT = 4


class PadsInLoss(LiveRule):
    code, level = "GF220", Level.WARNING
    layers = (nn.Embedding,)

    def start(self) -> None:
        self.tokens: list[tuple[Tensor, int | None]] = []
        self.calls: dict[Place, int] = {}
        self.ends: Tensor | None = None  # (N,) which share of the time of each row is no padding, in a net's last input

    def on_net_call(self, event: NetCall) -> None:
        x = event.inputs[0] if event.inputs else None
        if event.grad and x is not None and x.dim() == 3 and x.is_floating_point():
            self.ends = _ends(x.detach())

    def on_other_loss(self, event: OtherLoss) -> Iterator[Finding]:
        ends, self.ends = self.ends, None
        lengths, outputs = event.arguments.get("input_lengths"), event.arguments.get("log_probs")
        if event.name != "ctc_loss" or not event.grad or ends is None or not isinstance(outputs, Tensor):
            return
        given = torch.as_tensor(lengths).flatten()
        if len(given) != len(ends) or bool((given != len(outputs)).any()):
            return
        place = user_place()
        self.calls[place] = self.calls.get(place, 0) + 1
        if self.calls[place] == CALLS_AT_LEAST:
            yield self.finding(
                f"ctc_loss is given {len(outputs)} steps for all rows, and {1 - float(ends.mean()):.0%} of the input "
                "is padding: the net has to find nothing there",
                "Give it the length of each row, as it is after the layers that shorten it",
            )

    def on_call(self, event: Call) -> None:
        if isinstance(event.module, nn.Embedding) and event.grad and event.inputs and event.inputs[0].dim() == 2:
            kept = (event.inputs[0], event.module.padding_idx)
            self.tokens = [*self.tokens[1 - EMBEDDINGS_KEPT :], kept]

    def after_backward(self, event: BackwardEnded) -> None:
        self.tokens = []

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target = event.target.detach()
        by_class = event.name in ("cross_entropy", "nll_loss") and not target.is_floating_point()
        if not by_class or not event.grad or event.options.get("reduction") == "none" or not target.numel():
            return
        for tokens, index in self.tokens:
            for batch_first in (True, False):
                pads = padding(tokens if batch_first else tokens.T, index)
                counted = None if pads is None else _counted(pads, target, batch_first, event.options)
                if counted is None:
                    continue
                value, share = counted
                place = user_place()
                self.calls[place] = self.calls.get(place, 0) + 1
                if self.calls[place] == CALLS_AT_LEAST:
                    yield self.finding(
                        f"{share:.0%} of the targets of {event.name} belong to padding (all are {value}), and count in "
                        "the loss",
                        f"Leave them out: ignore_index={value}",
                    )
                return


def _ends(x: Tensor) -> Tensor | None:
    """(N,) the share of the time (N, T, F) up to the last frame that is not all zeros; None without padding."""
    is_there = (x != 0).any(2)
    if bool(is_there.all()) or not bool(is_there.any(1).all()):
        return None
    steps = x.shape[1]
    ends = steps - is_there.flip(1).long().argmax(1)
    some = float((ends < steps).float().mean()) >= ROWS_PADDED and len(torch.unique(ends)) >= LENGTHS_AT_LEAST
    shares = ends.float() / steps
    return shares if some and float(shares.mean()) < 1 - SHARE_AT_LEAST else None


def _counted(pads: Tensor, target: Tensor, batch_first: bool, options: Any) -> tuple[int, float] | None:
    """The one class that stands for padding in the targets, and its share; None where it does not count."""
    rows = len(pads)
    for places in (pads, pads[:, 1:]):
        if target.numel() != places.numel() or target.device != pads.device:
            continue
        shape = (rows, places.shape[1])
        values = target.reshape(shape) if batch_first else target.reshape(shape[::-1]).T
        counting = places & (values != options.get("ignore_index"))
        if counting.sum(1).max() <= 1 < places.sum(1).max():  # the end of the text, which is written as padding is
            return None
        at_padding = values[counting]
        share = len(at_padding) / max(1, values.numel())
        if not len(at_padding) or share < SHARE_AT_LEAST or bool((at_padding != at_padding[0]).any()):
            return None
        value, weight = int(at_padding[0]), options.get("weight")
        if value == options.get("ignore_index") or value < 0:
            return None
        if weight is not None and value < len(weight) and float(weight[value]) == 0:
            return None
        return value, share
    return None
