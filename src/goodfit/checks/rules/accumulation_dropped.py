"""accumulation-dropped: gradients are zeroed before any step has used them, again and again.

What it checks
    Between a backward and the next step of any optimiser, zero_grad clears the gradients of that backward, at the same
    line at least twice with steps between.

Why it hurts
    The work of these batches is thrown away. Where zero_grad comes between backward and step, every step is empty.

Example
    loss.backward(); optimizer.zero_grad(); optimizer.step()
    for i, batch in enumerate(loader): ...; if (i + 1) % 4 == 0: step; zero     # and zeroed at the epoch's start

Instead
    Call zero_grad right after the step, and step after the last, shorter window.

When it is a false alarm
    Steps that are skipped because the loss is not finite, gradients for an attack on the input, gradients that are only
    read or that the program puts together itself, several in a row now and then, and a pass through the weights of two
    optimisers, of which one drops its share and the other steps, are not reported.

Cost
    A counter in each step; gradients are looked at where some are dropped.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, Step, Zero
from goodfit.checks.engine.fingerprints import all_finite, is_zero, stamp
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

DROPS_AT_LEAST = 2
# Where several gradients in a row are dropped: how often, and in what share of the steps.
DROPS_OF_SEVERAL, SHARE_OF_STEPS = 4, 0.5


class AccumulationDropped(LiveRule):
    code, level = "GF309", Level.WARNING
    sleepless = (BackwardEnded, Step, Zero)

    def start(self) -> None:
        self.unused = 0  # backwards that no step has used
        self.reaches_input = False  # gradients of these, as in an attack
        self.reaches_several = False  # whether a pass gives gradients to the weights of several optimisers
        self.in_a_row = 0  # drops without a step between
        self.place: Place | None = None
        self.times: dict[Place, int] = {}
        self.steps = self.longest = 0
        self.attacks = False  # whether this program computes gradients of its inputs
        self.by_hand = False  # gradients have moved the weights, as in SAM
        self.gradients: list[int | None] = []  # where those of a few weights lie
        self.stamps: list[object] = []
        self.in_full = False  # whether these were taken while the rules were awake
        self.reached: set[int] = set()  # weights that passes reached which no step has used
        self.in_turns = False  # each of several nets has its own pass and optimiser before any of these steps
        self.weights: list[weakref.ref[Tensor]] = []  # the first of each optimiser

    def after_backward(self, event: BackwardEnded) -> None:
        self.unused += 1
        if event.inputs_given:
            self.reaches_input = True
        elif self.program.awake:  # the first steps are enough to know the loop by
            groups = [group["params"] for optimiser in self.program.optimisers for group in optimiser.param_groups[:1]]
            self.weights = [weakref.ref(params[0]) for params in groups if params]
            params = {id(param) for net in self.program.nets for param in net.parameters()} | self.program.optimised()
            self.reaches_input = any(id(leaf) not in params for leaf in event.leaves)
            self.attacks = self.attacks or self.reaches_input
            leaves = {id(leaf) for leaf in event.leaves}
            self.reached |= leaves
            reached = sum(any(id(param) in leaves for param in params) for params in groups)
            self.reaches_several = self.reaches_several or reached > 1
        else:
            self.reaches_input = self.attacks
        self.in_full = self.program.awake
        weights = self._weights()
        self.stamps, self.gradients = self._stamps(weights), _addresses(weights)

    def on_zero(self, event: Zero) -> None:
        if not self.unused or self._has_its_turn(event):
            return
        gradients = [param.grad for param in event.params if param.grad is not None]
        sample = gradients[:4]
        dropped = not all(is_zero(gradient) for gradient in sample)
        finite = all(all_finite(gradient) for gradient in sample)
        self.by_hand = self.by_hand or self._stamps(self._weights()) != self.stamps
        if dropped and self.reaches_several and self._others_have_gradients(event):
            return  # their step uses the pass
        if dropped and finite and not self.reaches_input and not self.by_hand:
            self.in_a_row += 1
            self.place = user_place()
        if dropped:
            self.unused, self.reaches_input, self.reached = 0, False, set()

    def _has_its_turn(self, event: Zero) -> bool:
        """Whether what is zeroed are gradients that a step has used: the passes since then reached other weights."""
        if self.in_full and self.reached:
            apart = not any(id(param) in self.reached for param in event.params)
            self.in_turns = self.in_turns or apart
            return apart
        return self.in_turns

    def _others_have_gradients(self, event: Zero) -> bool:
        zeroed = {id(param) for param in event.params}
        groups = [group["params"] for optimiser in self.program.optimisers for group in optimiser.param_groups[:1]]
        return any(
            id(param) not in zeroed and param.grad is not None and not is_zero(param.grad)
            for params in groups
            for param in params[:4]
        )

    def _weights(self) -> list[Tensor]:
        return [weight for ref in self.weights if (weight := ref()) is not None]

    def _are_put_together(self) -> bool:
        """Whether the program gives weights gradients of its own making, as of those of single rows."""
        pairs = zip(self.gradients, _addresses(self._weights()), strict=False)
        return any(before is not None and now is not None and before != now for before, now in pairs)

    def _stamps(self, weights: list[Tensor]) -> list[object]:
        """What changes when a few of the weights are written to; asleep only what costs nothing."""
        return [stamp(weight) if self.in_full else weight._version for weight in weights]

    def on_step(self, event: Step) -> Iterator[Finding]:
        if self.place is not None and self._are_put_together():
            self.place = None
        self.unused, self.reaches_input, self.reached = 0, False, set()
        self.steps += 1
        if self.place is not None:
            place = self.place
            times = self.times[place] = self.times.get(place, 0) + 1
            self.longest = max(self.longest, self.in_a_row)
            # Several in a row may be gradients that are read; between nearly all steps they are work thrown away.
            if times >= DROPS_AT_LEAST and (
                self.longest == 1 or times >= max(DROPS_OF_SEVERAL, SHARE_OF_STEPS * self.steps)
            ):
                empty = all(param.grad is None or is_zero(param.grad) for param in event.params[:4])
                what = "and the step after it has none" if empty else "before a step used them"
                yield self.finding(
                    f"gradients of a backward pass are zeroed {what}, {self.times[place]} times",
                    "Call zero_grad() right before backward or right after the step; step after the last window too",
                    file=place.file,
                    line=place.line,
                )
        self.in_a_row, self.place = 0, None


def _addresses(weights: list[Tensor]) -> list[int | None]:
    """Where their gradients lie."""
    gradients = [weight.grad for weight in weights]
    return [each.data_ptr() if each is not None and each.layout is torch.strided else None for each in gradients]
