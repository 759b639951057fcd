"""optimiser-remade: the optimiser is made anew in each step or epoch, and forgets what it has learnt of the gradients.

What it checks
    A line makes its third optimiser (with momentum, or an adaptive one) for the same parameters; each of those before
    made steps, over one pass of a loader at most (or 20 steps), and nothing but these steps changed the parameters.

Why it hurts
    Momentum and the running squares of Adam begin at zero again. In each step, Adam becomes the sign of the gradient;
    in each epoch, its first steps are as large as at the start. A scheduler made with it starts again too.

Example
    for epoch in range(epochs):
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

Instead
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(epochs): ...

When it is a false alarm
    Restarts on purpose, as in snapshot ensembles with cycles of one epoch. Nets whose weights or masks are changed
    between (meta-learning, federated rounds, folds, pruning) and plain SGD are left out.

Cost
    A look at each new optimiser; once a line makes a second one, sums of a small parameter and of buffers at each step.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import Epoch, NewOptimiser, Step, params_of
from goodfit.checks.engine.program_state import OptimiserState
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 3
STEPS_AT_MOST = 20  # of one, where no loader says what an epoch is


@dataclass
class Made:
    """Of a line: how many optimisers it made one after another for the same parameters, and the last one."""

    params: frozenset[int]
    state: OptimiserState  # of the last one: its steps
    times: int = 1
    epochs: int = 0  # passes of loaders that were begun since it was made
    values: tuple[float, ...] = ()  # sums after its last step, kept from the second one on

    @property
    def brief(self) -> bool:
        """Whether the last one has stepped, and not for long."""
        return self.state.steps > 0 and (self.epochs <= 1 if self.epochs else self.state.steps <= STEPS_AT_MOST)


class OptimiserRemade(LiveRule):
    code, level = "GF316", Level.WARNING
    sleepless = (NewOptimiser, Step, Epoch)
    yields_to = ("gradients-not-zeroed", "parameter-not-optimised")

    def start(self) -> None:
        self.lines: dict[Place, Made] = {}
        self.followed: weakref.WeakKeyDictionary[Optimizer, Made] = weakref.WeakKeyDictionary()  # second ones

    def on_new_optimiser(self, event: NewOptimiser) -> Iterator[Finding]:
        place, params = user_place(), params_of(event.optimiser)
        ids, state = frozenset(id(param) for param in params), self.program.optimiser(event.optimiser)
        made = self.lines.get(place)
        again = made is not None and made.params == ids and made.brief
        if made is None or not again or (made.times > 1 and self._values(params) != made.values):
            self.lines[place] = Made(ids, state)
            return
        made.times, made.state, made.epochs = made.times + 1, state, 0
        if made.times < TIMES_AT_LEAST:
            self.followed[event.optimiser] = made
        elif made.times == TIMES_AT_LEAST and _has_state(event.optimiser):
            name = type(event.optimiser).__name__
            yield self.finding(
                f"{name} is made for the third time for the same parameters, each time after a few steps: its "
                "momentum and running averages begin at zero again",
                "Make the optimiser once, before the loop",
            )

    def on_step(self, event: Step) -> None:
        if self.followed and isinstance(event.optimiser, Optimizer) and event.optimiser in self.followed:
            self.followed[event.optimiser].values = self._values(event.params)

    def _values(self, params: list[Tensor]) -> tuple[float, ...]:
        """Sums of the smallest parameter that was trained, and of buffers such as the masks of pruning: what a load, or
        any other change than a step, would alter."""
        trained = [param for param in params if param.grad is not None] or params
        smallest = min(trained, key=lambda param: param.numel(), default=None)
        buffers = [
            value
            for net in self.program.nets
            for name, value in net.named_buffers()
            if not name.rpartition(".")[2].startswith(("running_", "num_batches"))
        ]
        tensors = [value for value in (smallest, *buffers) if value is not None and not value.is_meta]
        return tuple(float(value.detach().double().abs().sum()) for value in tensors)

    def on_epoch(self, event: Epoch) -> None:
        for made in self.lines.values():
            made.epochs += 1


def _has_state(optimiser: Optimizer) -> bool:
    """Whether it remembers anything from step to step."""
    if type(optimiser).__name__ == "SGD":
        return any(group.get("momentum", 0) for group in optimiser.param_groups)
    return type(optimiser).__name__ != "LBFGS"
