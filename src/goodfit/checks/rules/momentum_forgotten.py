"""momentum-forgotten: what an optimiser keeps from step to step is the gradient of now, and nothing of before.

What it checks
    After each of the first steps of an optimiser that is the program's own: a tensor of its state, as large as the
    parameter, is the gradient of this step times a number, for several parameters, in six steps whose gradients point
    in different directions.

Why it hurts
    Momentum is a mean of gradients. A buffer that is made anew in each step holds the last one alone: the optimiser is
    plain gradient descent, at another rate.

Example
    state["momentum"] = torch.zeros_like(p)                         # in each step

Instead
    if "momentum" not in state: state["momentum"] = torch.zeros_like(p)

When it is a false alarm
    States that keep the last gradient on purpose: those whose name says so (prev, last, old, grad) are left out.

Cost
    Some products of vectors in the first steps, of optimisers that are the program's own.
"""

from __future__ import annotations

import re
import weakref
from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 6
PARAMETERS_AT_LEAST, PARAMETERS_LOOKED_AT = 2, 6
VALUES_AT_LEAST, VALUES_AT_MOST = 8, 1_000_000  # of a parameter
PARALLEL = 1 - 1e-6  # cosine, in float32
TURNED = 0.999  # cosine of a gradient and the one before, below which a mean of both would not be parallel
LAST_GRADIENT = re.compile(r"prev|last|old|grad", re.IGNORECASE)


class MomentumForgotten(LiveRule):
    code, level = "GF346", Level.WARNING

    def start(self) -> None:
        self.steps: weakref.WeakKeyDictionary[Optimizer, Counter[str]] = weakref.WeakKeyDictionary()
        self.before: dict[int, Tensor] = {}  # of a parameter: its last gradient
        self.remembered: set[tuple[int, str]] = set()  # optimisers and states that have held something else

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser = event.optimiser
        if not isinstance(optimiser, Optimizer) or type(optimiser).__module__.startswith("torch."):
            return
        held: dict[str, int] = {}  # name of a state: parameters of which it is the gradient
        looked_at = 0
        for parameter in event.params:
            gradient = parameter.grad
            if gradient is None or gradient.is_sparse or not VALUES_AT_LEAST <= gradient.numel() <= VALUES_AT_MOST:
                continue
            before, self.before[id(parameter)] = self.before.get(id(parameter)), gradient.detach().clone()
            if before is None or before.shape != gradient.shape or _cosine(before, gradient) > TURNED:
                continue
            for name, value in optimiser.state.get(parameter, {}).items():
                if isinstance(value, Tensor) and value.shape == gradient.shape and not LAST_GRADIENT.search(str(name)):
                    if abs(_cosine(value, gradient)) > PARALLEL:
                        held[str(name)] = held.get(str(name), 0) + 1
                    else:
                        self.remembered.add((id(optimiser), str(name)))
            looked_at += 1
            if looked_at == PARAMETERS_LOOKED_AT:
                break
        counts = self.steps.setdefault(optimiser, Counter())
        for name, parameters in held.items():
            counts[name] += parameters >= PARAMETERS_AT_LEAST
            if counts[name] == STEPS_AT_LEAST and (id(optimiser), name) not in self.remembered:
                yield self.finding(
                    f"the state '{name}' of {type(optimiser).__name__} was the gradient of the same step, times a "
                    f"number, in {STEPS_AT_LEAST} steps: it remembers nothing",
                    "Make it once for each parameter, and keep it in the state",
                )


def _cosine(one: Tensor, other: Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(one.flatten().float(), other.flatten().float(), dim=0))
