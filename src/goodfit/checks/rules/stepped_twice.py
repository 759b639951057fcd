"""stepped-twice: an optimiser steps again with gradients that it has used already.

What it checks
    The same optimiser steps twice with no backward pass and no zeroed gradient between, in three rounds.

Why it hurts
    The second step goes on blindly in the direction of the first: it is a learning rate of about twice the size, and
    Adam's averages count each gradient twice. Often one of the two stands in a function that the loop calls.

Example
    loss = train_step(model, batch)                    # which steps
    optimizer.step()

Instead
    loss = train_step(model, batch)

When it is a false alarm
    Methods that use a gradient several times on purpose.

Cost
    A number is compared after each of the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch
from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardEnded, Step, Zero
from goodfit.checks.engine.fingerprints import stamp
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

ROUNDS_AT_LEAST = 3


class SteppedTwice(LiveRule):
    code, level = "GF328", Level.WARNING

    def start(self) -> None:
        # optimiser -> a gradient of its last step, held so that no other takes its memory; its stamp, calls of grad
        self.used: dict[int, tuple[torch.Tensor, object, int]] = {}
        self.rounds: weakref.WeakKeyDictionary[Optimizer, int] = weakref.WeakKeyDictionary()

    def after_backward(self, event: BackwardEnded) -> None:
        self.used = {}

    def on_zero(self, event: Zero) -> None:
        self.used = {}

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser = event.optimiser
        gradients = (param.grad for param in event.params if param.grad is not None)
        gradient = next((each for each in gradients if each.layout is torch.strided), None)  # others have no address
        if gradient is None or not isinstance(optimiser, Optimizer) or event.wraps:
            return
        before = self.used.get(id(optimiser))
        now = stamp(gradient), self.program.grad_calls
        if before is None or before[1:] != now:
            self.used[id(optimiser)] = (gradient.detach(), *now)
            return
        del self.used[id(optimiser)]
        self.rounds[optimiser] = self.rounds.get(optimiser, 0) + 1
        if self.rounds[optimiser] == ROUNDS_AT_LEAST:
            yield self.finding(
                f"{type(optimiser).__name__} steps twice with the same gradients, in {ROUNDS_AT_LEAST} rounds: no "
                "backward pass lies between",
                "Step once after each backward pass",
            )
