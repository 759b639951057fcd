"""rate-misplaced: the learning rate was set where the optimiser does not look.

What it checks
    An optimiser of torch has an attribute of its own (`optimizer.lr`), or a group has an entry (`learning_rate`), that
    is no option of it and means the learning rate; its value is another than that of the rate in use. Or
    `optimizer.defaults["lr"]` was changed after the optimiser was made.

Why it hurts
    Python lets any attribute and entry be set. The rate stays what it was, and the schedule does nothing.

Example
    optimizer.lr = 0.1 * optimizer.lr
    for group in optimizer.param_groups:
        group["learning_rate"] = 0.01

Instead
    for group in optimizer.param_groups:
        group["lr"] = 0.01

When it is a false alarm
    None is known: optimisers of a class that is not torch's are left out.

Cost
    A look at the names, in the steps examined and at the start of epochs.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

from torch.optim import Optimizer

from goodfit.checks.engine.events import Epoch, NewOptimiser, Step, WatchEnds
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

RATE_NAMES = frozenset({"lr", "learning_rate", "learningrate", "rate", "l_rate"})


class RateMisplaced(LiveRule):
    code, level = "GF323", Level.ERROR
    sleepless = (Epoch,)

    def start(self) -> None:
        self.defaults: weakref.WeakKeyDictionary[Optimizer, Any] = weakref.WeakKeyDictionary()  # the rate, when made
        self.reported: weakref.WeakSet[Optimizer] = weakref.WeakSet()

    def on_new(self, event: NewOptimiser) -> None:
        self.defaults[event.optimiser] = event.optimiser.defaults.get("lr")

    def on_step(self, event: Step) -> Iterator[Finding]:
        if isinstance(event.optimiser, Optimizer):
            yield from self._look(event.optimiser)

    def on_pause(self, event: Epoch | WatchEnds) -> Iterator[Finding]:
        for optimiser in list(self.program.optimisers):
            yield from self._look(optimiser)

    def _look(self, optimiser: Optimizer) -> Iterator[Finding]:
        if optimiser in self.reported or not type(optimiser).__module__.startswith("torch.optim"):
            return
        rates = [group.get("lr") for group in optimiser.param_groups]
        misplaced = [
            (f"the attribute {name}", value) for name, value in vars(optimiser).items() if _is_rate(name, value, rates)
        ]
        known = {*optimiser.defaults, "params"}
        misplaced += [
            (f"an entry {name!r} in its groups", value)
            for group in optimiser.param_groups
            for name, value in group.items()
            if name not in known and _is_rate(str(name), value, rates)
        ]
        default, first = optimiser.defaults.get("lr"), self.defaults.get(optimiser)
        if optimiser in self.defaults and isinstance(default, float) and default != first and default not in rates:
            misplaced.append(("a new value of defaults['lr']", default))
        if misplaced:
            self.reported.add(optimiser)
            place = self.program.made_at(optimiser)
            what, value = misplaced[0]
            yield self.finding(
                f"{type(optimiser).__name__} has {what} ({value:g}), which it does not read: its learning rate is "
                f"{rates[0]:g}",
                "Set the rate in every group: for group in optimizer.param_groups: group['lr'] = rate",
                file=place.file,
                line=place.line,
            )


def _is_rate(name: str, value: Any, rates: list[Any]) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and name.lower() in RATE_NAMES and value not in rates
