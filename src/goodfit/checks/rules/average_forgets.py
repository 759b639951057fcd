"""average-forgets: a moving average of weights takes nearly all of each new value, and keeps next to nothing.

What it checks
    A net that no optimiser trains follows, after each step, one that is trained and has the same parameters:
    new = c * weights + (1 - c) * old, with one c of at least 0.8 for all values, and less than 1. Four times, with c
    the same. The net need not be called: it is also looked for in the program's variables, in attributes of its objects
    and among the parts of its nets, as are dicts and lists of tensors of the shapes of a net's parameters.

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
from typing import Any

from torch import Tensor, nn

from goodfit.checks.engine.events import NetCall, Step
from goodfit.checks.engine.kept_weights import (
    Kept,
    first_large,
    first_of_shape,
    holds,
    kept_weights,
    some_values,
    weights_in,
)
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

CALLS_KEPT = 12  # nets
LOOKS = (1, 2)  # steps at which variables are looked at
FOLLOWED_FOR = 12  # steps: no longer are the program's objects kept
FACTOR_AT_LEAST = 0.8
FACTOR_BELOW = 0.9999  # a copy
SAME_FACTOR = 0.01
TIMES_AT_LEAST = 4
MOVED_AT_LEAST = 1e-5  # of a value, for its factor to be known


@dataclass
class Follower:
    """Weights and those that they follow.

    Attributes:
        source: the weight of the trained net that is compared.
        average, weights: first values of the follower and of the source, as they were after the last step.
        factor: that the last updates had.
    """

    source: weakref.ref[Tensor]
    average: Tensor
    weights: Tensor
    step: int
    factor: float = 0.0
    times: int = 0


class AverageForgets(LiveRule):
    code, level = "GF439", Level.WARNING

    def start(self) -> None:
        self.called: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.kept: list[Kept] = []
        self.followers: weakref.WeakKeyDictionary[nn.Module, Follower] = weakref.WeakKeyDictionary()
        self.others: dict[int, Follower] = {}  # by the place in `kept`
        self.reported = False

    def on_call(self, event: NetCall) -> None:
        if len(self.called) < CALLS_KEPT:
            self.called.add(event.module)

    def on_step(self, event: Step) -> Iterator[Finding]:
        if self.reported:
            return
        if self.program.steps in LOOKS:
            self._look()
        elif self.program.steps > FOLLOWED_FOR:
            self.kept.clear()
        if len(self.called) < 2 and not self.kept:
            return
        optimised = self.program.optimised()
        everything = [*self.called, *(kept.now() for kept in self.kept)]
        held = {id(each): weights_in(each) for each in everything}
        is_trained = {at: any(id(weight) in optimised for weight in weights) for at, weights in held.items()}
        trained = [held[at] for at in held if is_trained[at]]
        known: Follower | None
        for net in [each for each in self.called if held[id(each)] and not is_trained[id(each)]]:
            known = self._follow(self.followers.get(net), held[id(net)], trained)
            if known is not None:
                self.followers[net] = known
                yield from self._report(known, net)
        for at, kept in enumerate(self.kept):
            now = kept.now()
            weights = weights_in(now)
            if not weights or is_trained.get(id(now), True) or now in self.called:
                continue
            known = self._follow(self.others.get(at), weights, trained)
            if known is not None:
                self.others[at] = known
                yield from self._report(known, now if isinstance(now, nn.Module) else kept.name)

    def _look(self) -> None:
        places = {(id(kept.owner), kept.name, id(kept.value)) for kept in self.kept}
        for kept in kept_weights():
            key = id(kept.owner), kept.name, id(kept.value)
            if key not in places and weights_in(kept.value):
                places.add(key)
                self.kept.append(kept)

    def _follow(self, known: Follower | None, weights: list[Tensor], trained: list[list[Tensor]]) -> Follower | None:
        """What is known of weights after one more step; None where they follow none that are trained."""
        source = known.source() if known else _source(weights, trained)
        follower = None if source is None else first_of_shape(weights, source.shape)
        if source is None or follower is None or follower.data_ptr() == source.data_ptr():
            return known
        average, now = some_values(follower), some_values(source)
        if known is None:
            return Follower(weakref.ref(source), average, now, self.program.steps)
        if known.step + 1 == self.program.steps:
            _compare(known, average)
        known.average, known.weights, known.step = average, now, self.program.steps
        return known

    def _report(self, known: Follower, what: Any) -> Iterator[Finding]:
        if known.times < TIMES_AT_LEAST or self.reported:
            return
        self.reported = True
        self.kept.clear()
        name = what if isinstance(what, str) else type(what).__name__
        yield self.finding(
            f"after each step, {name} becomes {number(known.factor, 3)} times the trained weights plus "
            f"{number(1 - known.factor, 2)} times its own: it averages nothing",
            "Turn the two factors: the old average keeps most of its weight (0.99), the new weights get the rest",
        )


def _compare(known: Follower, average: Tensor) -> None:
    """Whether the average has moved a part of the way to the weights, and how far."""
    gap, moved = known.weights - known.average, average - known.average
    sure = gap.abs() > MOVED_AT_LEAST * (1 + known.weights.abs())
    if int(sure.sum()) < 2 or not bool(moved.any()):  # it moves once in several steps, as of several optimisers
        return
    factors = moved[sure] / gap[sure]
    factor = float(factors.median())
    if float((factors - factor).abs().max()) > SAME_FACTOR or not FACTOR_AT_LEAST <= factor < FACTOR_BELOW:
        known.times = 0
        return
    known.times = known.times + 1 if abs(factor - known.factor) < SAME_FACTOR else 1
    known.factor = factor


def _source(weights: list[Tensor], trained: list[list[Tensor]]) -> Tensor | None:
    """The first large weight of the one trained net, the largest for whose parameters there are such tensors."""
    fitting = [each for each in trained if holds(weights, each)]
    most = max(map(len, fitting), default=0)
    large = [first_large(each) for each in fitting if len(each) == most]
    same = {id(each): each for each in large if each is not None}
    return next(iter(same.values())) if len(same) == 1 else None
