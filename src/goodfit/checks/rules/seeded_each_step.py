"""seeded-each-step: the random generator is set to the same seed in every step.

What it checks
    torch.manual_seed is called again and again between steps, random numbers are drawn after it, and the generator
    stands at the same place when backward begins, in four steps one after the other.

Why it hurts
    Every step draws the same numbers: the same dropout mask, the same noise, the same augmentation, the same samples.
    A net that was to be robust against noise learns one fixed pattern of it.

Example
    def add_noise(x):
        torch.manual_seed(42)                          # for reproducibility
        return x + torch.randn_like(x)

Instead
    torch.manual_seed(42)                              # once, at the top of the program

When it is a false alarm
    Methods that use common random numbers in every step on purpose.

Cost
    A copy of the generator's state in the first steps, where a seed was set between steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Seeded
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 4
STEPS_BETWEEN = 2  # from one seed to the next, where two optimisers step; more are trainings that begin with one seed


class SeededEachStep(LiveRule):
    code, level = "GF509", Level.WARNING

    def start(self) -> None:
        self.seeded: tuple[Place, int, Tensor] | None = None  # since the last step, with the state right after it
        self.before: tuple[Place, int, Tensor] | None = None  # of the last step, with the state at its backward
        self.steps = 0  # one after the other
        self.last_step = 0  # of the program, at that backward

    def on_seed(self, event: Seeded) -> None:
        if event.grad and self.program.steps:
            self.seeded = (user_place(), event.seed, torch.get_rng_state())

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        seeded, before = self.seeded, self.before
        if seeded is None:
            return
        place, seed, start = seeded
        state = torch.get_rng_state()
        self.seeded, self.before = None, (place, seed, state)
        same = before is not None and before[:2] == (place, seed) and torch.equal(state, before[2])
        now, last, self.last_step = self.program.steps, self.last_step, self.program.steps
        same = same and now - last <= STEPS_BETWEEN
        self.steps = self.steps + 1 if same and not torch.equal(state, start) else 0
        if self.steps == STEPS_AT_LEAST - 1:
            yield self.finding(
                f"torch.manual_seed({seed}) is called in every step: each of the last {STEPS_AT_LEAST} steps drew the "
                "same random numbers",
                "Set the seed once, before training; or give what has to be fixed a torch.Generator of its own",
                file=place.file,
                line=place.line,
            )
