"""option-given-in-vain: an optimiser is given a momentum, betas or eps, and each of its groups has another one.

What it checks
    Of an optimiser that has just been made: an option that was given and is not the default of its class, while every
    group of parameters was given another value of it by itself.

Why it hurts
    What was chosen is used nowhere. The option in the configuration changes nothing, and a search over it compares runs
    that are the same.

Example
    SGD([{"params": biases, "momentum": 0.8}, {"params": weights, "momentum": 0.8}], lr=0.1, momentum=0.937)

Instead
    SGD([{"params": biases, "weight_decay": 0.0}, {"params": weights}], lr=0.1, momentum=0.937)

When it is a false alarm
    A default that is kept for groups that are added later.

Cost
    A look at the options of each optimiser that is made.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from goodfit.checks.engine.events import NewOptimiser
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

OPTIONS = ("momentum", "betas", "eps", "alpha", "dampening")


class OptionGivenInVain(LiveRule):
    code, level = "GF481", Level.WARNING

    def on_new(self, event: NewOptimiser) -> Iterator[Finding]:
        optimiser = event.optimiser
        given, known = getattr(optimiser, "defaults", {}), inspect.signature(type(optimiser).__init__).parameters
        for name in OPTIONS:
            if name not in given or name not in known or given[name] == known[name].default:
                continue
            values = [group.get(name) for group in optimiser.param_groups]
            if values and all(value is not None and value != given[name] for value in values):
                own = ", ".join(str(value) for value in dict.fromkeys(map(str, values)))
                yield self.finding(
                    f"{type(optimiser).__name__} is given {name}={given[name]}, and each of its groups has a value of "
                    f"its own: {own}",
                    f"Leave {name} out of the groups, or out of the optimiser",
                )
