"""nonfinite-loss: the loss, or a gradient, is NaN or infinite.

What it checks
    Every loss that backward is called on; in the first steps the gradients too. The message names what is known of the
    origin: weights that are NaN or infinite, or an operation whose input is invalid.

Why it hurts
    After the next step every weight is NaN, and everything after it.

Example
    loss = -(y * torch.log(p)).mean()                 # p becomes 0

Instead
    loss = F.binary_cross_entropy_with_logits(logits, y)

When it is a false alarm
    The first steps under a gradient scaler, which skips them: they are not reported. Of a program that trains one net
    after another, as a search for hyperparameters does, one run that diverges is a warning.

Cost
    One number in each step; the rules wake when it is not finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, NewOptimiser, Scaler, Step
from goodfit.checks.engine.fingerprints import all_finite
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

# Of an operation: the value that its node keeps, its name, and whether a value is one that it cannot take.
PARTIAL: dict[str, tuple[str, str, Callable[[Tensor], Tensor]]] = {
    "LogBackward0": ("_saved_self", "a logarithm", lambda x: x <= 0),
    "SqrtBackward0": ("_saved_result", "a square root", lambda x: ~torch.isfinite(x) | (x == 0)),
    "ExpBackward0": ("_saved_result", "an exponential", torch.isinf),
    "DivBackward0": ("_saved_other", "a division", lambda x: x == 0),
    "AcosBackward0": ("_saved_self", "an arc cosine", lambda x: x.abs() >= 1),
}


LATER_RUNS_OF_SEARCH = 2  # optimisers made after the first step: one net is trained after another
WEIGHT_OF_DIVERGENCE = 1e4


class NonfiniteLoss(LiveRule):
    code, level = "GF210", Level.ERROR
    sleepless = (NewOptimiser,)
    yields_to = ("nonfinite-input", "all-labels-ignored")

    def start(self) -> None:
        self.scaled = self.reported = False
        self.later_optimisers = 0  # made after the first step

    def on_optimiser(self, event: NewOptimiser) -> None:
        self.later_optimisers += self.program.steps > 0

    def on_scaler(self, event: Scaler) -> None:
        self.scaled = True

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.reported or self.scaled or not self.program.losses.last:
            return
        value = self.program.losses.last[-1]
        if not math.isfinite(value):
            self.reported = True
            yield self.finding(
                f"the loss is {value} in step {self.program.steps + 1}: {self._origin(event.losses)}",
                "Usual fixes: a lower learning rate, or the loss function that takes logits",
                level=self._level,
            )

    def on_step(self, event: Step) -> Iterator[Finding]:
        if self.reported or self.scaled:
            return
        for param in event.params:
            if param.grad is not None and not param.grad.is_sparse and not all_finite(param.grad):
                self.reported = True
                name = next(name for name, _ in self._named([param]))
                yield self.finding(
                    f"the gradient of {name} is NaN or infinite in step {self.program.steps}, while the loss is finite",
                    "Check for a root or norm of 0, or a division by 0, whose gradient is infinite: add a small "
                    "constant inside",
                    level=self._level,
                )
                return

    @property
    def _level(self) -> Level | None:
        return Level.WARNING if self.later_optimisers >= LATER_RUNS_OF_SEARCH else None

    def _origin(self, losses: object) -> str:
        largest = 0.0
        for name, param in self._named([param for net in self.program.nets for param in net.parameters()]):
            if not bool(torch.isfinite(param).all()):
                return f"the weights '{name}' have been NaN or infinite since the step before"
            largest = max(largest, float(param.detach().abs().max()) if param.numel() else 0.0)
        if largest > WEIGHT_OF_DIVERGENCE:
            return f"the weights have grown to {number(largest, 3)}, so training diverges: the steps are too large"
        for loss in losses if isinstance(losses, list) else []:
            for node in graph.walk(loss.grad_fn) if loss.grad_fn is not None else ():
                if node.name() in PARTIAL:
                    attribute, operation, invalid = PARTIAL[node.name()]
                    kept = getattr(node, attribute, None)
                    if isinstance(kept, Tensor) and bool(invalid(kept).any()):
                        return f"{operation} got an invalid input ({_extremes(kept)}), and the weights are finite"
        return "the weights are finite, so it comes from between the input and the loss"

    def _named(self, params: object) -> Iterator[tuple[str, Tensor]]:
        names = {id(param): name for net in self.program.nets for name, param in net.named_parameters()}
        for param in params if isinstance(params, list) else []:
            yield names.get(id(param), "a parameter"), param


def _extremes(x: Tensor) -> str:
    return f"values from {number(float(x.min()), 3)} to {number(float(x.max()), 3)}"
