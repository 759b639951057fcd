"""average-forgets: a moving average of weights takes nearly all of each new value, and keeps next to nothing.

What it checks
    A net that no optimiser trains follows, after each step, one that is trained and has the same parameters:
    new = c * weights + (1 - c) * old, with one c of at least 0.8 for all values, and less than 1. Four times, with c
    the same.

Why it hurts
    The two factors are the wrong way round: what is meant to be an average over many steps is the last weights. A
    target net gives no steady targets, a teacher is the student, and the average smoothes nothing.

Example
    average.mul_(1 - decay).add_(weight, alpha=decay)          # decay = 0.99

Instead
    average.mul_(decay).add_(weight, alpha=1 - decay)

When it is a false alarm
    An average that is meant to follow at once. One whose factor changes, as at the start of a warm-up, is not reported.

Cost
    A few values of two nets in the first steps of programs with nets that are not trained.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import NetCall, Step
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

VALUES = 16
CALLS_KEPT = 12  # nets
FACTOR_AT_LEAST = 0.8
FACTOR_BELOW = 0.9999  # a copy
SAME_FACTOR = 0.01
TIMES_AT_LEAST = 4
MOVED_AT_LEAST = 1e-5  # of a value, for its factor to be known


@dataclass
class Follower:
    """A net and the one that it follows.

    Attributes:
        average, weights: its first values and those of the other, as they were after the last step.
        factor: that the last updates had.
    """

    net: weakref.ref[nn.Module]
    source: weakref.ref[nn.Module]
    average: Tensor
    weights: Tensor
    step: int
    factor: float = 0.0
    times: int = 0


class AverageForgets(LiveRule):
    code, level = "GF439", Level.WARNING

    def start(self) -> None:
        self.called: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.followers: weakref.WeakKeyDictionary[nn.Module, Follower] = weakref.WeakKeyDictionary()
        self.place = Place(None, None)
        self.reported = False

    def on_call(self, event: NetCall) -> None:
        if len(self.called) < CALLS_KEPT:
            self.called.add(event.module)

    def on_step(self, event: Step) -> Iterator[Finding]:
        if self.reported or len(self.called) < 2:
            return
        optimised = self.program.optimised()
        nets = [net for net in self.called if not any(is_lazy(param) for param in net.parameters())]
        trained = [net for net in nets if any(id(param) in optimised for param in net.parameters())]
        for net in nets:
            if net in trained:
                continue
            known = self.followers.get(net)
            source = known.source() if known else _source(net, trained)
            if source is None:
                continue
            average, weights = _values(net), _values(source)
            if known and len(average) == len(known.average) and known.step + 1 == self.program.steps:
                self._compare(known, average)
                if known.times >= TIMES_AT_LEAST:
                    self.reported = True
                    yield self._finding(known, net)
                    return
                known.average, known.weights, known.step = average, weights, self.program.steps
            elif known:
                known.average, known.weights, known.step = average, weights, self.program.steps
            else:
                refs = weakref.ref(net), weakref.ref(source)
                self.followers[net] = Follower(*refs, average, weights, self.program.steps)

    def _compare(self, known: Follower, average: Tensor) -> None:
        gap, moved = known.weights - known.average, average - known.average
        sure = gap.abs() > MOVED_AT_LEAST * (1 + known.weights.abs())
        if int(sure.sum()) < 2:
            return
        factors = moved[sure] / gap[sure]
        factor = float(factors.median())
        if float((factors - factor).abs().max()) > SAME_FACTOR or not FACTOR_AT_LEAST <= factor < FACTOR_BELOW:
            known.times = 0
            return
        known.times = known.times + 1 if abs(factor - known.factor) < SAME_FACTOR else 1
        known.factor = factor

    def _finding(self, known: Follower, net: nn.Module) -> Finding:
        return self.finding(
            f"after each step, {type(net).__name__} becomes {number(known.factor, 3)} times the trained weights plus "
            f"{number(1 - known.factor, 2)} times its own: it averages nothing",
            "Turn the two factors: the old average keeps most of its weight (0.99), the new weights get the rest",
        )


def _source(net: nn.Module, trained: list[nn.Module]) -> nn.Module | None:
    """The trained net whose parameters have the same shapes."""
    shapes = [param.shape for param in net.parameters()]
    same = [each for each in trained if [param.shape for param in each.parameters()] == shapes]
    return same[0] if len(same) == 1 else None


def _values(net: nn.Module) -> Tensor:
    """Some values of the first weight, in double precision."""
    for param in net.parameters():
        if param.is_floating_point() and param.numel() >= VALUES and param.layout is torch.strided:
            return param.detach().flatten()[:VALUES].double().cpu().clone()
    return torch.empty(0)
