"""learning-rate: the steps are so large that the loss never falls, or so small that nothing changes.

What it checks
    At the end, over at least 30 steps of a single optimiser: the loss was never below its first value, or ended at over
    one and a half times of it, or grew to ten times of it and then was not finite; or no step examined changed a weight
    by more than 1 part in 100,000 of its size.

Why it hurts
    The net has learnt nothing, and the loop looked busy.

Example
    torch.optim.SGD(net.parameters(), lr=10.0)

Instead
    Try rates three times apart, from 1e-4 on; goodfit fit --lr find does it.

When it is a false alarm
    Losses that are no measure of progress (several nets against each other, rewards) are not reported where they turn
    negative or several optimisers step.

Cost
    Three weights are compared before and after a step, in the first steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Step, WatchEnds, params_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 30
RISE_FACTOR = 1.5  # of the last losses above the first
BREAK_FACTOR = 10.0  # of the highest loss above the first, before the loss was not finite
SMALLEST_CHANGE = 1e-5  # of a weight in a step, relative to its norm
STEPS_EXAMINED_AT_LEAST = 15
ELEMENTS_AT_MOST = 100_000  # of a weight that is compared


class LearningRate(LiveRule):
    code, level = "GF311", Level.WARNING
    yields_to = (
        "gradients-not-zeroed", "loss-detached", "nonfinite-input", "accumulation-dropped",
        "optimizer-never-steps", "scaler-never-steps", "scheduler-pace", "clip-before-unscale",
        "softmax-before-cross-entropy", "nll-without-log", "labels-out-of-range", "dead-units",
    )  # fmt: skip

    def start(self) -> None:
        self.before: list[tuple[Tensor, Tensor]] = []
        self.largest_change = 0.0
        self.steps_examined = 0
        self.rates: list[float] = []

    def after_backward(self, event: BackwardEnded) -> None:
        if len(self.program.optimisers) != 1 or self.before:
            return  # L-BFGS calls backward many times in a step: the first is where it starts from
        (optimiser,) = self.program.optimisers
        weights = [
            p for p in params_of(optimiser) if p.grad is not None and p.dim() > 1 and p.numel() <= ELEMENTS_AT_MOST
        ]
        self.before = [(param, param.detach().clone()) for param in weights[:: max(1, len(weights) // 3)][:3]]

    def on_step(self, event: Step) -> None:
        changes = [
            float((param.detach() - was).norm() / was.norm()) for param, was in self.before if float(was.norm()) > 0
        ]
        if changes:
            self.steps_examined += 1
            self.largest_change = max(self.largest_change, *changes)
            self.rates = [float(group["lr"]) for group in event.optimiser.param_groups]
        self.before = []

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        losses = self.program.losses
        if self.program.steps < STEPS_AT_LEAST or len(self.rates) == 0:
            return
        rate = max(self.rates)
        unused = losses.count - losses.count_at_step  # after the last step: an attribution, an attack
        last = list(losses.last)[-(losses.count // 2) : len(losses.last) - unused]
        end = sum(last) / max(1, len(last))
        comparable = losses.count >= STEPS_AT_LEAST and not losses.negative and losses.first > 0
        diverged = not math.isfinite(end) and losses.highest > BREAK_FACTOR * losses.first
        if comparable and (losses.lowest >= losses.first or end > RISE_FACTOR * losses.first or diverged):
            yield self.finding(
                f"the loss was {losses.first:.4g} in the first step, {losses.lowest:.4g} at its lowest, and is "
                f"{end:.4g} over the last steps: the learning rate of {rate:g} is too high",
                "Divide it by 10, or let goodfit fit --lr find choose it",
            )
        elif self.steps_examined >= STEPS_EXAMINED_AT_LEAST and self.largest_change < SMALLEST_CHANGE:
            yield self.finding(
                f"no step examined changed a weight by more than {self.largest_change:.1e} of its size: the learning "
                f"rate of {rate:g} is too low",
                "Multiply it by 100, or let goodfit fit --lr find choose it",
            )
