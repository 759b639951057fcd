"""logits-cut-at-half: what a loss takes for logits is compared with 0.5, as if it were a probability.

What it checks
    The output of a net is given to binary_cross_entropy_with_logits in training, and the output of the same net, as it
    is or put together from several batches, and with values below 0 or above 1, is compared with 0.5 by <, <=, > or >=,
    and with no other number. Twice. Or the greatest of the logits that cross_entropy is given, and of which some are
    above 1, are compared with a number from 0.5 to 1, as confidences are, twice.

Why it hurts
    A logit of 0.5 is a probability of 0.62: what lies between 0.5 and 0.62 counts as no. Accuracy, F1 and the epoch
    that is kept are those of another cut, the more so the rarer a label is.

Example
    loss = F.binary_cross_entropy_with_logits(net(x), y); predicted = net(x) > 0.5

Instead
    predicted = net(x) > 0                         # or net(x).sigmoid() > 0.5

When it is a false alarm
    A cut of logits that was chosen, and happens to be 0.5.

Cost
    The last output of each net is kept until its next one, without its graph; a comparison with numbers is looked at.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Call, Cut, Loss, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CUTS_AT_LEAST = 2
HALF = 0.5
OUTPUTS_AT_MOST = 4
VALUES_AT_MOST = 10_000_000


class Output(NamedTuple):
    """One of the outputs of a net's last call."""

    values: Tensor  # without a graph; it shares its memory with the output, which no other tensor takes meanwhile
    version: int  # counts writes into that memory

    def is_same(self, tensor: Tensor) -> bool:
        """Whether a tensor is this output as it was, perhaps in another shape."""
        if not _is_plain(tensor) or tensor.numel() != self.values.numel():
            return False
        return tensor.data_ptr() == self.values.data_ptr() and tensor._version == self.version

    def ends(self, tensor: Tensor) -> bool:
        """Whether the last rows of a tensor, put together from several batches, are this output as it was."""
        values = self.values
        rows = len(values) if values.dim() else 0
        if not rows or not _is_plain(tensor) or tensor.numel() <= values.numel() or values._version != self.version:
            return False
        if not tensor.dim() or tensor[0].numel() * rows != values.numel():
            return False
        return tensor.device == values.device and torch.equal(tensor[-rows:].detach().flatten(), values.flatten())


class LogitsCutAtHalf(LiveRule):
    code, level = "GF449", Level.WARNING

    def start(self) -> None:
        self.outputs: weakref.WeakKeyDictionary[nn.Module, list[Output]] = weakref.WeakKeyDictionary()
        self.logits: weakref.WeakKeyDictionary[nn.Module, set[int]] = weakref.WeakKeyDictionary()  # which outputs
        self.of_classes: weakref.WeakKeyDictionary[nn.Module, set[int]] = weakref.WeakKeyDictionary()
        self.confidences: list[Place] = []  # of cuts of the greatest logit of each row
        self.places: list[Place] = []  # of cuts at half
        self.other_cuts = False

    def on_call(self, event: Call) -> None:
        if event.outermost and event.module is event.root:
            self.outputs[event.root] = [
                Output(each.detach(), each._version)
                for each in islice(event.outputs, OUTPUTS_AT_MOST)
                if _is_plain(each) and 0 < each.numel() <= VALUES_AT_MOST
            ]

    def on_loss(self, event: Loss) -> None:
        if event.grad and event.name in ("binary_cross_entropy_with_logits", "cross_entropy"):
            known = self.of_classes if event.name == "cross_entropy" else self.logits
            for net, at in self._given_by(event.input):
                known.setdefault(net, set()).add(at)

    def on_cut(self, event: Cut) -> None:
        if HALF <= event.number < 1 and self._are_greatest(event.tensor) and bool((event.tensor > 1).any()):
            self.confidences.append(user_place())
        for net, at in self._given_by(event.tensor):
            if at not in self.logits.get(net, ()):
                continue
            if event.number not in (0.0, HALF):
                self.other_cuts = True
            elif event.number and bool(((event.tensor < 0) | (event.tensor > 1)).any()):
                self.places.append(user_place())

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if len(self.confidences) >= CUTS_AT_LEAST:
            yield self.finding(
                "the greatest logit of each row is compared with a number below 1, as if it were a probability",
                "Take the softmax first: net(x).softmax(1).max(1)",
                file=self.confidences[0].file,
                line=self.confidences[0].line,
            )
        if len(self.places) >= CUTS_AT_LEAST and not self.other_cuts:
            yield self.finding(
                "logits, as the loss takes them, are compared with 0.5: that is a probability of 0.62",
                "Compare logits with 0, or their sigmoid with 0.5",
                file=self.places[0].file,
                line=self.places[0].line,
            )

    def _are_greatest(self, tensor: Tensor) -> bool:
        """Whether these are the greatest logits, of cross-entropy, of the rows that a net was given last."""
        return any(
            each.values.dim() == 2
            and each.values.shape[:1] == tensor.shape
            and torch.equal(each.values.amax(1), tensor)
            for net, places in self.of_classes.items()
            for at, each in enumerate(self.outputs.get(net, ()))
            if at in places and each.version == each.values._version and each.values.device == tensor.device
        )

    def _given_by(self, tensor: Tensor) -> list[tuple[nn.Module, int]]:
        """The nets that gave these values last, each with the number of the output."""
        return [
            (net, at)
            for net, given in self.outputs.items()
            for at, each in enumerate(given)
            if each.is_same(tensor) or each.ends(tensor)
        ]


def _is_plain(tensor: Tensor) -> bool:
    """Whether a tensor has an address, and counts what is written into it."""
    return tensor.layout is torch.strided and not tensor.is_meta and not tensor.is_inference()
