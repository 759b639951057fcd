"""optimizer-never-steps: gradients are computed, and the optimiser that holds the parameters never steps.

What it checks
    At the end: `backward` ran at least ten times and reached parameters of an optimiser that has not stepped once,
    while their values stayed as they were.

Why it hurts
    Nothing is learnt. Usually the scheduler is stepped instead, or the step depends on a condition that is never true.

Example
    loss.backward(); scheduler.step()

Instead
    loss.backward(); optimizer.step(); scheduler.step()

When it is a false alarm
    When gradients alone are wanted, and the optimiser was made for later.

Cost
    A sum of one parameter, at the start and the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardEnded, WatchEnds, params_of
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BACKWARDS_AT_LEAST = 10


class OptimizerNeverSteps(LiveRule):
    code, level = "GF305", Level.ERROR
    yields_to = ("scaler-never-steps",)

    def start(self) -> None:
        self.values: dict[Optimizer, dict[int, Tensor]] = {}  # of those that have not stepped yet: they are few

    def after_backward(self, event: BackwardEnded) -> None:
        for optimiser, state in list(self.program.optimisers.items()):
            if state.steps:
                self.values.pop(optimiser, None)
            elif any(param.grad is not None for param in params_of(optimiser)):
                state.backwards += 1
                if optimiser not in self.values:
                    params = [param for param in params_of(optimiser)[:4] if not is_lazy(param)]
                    self.values[optimiser] = {id(param): param.detach().clone() for param in params}

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for optimiser in self.values:
            state = self.program.optimiser(optimiser)
            if state.steps or state.backwards < BACKWARDS_AT_LEAST:
                continue
            same = all(
                bool((param.detach() == self.values[optimiser][id(param)]).all())
                for param in params_of(optimiser)[:4]
                if id(param) in self.values[optimiser]
            )
            if same:
                yield self.finding(
                    f"{type(optimiser).__name__} has never stepped, and backward ran {self.program.backwards} times "
                    f"for its parameters: they have not changed since the start",
                    "Call optimizer.step() after backward (scheduler.step() only changes the learning rate)",
                    file=state.created_at.file,
                    line=state.created_at.line,
                )
