"""plateau-mode: ReduceLROnPlateau waits for the wrong direction.

What it checks
    With mode="min" it is given an accuracy: at least four values between 0 and 1 (or 100), each a ratio of counts, that
    rise while the training loss falls, or whose name in the program says accuracy; or values of such a name that rise
    and are no ratios, as an AUC. They may stand still later, as they do when the rate has been divided often enough.
    The name is also that of what a variable was set to. With mode="max" it is given a loss: positive values that are
    no ratios and fall with the training loss.

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

import ast
import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from goodfit.checks.engine.events import Schedule, WatchEnds
from goodfit.checks.engine.own_source import all_nodes, called, file_around, given, scope_around
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number
from goodfit.lazy_pattern import lazy_pattern

VALUES_AT_LEAST = 4
ACCURACY = lazy_pattern(r"(^|_)(acc|accuracy|auc|auroc|f1|dice|m?iou|m?ap|precision|recall)($|_)", re.IGNORECASE)
LOSS = lazy_pattern(r"loss|err|inverse|(^|_)(neg|minus|inv)(_|$)", re.IGNORECASE)  # acc_loss
NAMES_FOLLOWED = 2  # of variables that are set to another one
STILL_SHARE = 0.1  # of the rise: by how much the values vary after the best one
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
            rises, falls = _goes(values), _goes(-values)
            is_accuracy = (ratios and scheduler.is_accuracy) or (rises and (ratios or scheduler.is_accuracy))
            if scheduler.mode == "min" and bounded and is_accuracy:
                why = "by its name" if scheduler.is_accuracy else "ratios of counts that rise"
                what, right = f"an accuracy, {why},", "max"
            elif scheduler.mode == "max" and not ratios and values.min() > 0 and falls:
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
    """Whether what a line gives a scheduler has, as it is, a name that says accuracy."""
    line = place.line or 0
    calls = (node for node in all_nodes(file_around(place)) if isinstance(node, ast.Call) and called(node) == "step")
    for call in calls:
        values = [*call.args[:1], *(each.value for each in call.keywords if each.arg == "metrics")]
        if call.lineno <= line <= (call.end_lineno or 0) and values:
            nodes = [node for each in scope_around(place, whole_file=True) for node in all_nodes(each)]
            return _says_accuracy(values[0], list(given(nodes)))
    return False


def _says_accuracy(value: ast.expr, assigned: list[tuple[ast.expr, ast.expr]], followed: int = NAMES_FOLLOWED) -> bool:
    """Whether a name, an attribute, an entry or a function is called so, or a name is set to what is called so."""
    if isinstance(value, ast.IfExp):
        return any(_says_accuracy(each, assigned, followed) for each in (value.body, value.orelse))
    while isinstance(value, ast.Call) and called(value) in ("item", "float", "mean", "compute"):
        owner = value.func.value if isinstance(value.func, ast.Attribute) else None
        inner = value.args[0] if value.args else owner
        if inner is None:
            break
        value = inner
    while isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Constant | ast.JoinedStr):
        value = value.value  # the last one of a list: accuracies[-1]
    name = _name(value)
    if name and LOSS.search(name) is None and ACCURACY.search(name):
        return True
    if not isinstance(value, ast.Name) or not followed:
        return False
    return any(
        _says_accuracy(to, assigned, followed - 1)
        for target, to in assigned
        if isinstance(target, ast.Name) and target.id == value.id
    )


def _name(value: ast.expr) -> str:
    """The last name of a variable or function, or the key of an entry; "" of anything else."""
    if isinstance(value, ast.Subscript):
        if isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, str):
            return value.slice.value
        return _name(value.value)
    if isinstance(value, ast.Attribute):
        return value.attr
    return value.id if isinstance(value, ast.Name) else called(value)


def _goes(values: np.ndarray) -> bool:
    """Whether the values rise: most changes, the later half above the earlier one, and the best one late.

    Or the first is the lowest, and they stand still after the best one.
    """
    changes = np.diff(values)
    half, best = len(values) // 2, int(values.argmax())
    mostly = float((changes > 0).mean()) >= RIGHT_WAY_SHARE * float((changes != 0).mean())
    if not mostly or values[half:].mean() <= values[:half].mean():
        return False
    stands_still = float(np.ptp(values[best:])) <= STILL_SHARE * float(values[best] - values[0])
    return best >= half or (best > 1 and int(values.argmin()) == 0 and stands_still)


def _is_ratio(value: float) -> bool:
    """Whether a number is a ratio of counts, as exactly as its precision tells; a random one is not."""
    for scaled in (value, value / 100):
        single = float(np.float32(scaled)) == scaled or float(np.float32(value)) == value
        closest = Fraction(scaled).limit_denominator(COUNTS_AT_MOST_SINGLE if single else COUNTS_AT_MOST)
        if abs(float(closest) - scaled) <= (1e-7 if single else 1e-12):
            return True
    return False
