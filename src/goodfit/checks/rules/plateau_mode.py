"""plateau-mode: ReduceLROnPlateau waits for the wrong direction.

What it checks
    With mode="min" it is given an accuracy: at least four values between 0 and 1 (or 100), each a ratio of counts, that
    rise while the training loss falls, or whose name in the program says accuracy. With mode="max" it is given a loss:
    positive values that are no ratios and fall with the training loss.

Why it hurts
    Every improvement counts as none. After `patience` epochs the learning rate is divided by ten, again and again,
    while the net is still learning.

Example
    scheduler = ReduceLROnPlateau(optimizer)            # mode="min"
    scheduler.step(accuracy)

Instead
    scheduler = ReduceLROnPlateau(optimizer, mode="max")

When it is a false alarm
    An error rate that rises while the training loss falls, from the first epoch on.

Cost
    A number is noted in each epoch.
"""

from __future__ import annotations

import linecache
import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from goodfit.checks.engine.events import Schedule, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

VALUES_AT_LEAST = 4
ACCURACY = lazy_pattern(r"(^|[_.])(acc|accuracy|auc|auroc|f1|dice|m?iou|m?ap|precision|recall)($|_)", re.IGNORECASE)
RIGHT_WAY_SHARE = 0.6  # of the changes from value to value
COUNTS_AT_MOST = 20_000  # of a ratio in double precision; of one in single precision:
COUNTS_AT_MOST_SINGLE = 500


@dataclass
class Watched:
    """What a scheduler was given."""

    mode: str
    place: Place
    is_accuracy: bool  # by the name of what it is given
    values: list[float] = field(default_factory=list)


class PlateauMode(LiveRule):
    code, level = "GF317", Level.WARNING
    sleepless = (Schedule,)

    def start(self) -> None:
        self.index: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self.schedulers: list[Watched] = []

    def on_schedule(self, event: Schedule) -> None:
        if event.value is None:
            return
        if event.scheduler not in self.index:
            self.index[event.scheduler] = len(self.schedulers)
            self.schedulers.append(Watched(event.scheduler.mode, user_place(), _is_accuracy(user_place())))
        self.schedulers[self.index[event.scheduler]].values.append(event.value)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        losses = self.program.losses
        recent = sum(losses.last) / max(1, len(losses.last))
        is_learning = recent < losses.first
        for scheduler in self.schedulers:
            values = np.array(scheduler.values)
            if len(values) < VALUES_AT_LEAST or not np.isfinite(values).all():
                continue
            ratios = all(_is_ratio(value) for value in scheduler.values)
            bounded = values.min() >= 0 and (values.max() <= 1 or 1.5 < values.max() <= 100)
            if not is_learning and not scheduler.is_accuracy:
                continue
            if scheduler.mode == "min" and ratios and bounded and (scheduler.is_accuracy or _goes(values)):
                why = "by its name" if scheduler.is_accuracy else "ratios of counts that rise"
                what, right = f"an accuracy, {why},", "max"
            elif scheduler.mode == "max" and not ratios and values.min() > 0 and _goes(-values):
                what, right = "a loss: it falls", "min"
            else:
                continue
            yield self.finding(
                f'ReduceLROnPlateau with mode="{scheduler.mode}" is given {what} from {number(values[0], 3)} to '
                f"{number(values[-1], 3)}; each improvement counts as a plateau",
                f'Make it with mode="{right}"',
                file=scheduler.place.file,
                line=scheduler.place.line,
            )


def _is_accuracy(place: Place) -> bool:
    """Whether a line gives a scheduler a name, as it is, that says accuracy."""
    line = linecache.getline(place.file, place.line).strip() if place.file and place.line else ""
    given = re.search(r"\.step\((?:metrics\s*=\s*)?([\w.]+)\)", line)
    return given is not None and bool(ACCURACY.search(given[1]))


def _goes(values: np.ndarray) -> bool:
    """Whether the values rise: most changes, the later half above the earlier one, and the best one late."""
    changes = np.diff(values)
    half = len(values) // 2
    mostly = float((changes > 0).mean()) >= RIGHT_WAY_SHARE * float((changes != 0).mean())
    return bool(mostly and values[half:].mean() > values[:half].mean() and values.argmax() >= half)


def _is_ratio(value: float) -> bool:
    """Whether a number is a ratio of counts, as exactly as its precision tells; a random one is not."""
    for scaled in (value, value / 100):
        single = float(np.float32(scaled)) == scaled or float(np.float32(value)) == value
        closest = Fraction(scaled).limit_denominator(COUNTS_AT_MOST_SINGLE if single else COUNTS_AT_MOST)
        if abs(float(closest) - scaled) <= (1e-7 if single else 1e-12):
            return True
    return False
