"""masked-weights-move: weights whose gradients are masked away move all the same.

What it checks
    Of a weight matrix, single entries scattered over its rows have gradients of exactly 0, the same ones in step after
    step, while others have not; and they change. In three steps running. That the program masks them is known by
    gradients that were there after the backward pass and are gone in the step, or by a hook on the matrix.

Why it hurts
    A mask on gradients keeps no weight still: momentum, Adam's averages and weight decay move it on. Pruned weights
    come back, frozen ones drift, and what is exported with the mask is another net than the one that was measured.

Example
    p.grad.mul_(mask); optimizer.step()

Instead
    optimizer.step(); p.data.mul_(mask)          # and start the optimiser anew when the mask is made

When it is a false alarm
    A unit that is never above 0 has no gradient by itself, and no finding.

Cost
    A comparison of gradients with 0 and of some weights with their former values, in the steps examined and in every
    sixteenth one after them, where entries
    of gradients are 0. Where they are 0 by themselves, as under a mask within forward, the next look comes when twice
    as many steps were made.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Step, StepBegins
from goodfit.checks.engine.events_training import params_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
SHARE_AT_LEAST = 0.1  # of the entries of a matrix
MOVED_AT_LEAST = 0.5  # of these
ENTRIES_AT_LEAST, ENTRIES_AT_MOST = 64, 1_000_000
ROWS_SAMPLED, SHARE_OF_SAMPLE = 32, 0.03  # of a matrix, and of their entries: a tenth of all is rarely less of these
GOLDEN_RATIO = 0.618034
ENTRIES_SAMPLED = 2_048  # of those whose gradients are 0
LOOKS_APART = 16  # steps, while the rules sleep
MATRICES = 4  # that are looked at in a step


@dataclass
class Masked:
    """Of a matrix, where its gradient was 0 in the last step, and its values there when the last pass began.

    Attributes:
        some: places of some of these entries in the matrix as one row.
        steps: in a row in which these moved.
        passes: that have given it gradients since.
        by_program: whether gradients were masked there, and are not 0 by themselves, as those of a dead unit.
    """

    param: weakref.ref[Tensor]
    entries: Tensor
    some: Tensor
    values: Tensor | None = None
    steps: int = 0
    passes: int = 0
    by_program: bool = False


class MaskedWeightsMove(LiveRule):
    code, level = "GF342", Level.WARNING
    sleepless = (StepBegins, Step)  # nets are pruned late

    def start(self) -> None:
        self.known: dict[int, Masked] = {}
        self.next_look: dict[int, int] = {}  # of matrices whose entries are 0 by themselves: the step
        self.reported = False

    def on_step(self, event: Step) -> None:
        if self.reported or event.by_hand or event.wraps:
            return
        if not self.program.awake and not self.known and self.program.steps % LOOKS_APART:
            return
        matrices = [param for param in event.params if param.dim() == 2 and param.grad is not None]
        for param in matrices[:MATRICES]:
            gradient, known = param.grad, self.known.get(id(param))
            if gradient is None or gradient.layout is not torch.strided:
                continue
            if self.program.steps < self.next_look.get(id(param), 0):
                continue
            if known is not None and known.passes >= STEPS_AT_LEAST and not known.by_program:
                self.next_look[id(param)] = 2 * self.program.steps
                del self.known[id(param)]
                continue
            is_of_size = ENTRIES_AT_LEAST <= param.numel() <= ENTRIES_AT_MOST
            is_worth_it = is_of_size and (known is not None or may_be_masked(gradient.detach()))
            entries = _scattered(gradient.detach()) if is_worth_it else None
            if entries is None:
                self.known.pop(id(param), None)
            elif known is None or known.param() is not param or not torch.equal(known.entries, entries):
                self.known[id(param)] = Masked(weakref.ref(param), entries, _some(entries))

    def after_backward(self, event: BackwardEnded) -> None:
        for known in self.known.values():
            param = known.param()
            if param is not None and not known.by_program and param.grad is not None:
                hooked = param._backward_hooks or param._post_accumulate_grad_hooks
                known.passes += 1
                known.by_program = bool(hooked) or bool(param.grad.detach().reshape(-1)[known.some].any())

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        """Here the program has done what it does after a step, such as to put weights back."""
        yield from self._moved()

    def before_step(self, event: StepBegins) -> Iterator[Finding]:
        """While the rules sleep, passes are not looked at: who masks gradients in place has changed them once more."""
        if self.program.awake or not self.known:
            return
        gradients = [param.grad for param in params_of(event.optimiser) if param.grad is not None]
        least = min((gradient._version for gradient in gradients), default=0)
        for known in self.known.values():
            param = known.param()
            if param is not None and param.grad is not None:
                hooked = param._backward_hooks or param._post_accumulate_grad_hooks
                known.passes += 1
                known.by_program |= bool(hooked) or param.grad._version > least
        yield from self._moved()

    def _moved(self) -> Iterator[Finding]:
        for known in self.known.values():
            param = known.param()
            if param is None or self.reported:
                continue
            values = param.detach().reshape(-1)[known.some]
            if known.values is not None:
                moved = float((values != known.values).float().mean())
                known.steps = known.steps + 1 if moved >= MOVED_AT_LEAST else 0
            known.values = values
            if known.steps >= STEPS_AT_LEAST and known.by_program:
                self.reported = True
                yield self.finding(
                    f"{int(known.entries.sum()):,} weights of a matrix {tuple(param.shape)} have masked gradients, "
                    "exactly 0, and the optimiser moves them all the same",
                    "Apply the mask to the weights after each step, and start the optimiser anew when it is made",
                )


def may_be_masked(gradient: Tensor) -> bool:
    """Whether some of its rows leave it possible: of most gradients no more need be read."""
    if len(gradient) <= 2 * ROWS_SAMPLED:
        return True  # `_scattered` counts at once
    return _scattered(gradient[_spread(ROWS_SAMPLED, len(gradient), gradient.device)], SHARE_OF_SAMPLE) is not None


def _spread(count: int, among: int, device: torch.device) -> Tensor:
    """So many numbers below another: evenly, and never in a mask's step."""
    return (torch.arange(count, dtype=torch.float64) * GOLDEN_RATIO % 1 * among).long().to(device)


def _some(entries: Tensor) -> Tensor:
    """The places of some entries, spread over all."""
    places = entries.reshape(-1).nonzero().squeeze(1)
    return places if len(places) <= ENTRIES_SAMPLED else places[_spread(ENTRIES_SAMPLED, len(places), places.device)]


def _scattered(gradient: Tensor, share: float = SHARE_AT_LEAST) -> Tensor | None:
    """Where a gradient is 0, without whole rows and columns, as units and inputs that are 0 leave; None for few."""
    if gradient.numel() - int(torch.count_nonzero(gradient)) < share * gradient.numel():
        return None
    zero = gradient == 0
    zero &= ~zero.all(1, keepdim=True) & ~zero.all(0, keepdim=True)
    return zero if int(zero.sum()) >= share * zero.numel() else None
