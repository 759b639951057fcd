"""accumulation-dropped: gradients are zeroed that no step has used, again and again.

What it checks
    Between a backward and the next step of any optimiser, zero_grad clears what that backward gave, at the same line at
    least twice with steps between.

Why it hurts
    The work of these batches is thrown away. Where zero_grad stands between backward and step, every step is empty.

Example
    loss.backward(); optimizer.zero_grad(); optimizer.step()
    for i, batch in enumerate(loader): ...; if (i + 1) % 4 == 0: step; zero     # and zeroed at the epoch's start

Instead
    Zero right after the step, and step with a last window that is short.

When it is a false alarm
    Steps that are left out because the loss is no number, gradients for an attack on the input, and gradients that are
    read and not stepped with, several in a row now and then, are not reported.

Cost
    A counter in each step; gradients are looked at where some are dropped.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Step, Zero
from goodfit.checks.engine.fingerprints import all_finite
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES = 2
OFTEN, SHARE = 4, 0.5  # of the steps


class AccumulationDropped(LiveRule):
    code, level = "GF309", Level.WARNING
    sleepless = (BackwardEnded, Step, Zero)

    def start(self) -> None:
        self.waiting = 0  # backwards that no step has used
        self.attack = False  # they reach an input too
        self.in_a_row = 0  # drops without a step between
        self.place: Place | None = None
        self.times: dict[Place, int] = {}
        self.steps = self.longest = 0
        self.usual = False  # whether this program attacks its inputs
        self.versions: list[int | None] = []
        self.weights: list[weakref.ref[Tensor]] = []  # the first of each optimiser

    def after_backward(self, event: BackwardEnded) -> None:
        self.waiting += 1
        if event.into:
            self.attack = True
        elif self.program.awake:  # the first steps are enough to know the loop by
            groups = [group["params"] for optimiser in self.program.optimisers for group in optimiser.param_groups[:1]]
            self.weights = [weakref.ref(params[0]) for params in groups if params]
            known = {id(param) for net in self.program.nets for param in net.parameters()} | self.program.optimised()
            self.attack = any(id(leaf) not in known for leaf in event.leaves)
            self.usual = self.usual or self.attack
        else:
            self.attack = self.usual
        self.versions = self._versions()

    def on_zero(self, event: Zero) -> None:
        if not self.waiting:
            return
        gradients = [param.grad for param in event.params if param.grad is not None]
        some = gradients[:4]
        dropped = any(bool(gradient.any()) for gradient in some)
        finite = all(all_finite(gradient) for gradient in some)
        by_hand = self._versions() != self.versions  # the gradients have moved the weights, as in SAM
        if dropped and finite and not self.attack and not by_hand:
            self.in_a_row += 1
            self.place = user_place()
        if dropped:
            self.waiting, self.attack = 0, False

    def _versions(self) -> list[int | None]:
        """Of a few weights: how often they were written to."""
        return [None if (weight := known()) is None else weight._version for known in self.weights]

    def on_step(self, event: Step) -> Iterator[Finding]:
        self.waiting, self.attack = 0, False
        self.steps += 1
        if self.place is not None:
            place = self.place
            times = self.times[place] = self.times.get(place, 0) + 1
            self.longest = max(self.longest, self.in_a_row)
            # Several in a row may be gradients that are read; between nearly all steps they are work thrown away.
            if times >= TIMES and (self.longest == 1 or times >= max(OFTEN, SHARE * self.steps)):
                empty = all(param.grad is None or not bool(param.grad.any()) for param in event.params[:4])
                what = "and the step after it has none" if empty else "before a step used them"
                yield self.finding(
                    f"gradients of a backward are zeroed {what}, {self.times[place]} times",
                    "Zero right before backward or right after the step; step with a last short window too",
                    file=place.file,
                    line=place.line,
                )
        self.in_a_row, self.place = 0, None
