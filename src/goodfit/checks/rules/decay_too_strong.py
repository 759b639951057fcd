"""decay-too-strong: weight decay alone takes half of the weights away within a hundred steps.

What it checks
    In ten steps, the learning rate times the weight decay of SGD or AdamW is over 0.007, for all weights. Adam adds the
    decay to the gradients: of it, the decay times the weights is over ten times as large as the gradients.

Why it hurts
    The weights are drawn to 0 faster than the loss can draw them anywhere. The net ends near one output for all inputs.

Example
    AdamW(net.parameters(), lr=3e-3, weight_decay=10)

Instead
    AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)

When it is a false alarm
    Weights that are meant to go to 0, as in pruning.

Cost
    A product of two numbers in the first steps; with Adam the norms of three gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardEnded, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 10
LOSS_OF_A_STEP = 0.007  # of a weight: 0.993 to the power of 100 is a half
TIMES_THE_GRADIENT = 10.0
WEIGHTS_EXAMINED = 3
DECOUPLED = (torch.optim.SGD, torch.optim.AdamW)
COUPLED = (torch.optim.Adam, torch.optim.RMSprop)


class DecayTooStrong(LiveRule):
    code, level = "GF337", Level.WARNING

    def start(self) -> None:
        self.steps = 0
        self.outweighed: set[int] = set()  # optimisers whose gradients the decay outweighs in this step

    def after_backward(self, event: BackwardEnded) -> None:
        for optimiser in list(self.program.optimisers):
            if type(optimiser) in COUPLED and all(_outweighs(group) for group in optimiser.param_groups):
                self.outweighed.add(id(optimiser))

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser, outweighed = event.optimiser, self.outweighed
        self.outweighed = set()
        if not isinstance(optimiser, Optimizer) or type(optimiser) not in (*DECOUPLED, *COUPLED):
            return
        groups = optimiser.param_groups
        shares = [float(group["lr"]) * float(group.get("weight_decay") or 0) for group in groups]
        if type(optimiser) in DECOUPLED and min(shares) < LOSS_OF_A_STEP:
            self.steps = 0
            return
        if type(optimiser) in COUPLED and id(optimiser) not in outweighed:
            self.steps = 0
            return
        self.steps += 1
        if self.steps == STEPS_AT_LEAST:
            place = self.program.made_at(optimiser)
            decay = number(float(groups[0]["weight_decay"]), 3)
            if type(optimiser) in DECOUPLED:
                what = f"takes {min(shares):.1%} of every weight away in each step"
            else:
                what = f"is over {TIMES_THE_GRADIENT:g} times as large as the gradients"
            yield self.finding(
                f"a weight decay of {decay} {what}: the weights go to 0, whatever the loss says",
                "Begin with 0.01 for AdamW, and 0.0005 for SGD",
                file=place.file,
                line=place.line,
            )


def _outweighs(group: dict[str, Any]) -> bool:
    """Whether the decay of a few weights is many times their gradient."""
    decay = float(group.get("weight_decay") or 0)
    if not decay:
        return False
    weights = [param for param in group["params"] if param.grad is not None and param.dim() > 1]
    chosen = weights[:: max(1, len(weights) // WEIGHTS_EXAMINED)][:WEIGHTS_EXAMINED]
    pulls = ((float(param.detach().norm()) * decay, float(param.grad.norm())) for param in chosen)
    return bool(chosen) and all(0 < TIMES_THE_GRADIENT * gradient < pull for pull, gradient in pulls)
