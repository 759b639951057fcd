"""seeded-each-epoch: the random generator is set back to the same seed at the start of every epoch.

What it checks
    torch.manual_seed is called with one number before the first steps of three epochs one after the other, the same
    optimiser steps in all of them, the generator stands at the same places after the first two steps of each, and
    random numbers were drawn in between: by each step, or, where no loader gives the batches, before the first one. Not
    where weights are loaded in between, the loss is that of the epoch before to the last bit (a training that begins
    anew), or a loader is gone through twice from one seed to the next.

Why it hurts
    Every epoch sees the rows in the same order, with the same noise, the same augmentation and the same dropout masks:
    what should be new in each epoch is learnt by heart. The loss on training rows hides it.

Example
    def train_epoch(): set_seed(42); ...

Instead
    set_seed(42)                                       # once, at the top of the program

When it is a false alarm
    Methods that use common random numbers in every epoch on purpose.

Cost
    Two copies of the generator's state after each seed.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine.events import Epoch, OptimiserLoaded, Seeded, Step, Weights
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

EPOCHS_AT_LEAST = 3
STEPS_OF_EPOCH_AT_LEAST = 3  # fewer are parts of one step


@dataclass
class _Begun:
    """An epoch that began with a seed.

    Attributes:
        start: the generator's state right after the seed.
        states: after the first steps.
        loss: that of the first step; None where it is not known yet.
        steps: of the program before it.
        loaders: how often each was gone through, by its id.
    """

    place: Place
    seed: int
    grad: bool
    start: Tensor
    steps: int
    loss: float | None
    states: list[Tensor]
    loaders: dict[int, int]
    optimiser: weakref.ref[Any] | None = None

    def repeats(self, before: _Begun) -> bool:
        """Whether it drew what the one before did, in the same training."""
        return (
            self.seed == before.seed
            and self.optimiser is not None
            and before.optimiser is not None
            and self.optimiser() is before.optimiser()
            and self.steps - before.steps >= STEPS_OF_EPOCH_AT_LEAST
            and max(before.loaders.values(), default=0) < 2
            and self.loss != before.loss
            and all(map(torch.equal, self.states, before.states))
        )

    def draws(self) -> bool:
        """Whether random numbers were drawn for it. A loader that begins draws one whether it shuffles or not."""
        in_steps = not torch.equal(*self.states)
        return in_steps or (self.grad and not self.loaders and not torch.equal(self.start, self.states[0]))


class SeededEachEpoch(LiveRule):
    code, level = "GF524", Level.WARNING
    sleepless = (Seeded, Step, Epoch, Weights, OptimiserLoaded)
    yields_to = ("seeded-each-step", "same-order-each-epoch")

    def start(self) -> None:
        self.begun: _Begun | None = None  # since the last seed
        self.before: _Begun | None = None  # the epoch before
        self.epochs = 1  # alike, one after the other

    def on_seed(self, event: Seeded) -> None:
        if self.begun is not None and len(self.begun.states) == 2:
            self.before = self.begun
        state, steps = torch.get_rng_state(), self.program.steps
        self.begun = _Begun(user_place(), event.seed, event.grad, state, steps, None, [], {})

    def on_epoch(self, event: Epoch) -> None:
        if self.begun is not None:
            number = id(event.loader)
            self.begun.loaders[number] = self.begun.loaders.get(number, 0) + 1

    def on_other_weights(self, event: Weights | OptimiserLoaded) -> None:
        if isinstance(event, OptimiserLoaded) or event.action == "load_state_dict":
            self.begun = self.before = None
            self.epochs = 1

    def on_step(self, event: Step) -> Iterator[Finding]:
        begun = self.begun
        if begun is None or len(begun.states) == 2 or event.wraps:
            return
        if not begun.states:
            begun.optimiser = weakref.ref(event.optimiser)
            losses = self.program.losses
            begun.loss = losses.last[-1] if losses.last else None
        begun.states.append(torch.get_rng_state())
        if len(begun.states) < 2:
            return
        before = self.before
        self.epochs = self.epochs + 1 if before is not None and begun.repeats(before) and begun.draws() else 1
        if self.epochs == EPOCHS_AT_LEAST:
            yield self.finding(
                f"torch.manual_seed({begun.seed}) is called again in every epoch: each of the last {EPOCHS_AT_LEAST} "
                "drew the same random numbers",
                "Set the seed once, before training; give what has to be the same in all epochs a torch.Generator of "
                "its own",
                file=begun.place.file,
                line=begun.place.line,
            )
