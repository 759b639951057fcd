"""loss-not-scalar: backward is called on a loss with more than one element.

What it checks
    The shape of the loss when `backward` is called without a gradient for it.

Why it hurts
    A gradient is of one number. PyTorch stops with an error that does not name the reduction.

Example
    loss = F.mse_loss(out, y, reduction="none"); loss.backward()

Instead
    loss.mean().backward()

When it is a false alarm
    Not known: PyTorch refuses it too.

Cost
    A shape, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class LossNotScalar(LiveRule):
    code, level = "GF201", Level.ERROR

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if event.gradients_given:
            return
        for loss in event.losses:
            if loss.numel() != 1:
                yield self.finding(
                    f"backward is called on a loss of shape {tuple(loss.shape)}; a loss is one number",
                    "Reduce it first: loss.mean().backward(), or reduction='mean' in the loss function",
                )
