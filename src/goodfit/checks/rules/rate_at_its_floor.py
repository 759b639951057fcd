"""rate-at-its-floor: the lowest learning rate that a scheduler may set is the one that training starts with.

What it checks
    ReduceLROnPlateau is stepped three times at least, and its min_lr is never below the rate of any group; or the
    eta_min of a cosine is not below the rates that it starts from. Not where another scheduler that the same line made
    has room below its rate, as in a search of rates.

Why it hurts
    The schedule changes nothing, or raises the rate where it should fall. Training stays at its first rate to the end,
    and a plateau is waited for in vain.

Example
    optimizer = Adam(net.parameters(), lr=1e-3)
    scheduler = ReduceLROnPlateau(optimizer, min_lr=1e-3)

Instead
    scheduler = ReduceLROnPlateau(optimizer, min_lr=1e-6)

When it is a false alarm
    A schedule that is switched off by its floor.

Cost
    The rates, at each step of a scheduler.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch.optim.lr_scheduler import CosineAnnealingLR, CosineAnnealingWarmRestarts, ReduceLROnPlateau

from goodfit.checks.engine.events import Schedule, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

STEPS_AT_LEAST = 3  # of a scheduler
SAME = 1e-6  # relative


@dataclass
class _Floored:
    """A scheduler with a floor: its steps, and whether any rate was above the floor."""

    name: str
    floor: str  # the name of the argument
    place: Place
    lowest: float
    rate: float  # at the first of its steps
    steps: int = 0
    has_room: bool = False


class RateAtItsFloor(LiveRule):
    code, level = "GF560", Level.WARNING
    sleepless = (Schedule,)

    def start(self) -> None:
        self.index: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.schedulers: list[_Floored] = []

    def on_schedule(self, event: Schedule) -> None:
        scheduler = event.scheduler
        floors, rates = _floors(scheduler), _rates(scheduler)
        if not floors or (event.first and event.value is None):
            return
        if scheduler not in self.index:
            self.index[scheduler] = len(self.schedulers)
            name = "min_lr" if isinstance(scheduler, ReduceLROnPlateau) else "eta_min"
            self.schedulers.append(_Floored(type(scheduler).__name__, name, user_place(), floors[0], rates[0]))
        known = self.schedulers[self.index[scheduler]]
        known.steps += 1
        known.has_room = known.has_room or any(
            rate * (1 - SAME) > floor for rate, floor in zip(rates, floors, strict=False)
        )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        with_room = {each.place for each in self.schedulers if each.has_room}
        for each in self.schedulers:
            if each.has_room or each.place in with_room or each.steps < STEPS_AT_LEAST or not each.rate > 0:
                continue
            with_room.add(each.place)  # once a line
            yield self.finding(
                f"{each.name} has {each.floor}={number(each.lowest, 3)}, and the learning rate starts at "
                f"{number(each.rate, 3)}: it can never be lowered",
                f"Give a lower floor, such as {each.floor}={number(each.rate / 1000, 3)}, or none",
                file=each.place.file,
                line=each.place.line,
            )


def _floors(scheduler: Any) -> list[float]:
    """The lowest rate of each group that a scheduler may set; none where it is of another kind."""
    if isinstance(scheduler, ReduceLROnPlateau):
        floors = getattr(scheduler, "min_lrs", [])
    elif isinstance(scheduler, CosineAnnealingLR | CosineAnnealingWarmRestarts):
        floors = [scheduler.eta_min] * len(scheduler.optimizer.param_groups)
    else:
        return []
    return [float(each) for each in floors]


def _rates(scheduler: Any) -> list[float]:
    """The highest rate of each group that is known: a training that is resumed may stand at the floor by right."""
    groups = scheduler.optimizer.param_groups
    usual = getattr(scheduler.optimizer, "defaults", {}).get("lr", 0.0)  # one around another may have none
    return [max(float(usual), float(group["lr"]), float(group.get("initial_lr", 0.0))) for group in groups]
