"""ascent-not-undone: weights are moved uphill for a second gradient, and the step is taken from there.

What it checks
    Between two backward passes of one step the weights are moved along the first gradient, and they still lie there
    when the optimiser begins its step. In three steps.

Why it hurts
    Sharpness-aware minimisation (Foret et al. 2021, "Sharpness-aware minimization for efficiently improving
    generalization", algorithm 1) takes the gradient uphill, and applies it to the weights as they were. Where they are
    not put back, each step adds a piece of the way uphill.

Example
    p.add_(e)                        # first_step
    ...
    base_optimizer.step()            # second_step: from p + e

Instead
    p.sub_(e)
    base_optimizer.step()

When it is a false alarm
    A method that moves weights along a gradient for good, beside its optimiser.

Cost
    Some values of one weight, copied in the first steps that have several backward passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Step, StepBegins, params_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
STEPS_LOOKED_AT = 40
VALUES = 64
ALONG = 0.9  # the cosine of the angle between the way and the first gradient


@dataclass
class Before:
    """A weight when the first gradients of a step had come.

    Attributes:
        values, gradient: the first ones.
        steps: of the program so far.
        passes: backward passes since.
    """

    weight: Tensor
    values: Tensor
    gradient: Tensor
    steps: int
    passes: int = 1


class AscentNotUndone(LiveRule):
    code, level = "GF528", Level.ERROR

    def start(self) -> None:
        self.before: Before | None = None
        self.looked_at, self.found = 0, 0
        self.climbs = False  # as seen by the last optimiser that began its step

    def after_backward(self, event: BackwardEnded) -> None:
        if self.looked_at >= STEPS_LOOKED_AT:
            return
        if self.before is not None and self.before.steps == self.program.steps:  # else this rule slept meanwhile
            self.before.passes += 1
            return
        optimised = self.program.optimised()
        for leaf in event.leaves:
            if id(leaf) in optimised and leaf.grad is not None and leaf.grad.layout is torch.strided:
                gradient = _first(leaf.grad)
                if bool(gradient.any()):
                    self.before = Before(leaf, _first(leaf), gradient, self.program.steps)
                    return

    def before_step(self, event: StepBegins) -> None:
        """An optimiser of torch changes weights by its step alone; one of the program's may put them back within."""
        before = self.before
        if before is None or before.passes < 2 or before.steps != self.program.steps:
            return
        if all(each is not before.weight for each in params_of(event.optimiser)):
            return
        way = _first(before.weight) - before.values
        is_of_torch = type(event.optimiser).__module__.startswith("torch.optim")
        self.climbs = is_of_torch and bool(way.any()) and _cosine(way, before.gradient) > ALONG

    def on_step(self, event: Step) -> Iterator[Finding]:
        self.before = None
        self.looked_at += 1
        self.found += self.climbs
        if self.climbs and self.found == STEPS_AT_LEAST:
            yield self.finding(
                "weights are moved along their gradient before a second backward pass, and the step begins there: "
                "the move is never undone",
                "Put the weights back before the step: p.sub_(e), or p.data = old",
            )
        self.climbs = False


def _cosine(one: Tensor, other: Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(one.double(), other.double(), dim=0))


def _first(values: Tensor) -> Tensor:
    return values.detach().flatten()[:VALUES].clone()
