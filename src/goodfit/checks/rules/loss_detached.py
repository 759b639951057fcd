"""loss-detached: the loss reaches no parameter, or an optimiser steps without any gradient.

What it checks
    `backward` runs on a tensor whose graph reaches no parameter of a net or an optimiser (`torch.tensor(loss)`,
    `.item()`, `.data`, numpy on the way); or an optimiser steps twice while not one of its parameters has a gradient,
    or three times with gradients of before that no backward adds to, while parameters in no optimiser have some.

Why it hurts
    Nothing is learnt, and nothing complains: a step without gradients changes nothing.

Example
    loss = torch.tensor(criterion(net(x), y).item(), requires_grad=True); loss.backward()
    prune(net); for x, y in loader: train_step(net, optimizer)      # the layers are new ones, the optimiser is not

Instead
    loss = criterion(net(x), y); loss.backward()
    prune(net); optimizer = torch.optim.SGD(net.parameters(), lr)

When it is a false alarm
    When gradients with respect to inputs are what is wanted, and the optimiser's steps are idle on purpose. An
    optimiser around another, such as that of SAM, is not reported.

Cost
    The graph is walked once in the first steps; gradients are looked for, not read.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence

from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardBegins, Step
from goodfit.checks.engine.fingerprints import tail
from goodfit.checks.engine.hand_written import HandWritten
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

STEPS_WITHOUT_GRADIENT = 2
NAMES_AT_MOST = 3
GRADIENTS_READ = 4  # of an optimiser: a few values of each say whether they are those of before


class LossDetached(LiveRule):
    code, level = "GF209", Level.ERROR
    yields_to = ("accumulation-dropped", "scaler-never-steps")

    def start(self) -> None:
        self.steps_without_gradient: weakref.WeakKeyDictionary[Optimizer, int] = weakref.WeakKeyDictionary()
        self.backwards = 0
        self.reached: dict[int, int] = {}  # of a leaf: the last backward that reached it
        self.stepped_at: weakref.WeakKeyDictionary[Optimizer, int] = weakref.WeakKeyDictionary()  # backwards by then
        self.gradients: weakref.WeakKeyDictionary[Optimizer, list[complex]] = weakref.WeakKeyDictionary()
        self.reported = False

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        self.backwards += 1
        self.reached.update((id(leaf), self.backwards) for leaf in event.leaves)
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
        has_gradients = any(param.grad is not None for param in event.params)
        if has_gradients and not self._are_of_before(event.optimiser, event.params):
            self.steps_without_gradient[event.optimiser] = 0
            return
        if not self.backwards:
            return
        count = self.steps_without_gradient[event.optimiser] = self.steps_without_gradient.get(event.optimiser, 0) + 1
        if count == STEPS_WITHOUT_GRADIENT:
            others = self._held_by_none()
            what = (
                f"{type(event.optimiser).__name__} has stepped {count} times without a "
                f"{'new ' if has_gradients else ''}gradient in any of its {counted(len(event.params), 'parameter')}: "
            )
            if others:
                yield self.finding(
                    f"{what}the loss reaches others, that are in no optimiser ({others}); nothing is trained",
                    "Make the optimiser anew, with net.parameters(), after layers of the net are replaced; or give it "
                    "the net that the loss is computed with",
                )
                return
            yield self.finding(
                f"{what}the loss does not reach them",
                "Check what cuts the graph between net and loss (.item(), .data, .detach(), numpy, argmax), and "
                "whether the optimiser holds the parameters of another net",
            )

    def _are_of_before(self, optimiser: Optimizer, params: Sequence[Tensor]) -> bool:
        """Whether the gradients are those of the step before, and backward has been busy with others since."""
        before, seen = self.gradients.get(optimiser), self.stepped_at.get(optimiser, self.backwards)
        given = [param.grad for param in params[:GRADIENTS_READ] if param.grad is not None]
        now = self.gradients[optimiser] = [value for grad in given for value in tail(grad).tolist()]
        self.stepped_at[optimiser] = self.backwards
        if before != now or self.backwards == seen:
            return False
        return not any(self.reached.get(id(param), 0) > seen for param in params) and bool(self._held_by_none())

    def _held_by_none(self) -> str:
        """Names of parameters that have gradients instead, such as those of a layer put in the place of another."""
        held = self.program.optimised()
        names = [
            name
            for net in self.program.nets
            for name, param in net.named_parameters()
            if param.grad is not None and id(param) not in held
        ]
        more = f" and {len(names) - NAMES_AT_MOST} more" if len(names) > NAMES_AT_MOST else ""
        return ", ".join(names[:NAMES_AT_MOST]) + more
