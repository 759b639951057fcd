"""log-determinant-turned: a flow's log-determinant enters the loss with the wrong sign.

What it checks
    A module gives a tensor of its input's shape and a number for each row, and that number is the logarithm of the
    determinant of the one with respect to the other, or minus it: computed in a copy of the module for three rows. And
    the loss grows with the true log-determinant, where a likelihood has it the other way round: log p(x) = log p(z) +
    log |dz/dx| of what turns data into noise, log q(x) = log q(z) - log |dx/dz| of what turns noise into data, which
    is to be as near to p as may be (Papamakarios et al. 2021, "Normalizing flows for probabilistic modeling and
    inference", sections 2.1 and 2.3). In three passes.

Why it hurts
    The loss is no likelihood: the flow is paid for pressing all rows together, the loss falls without bound, and what
    it draws afterwards is not like the data.

Example
    z, log_det = flow(x)
    loss = -(prior.log_prob(z).sum(1) - log_det).mean()

Instead
    loss = -(prior.log_prob(z).sum(1) + log_det).mean()

When it is a false alarm
    None is known: both signs are computed.

Cost
    For the first four such modules, whose rows have 32 numbers at most, the gradients of these for three rows.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, Call
from goodfit.checks.engine.mixing_probe import copied
from goodfit.checks.engine.nested import mapped, tensors
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.engine.signs import RISING, signed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule, NotChecked

PASSES_AT_LEAST = 3
MODULES_AT_MOST = 4
NUMBERS_AT_MOST = 32  # of a row
ROWS = 3
CALLS_AT_MOST = 8  # of one pass
TRIES_AT_MOST = 10  # passes, where layers that begin as the identity have a determinant of 1
SMALLEST = 1e-3  # a log-determinant that has a sign
ACCURACY = 1e-3
LINEAR = (RISING - {"ReluBackward0", "LogBackward0", "ExpBackward0"}) | {"StackBackward0", "CatBackward0"}


@dataclass(frozen=True)
class Turned:
    """A call of a module, and the log-determinant that it gave."""

    call: Call
    given: Tensor


class LogDeterminantTurned(LiveRule):
    code, level = "GF527", Level.ERROR

    def start(self) -> None:
        self.calls: list[Turned] = []
        # module -> whether what it gives is the log-determinant (1), minus it (-1), or neither (0)
        self.given_as: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.tries: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.passes: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.spoken = False  # of several layers the first says it

    def on_call(self, event: Call) -> None:
        holds_several = isinstance(event.output, tuple | list | dict) and len(event.output) == 2
        if self.spoken or not event.grad or not holds_several or not event.inputs:
            return
        is_known = event.module in self.given_as
        if len(self.calls) >= CALLS_AT_MOST or (not is_known and not self._may_examine(event.module)):
            return
        if is_known and not self.given_as[event.module]:
            return
        x, outputs = event.inputs[0], event.outputs
        if len(outputs) == 2 and _is_like_a_flow(x, *outputs):
            self.calls.append(Turned(event, outputs[1]))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        calls, self.calls = self.calls, []
        if not calls:
            return
        signs = {id(each.node): each.sign for loss in event.losses for each in signed(loss, LINEAR)}
        for each in calls:
            module, sign = each.call.module, signs.get(id(each.given.grad_fn))
            if sign is None:
                continue
            if module not in self.given_as:
                if not self._may_examine(module):
                    continue
                self.tries[module] = self.tries.get(module, 0) + 1
                given_as = _given_as(each)
                if given_as is None:
                    continue
                self.given_as[module] = given_as
            if sign * self.given_as[module] <= 0:
                continue
            self.passes[module] = self.passes.get(module, 0) + 1
            if self.passes[module] == PASSES_AT_LEAST:
                self.spoken = True
                yield self.finding(
                    f"the loss grows with the log-determinant of {type(module).__name__}, which a likelihood has with "
                    "the other sign",
                    "Add it to the log-density: loss = -(log_prob(z) + log_det).mean()",
                )
                return

    def _may_examine(self, module: nn.Module) -> bool:
        if module in self.tries:
            return self.tries[module] < TRIES_AT_MOST
        return len(self.tries) < MODULES_AT_MOST


def _is_like_a_flow(x: Tensor, z: Tensor, given: Tensor) -> bool:
    if x.shape != z.shape or x.dim() < 2 or not x.is_floating_point() or len(x) < ROWS or given.numel() != len(x):
        return False
    return x[0].numel() <= NUMBERS_AT_MOST and given.shape[0] == len(x) and z.requires_grad and given.requires_grad


def _given_as(turned: Turned) -> int | None:
    """Whether a module gives the log-determinant of what it does to a row (1), minus it (-1), or neither (0).

    None where the log-determinant is about 0, so that it has no sign yet.
    """
    call = turned.call
    model = copied(call.module)
    x = call.inputs[0]
    new = x.detach().clone().requires_grad_()

    def put(value: Any) -> Any:
        return new if value is x else value.detach() if isinstance(value, Tensor) else value

    with random_state_kept(), torch.enable_grad():
        try:
            z, given = tensors(model(*mapped(call.args, put), **mapped(call.kwargs, put)))
        except Exception as error:  # the user's code: a module that counts its calls, or runs in training alone
            raise NotChecked(call.module, "module", "that could not be run again") from error
        found = {_sign_of_row(z, given, new, row) for row in range(ROWS)}
    return found.pop() if len(found) == 1 else None if None in found else 0


def _sign_of_row(z: Tensor, given: Tensor, x: Tensor, row: int) -> int | None:
    slopes = [
        torch.autograd.grad(number, x, retain_graph=True, allow_unused=True)[0] for number in z[row].flatten().unbind()
    ]
    if any(slope is None for slope in slopes):
        return 0
    matrix = torch.stack([slope[row].flatten() for slope in slopes]).double()
    true, said = float(torch.linalg.slogdet(matrix).logabsdet), float(given[row].detach())
    if max(abs(true), abs(said)) < SMALLEST:
        return None
    for sign in (1, -1):
        if abs(said - sign * true) <= ACCURACY * max(1.0, abs(true)):
            return sign
    return 0
