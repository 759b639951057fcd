"""gradients-not-zeroed: backward adds to gradients that were already used.

What it checks
    An optimiser has stepped with gradients, nothing zeroed or replaced them, `backward` adds to them, and the same
    optimiser steps with the sum: twice in a row.

Why it hurts
    Every step uses the sum of all gradients since the start. It looks like a large momentum that never ends: the loss
    falls first and then swings or explodes.

Example
    for x, y in loader:
        loss = criterion(net(x), y); loss.backward(); optimizer.step()

Instead
    for x, y in loader:
        optimizer.zero_grad(); loss = criterion(net(x), y); loss.backward(); optimizer.step()

When it is a false alarm
    Not known. Gradient accumulation steps once for several backwards and zeroes then; it is not reported.

Cost
    Four gradients are compared with zero in the first steps, and their identity and version.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Step, Zero, params_of
from goodfit.checks.engine.fingerprints import is_zero
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_IN_A_ROW = 2
PARAMETERS_EXAMINED = 8  # parameters of an optimiser, from all over it: never one alone
DECAY_AT_MOST, SAME_DECAY = 0.999, 1e-3
ELEMENTS_AT_MOST = 1_000_000  # elements of a gradient that is compared with zero


@dataclass
class State:
    """Of an optimiser: which parameters' gradients it has used, and to which of these more was added."""

    used: set[int] = field(default_factory=set)
    added: set[int] = field(default_factory=set)
    before: dict[int, tuple[int, int]] = field(default_factory=dict)  # parameter -> gradient and its version
    times: dict[int, int] = field(default_factory=dict)  # steps in a row
    lengths: dict[int, float] = field(default_factory=dict)  # of gradients after backward, of steps by hand
    decay: float | None = None  # what all of them were multiplied by since; None: not seen yet


class GradientsNotZeroed(LiveRule):
    code, level = "GF301", Level.ERROR

    def start(self) -> None:
        self.states: weakref.WeakKeyDictionary[Optimizer | HandWritten, State] = weakref.WeakKeyDictionary()
        self.backwards = 0  # passes so far, when the last one was seen

    def on_zero(self, event: Zero) -> None:
        zeroed = {id(param) for param in event.params}
        for state in self.states.values():
            state.used -= zeroed
            state.added -= zeroed

    def before_backward(self, event: BackwardBegins) -> None:
        if self.program.backwards != self.backwards:  # the rules have slept, and gradients may have been zeroed
            for state in self.states.values():
                state.used, state.added, state.times = set(), set(), {}
        for optimiser, state in self.states.items():
            gradients = _gradients(optimiser)
            if isinstance(optimiser, HandWritten):
                before, state.decay = state.decay, _decay(state, gradients)
                if state.decay is not None and abs(state.decay - (before or state.decay)) <= SAME_DECAY:
                    state.used.clear()  # momentum by hand
            fresh = {param for param, gradient in gradients.items() if param in state.used and is_zero(gradient)}
            state.used = (state.used & gradients.keys()) - fresh  # zeroed by hand, or gone
            state.added &= state.used
            state.before = {param: (id(gradient), gradient._version) for param, gradient in gradients.items()}

    def after_backward(self, event: BackwardEnded) -> None:
        self.backwards = self.program.backwards
        for optimiser, state in self.states.items():
            for param, gradient in _gradients(optimiser).items():
                if param in state.used and state.before.get(param) != (id(gradient), gradient._version):
                    state.added.add(param)
            if isinstance(optimiser, HandWritten):
                state.lengths = {param: float(each.norm()) for param, each in _gradients(optimiser).items()}

    def on_step(self, event: Step) -> Iterator[Finding]:
        state = self.states.setdefault(event.optimiser, State())
        state.times = {param: state.times.get(param, 0) + 1 for param in state.added}
        state.added, state.used = set(), set(_gradients(event.optimiser))
        again = [count for count in state.times.values() if count >= STEPS_IN_A_ROW]
        if len(again) >= min(2, len(state.used)) > 0:
            who = "the program" if event.by_hand else type(event.optimiser).__name__
            yield self.finding(
                f"{who} steps with gradients that it has already used, in "
                f"{max(again) + 1} steps in a row: backward adds to them, and nothing has zeroed them",
                "Call optimizer.zero_grad() once before each backward (or after each step)",
            )


def _decay(state: State, gradients: dict[int, Tensor]) -> float | None:
    """The number below 1 that all of a program's gradients were multiplied by since backward; None: there is none."""
    known = [(float(each.norm()), length) for param, each in gradients.items() if (length := state.lengths.get(param))]
    shares = [now / length for now, length in known]
    if len(shares) < 2 or max(shares) > DECAY_AT_MOST or max(shares) - min(shares) > SAME_DECAY:
        return None
    return shares[0]


def _gradients(optimiser: Optimizer | HandWritten) -> dict[int, Tensor]:
    """Of some parameters, spread over the optimiser."""
    gradients = [
        (id(param), param.grad)
        for param in params_of(optimiser)
        if param.grad is not None and not param.grad.is_sparse and param.numel() <= ELEMENTS_AT_MOST
    ]
    chosen = (
        gradients
        if len(gradients) <= PARAMETERS_EXAMINED
        else [gradients[at * (len(gradients) - 1) // (PARAMETERS_EXAMINED - 1)] for at in range(PARAMETERS_EXAMINED)]
    )
    return dict(chosen)
