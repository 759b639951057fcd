"""accumulated-not-averaged: gradients of several mini-batches are added up, and their losses are not divided.

What it checks
    Plain SGD steps after each k passes, k at least 4, on means over mini-batches that are not divided by anything; the
    program calls this accumulation; no gradients are clipped. In three steps.

Why it hurts
    The sum of k means is k times the mean over the large batch: the rate is k times what it says, and training with
    another k is another training.

Example
    loss.backward()                       # and a step after each 8

Instead
    (loss / 8).backward()

When it is a false alarm
    A rate that was chosen for the sum.

Cost
    A count in the first steps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import torch

from goodfit.checks.engine.events import BackwardBegins, Clip, Step, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
PASSES_AT_LEAST = 4  # for each step
NAMES = re.compile(r"accum|micro_?batch", re.IGNORECASE)
MEANS = ("MeanBackward0",)
LOSSES = ("LossBackward", "CrossEntropy")  # with a reduction
MEAN = 1  # the number of reduction="mean"


class AccumulatedNotAveraged(LiveRule):
    code, level = "GF343", Level.WARNING

    def start(self) -> None:
        self.passes: list[Place] = []  # since the last step, of means that are not divided
        self.others = False  # whether there were other ones, or gradients were clipped
        self.counts: list[int] = []
        self.place: Place | None = None

    def before_backward(self, event: BackwardBegins) -> None:
        is_mean = len(event.losses) == 1 and _is_mean(event.losses[0].grad_fn)
        self.others = self.others or not is_mean
        self.passes.append(user_place())

    def on_clip(self, event: Clip) -> None:
        self.others = True

    def on_step(self, event: Step) -> None:
        is_plain = isinstance(event.optimiser, torch.optim.SGD) and not self.others and len(set(self.passes)) == 1
        if is_plain and len(self.passes) >= PASSES_AT_LEAST:
            self.counts.append(len(self.passes))
            self.place = self.passes[0]
        self.passes, self.others = [], False

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if len(self.counts) < STEPS_AT_LEAST or len(set(self.counts[:STEPS_AT_LEAST])) > 1 or self.place is None:
            return
        if any(NAMES.search(source.text) for source in self.program.source.files()):
            yield self.finding(
                f"each step uses the sum of the gradients of {self.counts[0]} mini-batches, whose losses are means and "
                f"are not divided: the rate is {self.counts[0]} times what it says",
                f"Divide the loss: (loss / {self.counts[0]}).backward()",
                file=self.place.file,
                line=self.place.line,
            )


def _is_mean(node: object) -> bool:
    """Whether a node gave the mean of a mini-batch, as a loss does by itself."""
    name = node.name() if node is not None and hasattr(node, "name") else ""
    is_loss = any(part in name for part in LOSSES)
    return name in MEANS or (is_loss and getattr(node, "_saved_reduction", 0) == MEAN)
