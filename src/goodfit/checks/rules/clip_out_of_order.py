"""clip-out-of-order: gradients are clipped after the step, or before backward.

What it checks
    Gradients are clipped after an optimiser has used them, or before there are any, twice; a limit of infinity, which
    only measures the norm, is not reported.

Why it hurts
    Nothing is clipped: the step was made with the gradients as they were.

Example
    loss.backward(); optimizer.step(); clip_grad_norm_(net.parameters(), 1.0)

Instead
    loss.backward(); clip_grad_norm_(net.parameters(), 1.0); optimizer.step()

When it is a false alarm
    Not known.

Cost
    A set of parameters a step, in the first steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from goodfit.checks.engine.events import BackwardEnded, Clip, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 2


class ClipOutOfOrder(LiveRule):
    code, level = "GF307", Level.ERROR
    yields_to = ("clips-nothing",)

    def start(self) -> None:
        self.used: set[int] = set()  # parameters whose gradients an optimiser has used
        self.times = {"after the step": 0, "before backward": 0}

    def after_backward(self, event: BackwardEnded) -> None:
        self.used.clear()

    def on_step(self, event: Step) -> None:
        self.used |= {id(param) for param in event.params}

    def on_clip(self, event: Clip) -> Iterator[Finding]:
        params = [param for param in event.params if param.requires_grad]
        if not params or math.isinf(event.limit):
            return
        if all(param.grad is None or not bool(param.grad.any()) for param in params[:4]):
            when = "before backward"
        elif all(id(param) in self.used for param in params):
            when = "after the step"
        else:
            return
        self.times[when] += 1
        no_gradients = all(param.grad is None for param in params)  # torch may refuse that: there may be no second time
        if self.times[when] >= TIMES_AT_LEAST or no_gradients:
            yield self.finding(
                f"gradients are clipped {when}, {self.times[when]} times: no step uses the clipped gradients",
                "Clip between loss.backward() and optimizer.step()",
            )
