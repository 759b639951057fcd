"""anchor-moves-along: a penalty holds weights near earlier ones, and these are the weights of now.

What it checks
    With gradients being recorded, a parameter is subtracted from itself (or from its .data, which is the same memory);
    or a parameter minus a tensor of its shape is exactly 0, in eight steps or more, and is never anything else: the
    tensor is copied from it again before each step.

Why it hurts
    The penalty (of EWC, L2-SP, FedProx, a proximal term) is 0 for ever, and so is its gradient. The weights go where
    they like, whatever its strength.

Example
    anchor = {name: param.data for name, param in net.named_parameters()}

Instead
    anchor = {name: param.detach().clone() for name, param in net.named_parameters()}

When it is a false alarm
    Clients that take a single step before they are given the server's weights again: the penalty of that step is 0.

Cost
    Weights are compared with what is subtracted from them, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from goodfit.checks.engine.events import Loss, Residual, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 8
OF_ONE_MEMORY_AT_LEAST = 2  # rules sleep through most of a later phase of a training
BY_DIFFERENCE = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")


@dataclass
class Difference:
    """Of a line: steps with differences of 0, steps with weights minus themselves, and whether one was another."""

    steps: set[int] = field(default_factory=set)
    of_itself: set[int] = field(default_factory=set)
    moved: bool = False


class AnchorMovesAlong(LiveRule):
    code, level = "GF575", Level.WARNING
    yields_to = ("difference-with-itself",)

    def start(self) -> None:
        self.lines: dict[Place, Difference] = {}

    def on_difference(self, event: Residual) -> None:
        if event.grad:
            self._compare(event.output, event.target)

    def on_loss(self, event: Loss) -> None:
        if event.grad and event.name in BY_DIFFERENCE and event.input.shape == event.target.shape:
            self._compare(event.input, event.target)

    def _compare(self, weights: Tensor, anchor: Tensor) -> None:
        if not weights.is_leaf or not weights.requires_grad or weights.dim() < 2:
            return
        line = self.lines.setdefault(user_place(), Difference())
        if line.moved:
            return
        if weights.data_ptr() == anchor.data_ptr():
            line.of_itself = {*line.of_itself, self.program.steps}
        elif torch.equal(weights.detach(), anchor.detach()):
            line.steps = {*line.steps, self.program.steps}
        else:
            line.moved = True

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for place, line in self.lines.items():
            is_memory = len(line.of_itself) >= OF_ONE_MEMORY_AT_LEAST
            if not line.moved and (is_memory or len(line.steps) >= STEPS_AT_LEAST):
                steps = len(line.of_itself or line.steps)
                what = "they are one tensor" if is_memory else "both are the weights of now"
                yield self.finding(
                    f"weights minus what they are held near is 0 in all of {steps} steps that were looked at: {what}",
                    "Keep copies of the earlier weights: param.detach().clone()",
                    file=place.file,
                    line=place.line,
                )
