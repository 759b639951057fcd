"""loss-detached: the loss reaches no parameter, or an optimiser steps without any gradient.

What it checks
    `backward` runs on a tensor whose graph reaches no parameter of a net or an optimiser (`torch.tensor(loss)`,
    `.item()`, `.data`, numpy on the way); or an optimiser steps twice while not one of its parameters has a gradient.

Why it hurts
    Nothing is learnt, and nothing complains: a step without gradients changes nothing.

Example
    loss = torch.tensor(criterion(net(x), y).item(), requires_grad=True); loss.backward()

Instead
    loss = criterion(net(x), y); loss.backward()

When it is a false alarm
    When gradients with respect to inputs are what is wanted, and the optimiser's steps are idle on purpose. An
    optimiser around another, such as that of SAM, is not reported.

Cost
    The graph is walked once in the first steps; gradients are looked for, not read.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardBegins, Step, params_of
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing, counted

STEPS_WITHOUT_GRADIENT = 2
NAMES_AT_MOST = 3


class LossDetached(LiveRule):
    code, level = "GF209", Level.ERROR
    yields_to = ("accumulation-dropped", "scaler-never-steps")

    def start(self) -> None:
        self.steps_without_gradient: weakref.WeakKeyDictionary[Optimizer, int] = weakref.WeakKeyDictionary()
        self.backwards = 0
        self.reported = False

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        self.backwards += 1
        if any(loss.grad_fn is None and loss.requires_grad and loss.is_leaf for loss in event.losses):
            params = self.program.optimised() | {id(param) for net in self.program.nets for param in net.parameters()}
            if params and not any(id(leaf) in params for leaf in event.leaves):
                self.reported = True
                yield self.finding(
                    "backward is called on a new tensor that does not depend on the net: no parameter gets a gradient",
                    "Call backward on the result of the loss function, without .item(), .data or torch.tensor(...)",
                )

    def on_step(self, event: Step) -> Iterator[Finding]:
        if isinstance(event.optimiser, HandWritten):  # seen late, when its gradients may be gone
            return
        if event.wraps or self.reported:
            return  # an optimiser around another may clear gradients within its step; one cause speaks once
        if any(param.grad is not None for param in params_of(event.optimiser)):
            self.steps_without_gradient[event.optimiser] = 0
            return
        if not self.backwards:
            return
        count = self.steps_without_gradient[event.optimiser] = self.steps_without_gradient.get(event.optimiser, 0) + 1
        if count == STEPS_WITHOUT_GRADIENT:
            yield self.finding(
                f"{type(event.optimiser).__name__} has stepped {count} times without a gradient in any of its "
                f"{counted(len(event.params), 'parameter')}: the loss does not reach them{self._held_by_none()}",
                "Check what cuts the graph between net and loss (.item(), .data, .detach(), numpy, argmax), and "
                "whether the optimiser holds the parameters of another net",
            )

    def _held_by_none(self) -> str:
        """The parameters that have gradients instead, such as those of a layer that was put in its place later."""
        held = self.program.optimised()
        names = [
            name
            for net in self.program.nets
            for name, param in net.named_parameters()
            if param.grad is not None and id(param) not in held
        ]
        if not names:
            return ""
        some = ", ".join(names[:NAMES_AT_MOST])
        return f", and {some} with gradients {agreeing(len(names), 'is', 'are')} in no optimiser"
