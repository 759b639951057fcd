"""momentum-forgotten: what an optimiser keeps from step to step is the gradient of now, and nothing of before.

What it checks
    After each of the first steps of an optimiser that is the program's own: a tensor of its state, as large as the
    parameter, is the gradient of this step times a number, or still that of the first one, for several parameters, in
    six steps whose gradients point in different directions.

Why it hurts
    Momentum is a mean of gradients. A buffer that is made anew in each step holds the last one alone: the optimiser is
    plain gradient descent, at another rate. One that is computed and not put back stays the first.

Example
    state["momentum"] = torch.zeros_like(p)                         # in each step

Instead
    if "momentum" not in state: state["momentum"] = torch.zeros_like(p)

When it is a false alarm
    States that keep a gradient on purpose: those whose name says so (prev, last, old, grad, first ...) are left out.

Cost
    Some products of vectors in the first steps, of optimisers that are the program's own.
"""

from __future__ import annotations

import re
import weakref
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

STEPS_AT_LEAST = 6
PARAMETERS_AT_LEAST, PARAMETERS_LOOKED_AT = 2, 6
VALUES_AT_LEAST, VALUES_AT_MOST = 8, 1_000_000  # of a parameter
PARALLEL = 1 - 1e-6  # cosine, in float32
TURNED = 0.999  # cosine of a gradient and the one before, below which a mean of both would not be parallel
KEPT_ON_PURPOSE = lazy_pattern(r"prev|last|old|grad|first|init|start|anchor", re.IGNORECASE)


@dataclass
class _Gradients:
    """Of a parameter: its first gradient, its last, and what states held when they were first looked at."""

    first: Tensor
    last: Tensor
    states: dict[str, Tensor] = field(default_factory=dict)


class MomentumForgotten(LiveRule):
    code, level = "GF346", Level.WARNING

    def start(self) -> None:
        self.steps: weakref.WeakKeyDictionary[Optimizer, Counter[str]] = weakref.WeakKeyDictionary()
        self.known: dict[int, _Gradients] = {}  # by parameter
        self.means: set[tuple[int, str]] = set()  # optimisers and states that have held something else

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser = event.optimiser
        if not isinstance(optimiser, Optimizer) or type(optimiser).__module__.startswith(("torch.", "goodfit.")):
            return
        held: Counter[str] = Counter()  # name of a state: parameters of which it is one gradient
        for parameter in [each for each in event.params if _is_looked_at(each)][:PARAMETERS_LOOKED_AT]:
            for name, is_one_gradient in self._states(optimiser, parameter):
                held[name] += is_one_gradient
                if not is_one_gradient:
                    self.means.add((id(optimiser), name))
        counts = self.steps.setdefault(optimiser, Counter())
        for name, parameters in held.items():
            counts[name] += parameters >= PARAMETERS_AT_LEAST
            if counts[name] == STEPS_AT_LEAST and (id(optimiser), name) not in self.means:
                yield self.finding(
                    f"the state '{name}' of {type(optimiser).__name__} was the gradient of one step, times a number, "
                    f"in {STEPS_AT_LEAST} steps: it is no mean of them",
                    "Make it once for each parameter, and change it in place or put it back",
                )

    def _states(self, optimiser: Optimizer, parameter: Tensor) -> Iterator[tuple[str, bool]]:
        """States of a parameter, and whether each is the gradient of now or still the first; none where it has not
        turned."""
        assert parameter.grad is not None
        gradient = parameter.grad.detach().clone()
        known = self.known.setdefault(id(parameter), _Gradients(gradient, gradient))
        before, known.last = known.last, gradient
        if before.shape != gradient.shape or _cosine(before, gradient) > TURNED:
            return
        for name, value in optimiser.state.get(parameter, {}).items():
            is_wide = isinstance(value, Tensor) and value.shape == gradient.shape
            if is_wide and not KEPT_ON_PURPOSE.search(str(name)):
                first = known.states.setdefault(str(name), value.detach().clone())
                is_first = torch.equal(first, value) and abs(_cosine(value, known.first)) > PARALLEL
                yield str(name), is_first or abs(_cosine(value, gradient)) > PARALLEL


def _is_looked_at(parameter: Tensor) -> bool:
    gradient = parameter.grad
    return gradient is not None and not gradient.is_sparse and VALUES_AT_LEAST <= gradient.numel() <= VALUES_AT_MOST


def _cosine(one: Tensor, other: Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(one.flatten().float(), other.flatten().float(), dim=0))
