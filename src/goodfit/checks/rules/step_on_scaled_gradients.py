"""step-on-scaled-gradients: an optimiser steps on gradients that are still multiplied by a gradient scaler.

What it checks
    After the backward pass of a loss that scaler.scale has multiplied, an optimiser steps without scaler.step or
    scaler.unscale_ in between. Three times.

Why it hurts
    The gradients are the scale times too large (65,536 at the start): plain gradient descent diverges, or needs a
    learning rate that fits the scale of the moment; weight decay and eps of other optimisers count for nothing. And
    steps whose gradients overflowed are made all the same.

Example
    scaler.scale(loss).backward(); optimizer.step()

Instead
    scaler.scale(loss).backward(); scaler.step(optimizer); scaler.update()

When it is a false alarm
    Gradients that are divided by the scale by hand.

Cost
    None: two flags.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import BackwardEnded, Scaler, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 3


class StepOnScaledGradients(LiveRule):
    code, level = "GF339", Level.WARNING

    def start(self) -> None:
        self.scale = 1.0  # that the next backward pass is multiplied by
        self.scaled = False  # whether the gradients are
        self.times = 0

    def on_scaler(self, event: Scaler) -> None:
        if event.action == "scale":
            self.scale = float(event.scaler.get_scale()) if event.scaler.is_enabled() else 1.0
        else:
            self.scale, self.scaled = 1.0, False

    def after_backward(self, event: BackwardEnded) -> None:
        self.scaled = self.scaled or self.scale != 1
        self.scale = 1.0

    def on_step(self, event: Step) -> Iterator[Finding]:
        if self.scaled and not event.by_hand and any(param.grad is not None for param in event.params):
            self.scaled = False
            self.times += 1
            if self.times == TIMES_AT_LEAST:
                yield self.finding(
                    f"the optimiser steps on gradients of a loss that the scaler has multiplied, {self.times} times, "
                    "and nothing divides them by the scale",
                    "Step with scaler.step(optimizer), then scaler.update()",
                )
