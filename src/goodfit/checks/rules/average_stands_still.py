"""average-stands-still: a moving average of the weights has the weights of the first step for ever.

What it checks
    An average that is written to in step after step keeps its values to the last bit, while the weights that it
    follows move: a decay of exactly 1. Or a net that the program calls an average (ema, averaged, swa, ...), and whose
    values are those of a trained net before its first step, is evaluated several times and has not moved. Or a net is
    evaluated, more than once, with the very weights that it had before it was trained, and trains on with others.

Why it hurts
    What is evaluated, kept or followed as the average is a net that was never trained.

Example
    average.mul_(decay).add_(weight, alpha=1 - decay)          # decay = 1.0; or the update is never reached

Instead
    decay = 0.999, and a call of the update after each step

When it is a false alarm
    An average that begins after more steps than were watched: let the program run on.

Cost
    A few values of nets that are evaluated, and of what is written in place, in the first steps.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import Averaged, NetCall, Step, WatchEnds, Write, params_of
from goodfit.checks.engine.user_frame import Place, names_of, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

AVERAGE = lazy_pattern(r"(^|_)(ema|swa|averaged?|avg|polyak|shadow|mean_teacher)(_|$)", re.IGNORECASE)
VALUES = 16
WRITTEN_AT_MOST = 4  # tensors that are followed
STEPS_AT_LEAST = 4
MOVED_AT_LEAST = 1e-4  # of its largest value: less is lost in the rounding of an average
EVALUATIONS_AT_LEAST = 2
STEPS_BETWEEN = 5  # of the first and the last evaluation


@dataclass
class Written:
    """A tensor that is written to beside an optimised weight of its shape.

    Attributes:
        values: its first ones when it was seen first.
        weights: of the one that is written into it.
    """

    tensor: Tensor
    source: Tensor
    values: Tensor
    weights: Tensor
    steps: set[int]
    place: Place


@dataclass
class Evaluated:
    """A net, evaluated with the weights that a trained one had before its first step.

    Attributes:
        steps: of these evaluations.
        own: whether it is the trained one itself.
    """

    name: str
    steps: list[int]
    place: Place
    own: bool


class AverageStandsStill(LiveRule):
    code, level = "GF445", Level.WARNING
    sleepless = (Averaged,)

    def start(self) -> None:
        self.written: dict[int, Written] = {}  # by address
        self.averaged: weakref.WeakKeyDictionary[nn.Module, tuple[Tensor, int]] = weakref.WeakKeyDictionary()
        # the first values of nets, as first seen, before the first step
        self.first: weakref.WeakKeyDictionary[nn.Module, Tensor] = weakref.WeakKeyDictionary()
        self.trained_on: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # seen in training with other weights
        self.evaluated: dict[int, Evaluated] = {}
        self.names: dict[tuple[int, Place], str] = {}  # of nets that are evaluated at a line
        self.spoken = False

    def on_write(self, event: Write) -> None:
        tensor = event.tensor
        if len(self.written) >= WRITTEN_AT_MOST or tensor.numel() < VALUES or not self.program.steps:
            if (known := self.written.get(tensor.data_ptr())) is not None:
                known.steps.add(self.program.steps)
            return
        source = self._weight_of(event)
        if source is not None and tensor.data_ptr() not in self.written:
            kept = Written(tensor.detach(), source, _values(tensor), _values(source), set(), user_place())
            self.written[tensor.data_ptr()] = kept
        elif tensor.data_ptr() in self.written:
            self.written[tensor.data_ptr()].steps.add(self.program.steps)

    def _weight_of(self, event: Write) -> Tensor | None:
        """The optimised weight that is most like what is written to, which is no weight itself, nor a gradient.

        A bias before a batch norm has no gradient: its average stands still with it, beside others of its shape.
        """
        same = [
            param
            for optimiser in list(self.program.optimisers)
            for param in params_of(optimiser)
            if param.shape == event.tensor.shape
        ]
        own = {param.data_ptr() for param in same} | {param.grad.data_ptr() for param in same if param.grad is not None}
        now = _values(event.tensor)
        if not same or event.tensor.data_ptr() in own or not bool(now.any()):
            return None
        return min((param.detach() for param in same), key=lambda each: float((_values(each) - now).abs().max()))

    def on_step(self, event: Step) -> Iterator[Finding]:
        for known in self.written.values():
            if self.spoken or len(known.steps) < STEPS_AT_LEAST:
                continue
            is_still = torch.equal(_values(known.tensor), known.values)
            moved = float((_values(known.source) - known.weights).abs().max())
            if is_still and moved > MOVED_AT_LEAST * float(known.weights.abs().max()):
                self.spoken = True
                yield self.finding(
                    f"an average of weights was written to in {len(known.steps)} steps and has not changed at all, "
                    "while the weights have: its decay is 1",
                    "A decay below 1, such as 0.999",
                    file=known.place.file,
                    line=known.place.line,
                )

    def on_average(self, event: Averaged) -> Iterator[Finding]:
        param = next((each for each in event.module.module.parameters() if each.numel() >= VALUES), None)
        if param is None or self.spoken:
            return
        count = int(event.module.n_averaged)
        values, since = self.averaged.setdefault(event.module, (_values(param), count))
        if count - since >= STEPS_AT_LEAST and torch.equal(values, _values(param)) and self._have_moved(values):
            self.spoken = True
            yield self.finding(
                f"an AveragedModel has taken weights {count - since + 1} times and has not changed at all: its "
                "decay is 1",
                "A decay below 1, such as get_ema_multi_avg_fn(0.999)",
            )

    def _have_moved(self, values: Tensor) -> bool:
        """Whether a trained weight that once had these values has others now."""
        return any(
            torch.equal(first, values) and not torch.equal(first, _of(net))
            for net, first in list(self.first.items())
            if len(first) == len(values)
        )

    def on_call(self, event: NetCall) -> None:
        net = event.module
        if event.grad and (net in self.trained_on or (self.program.steps and net not in self.first)):
            if id(net) in self.evaluated and torch.equal(_of(net), self.first[net]):
                del self.evaluated[id(net)]  # it trains on from its first weights: they were put back on purpose
            return
        now = _of(net)
        if not len(now):
            return
        if net not in self.first and not self.program.steps:
            self.first[net] = now
        if event.grad or not self.program.steps:
            if net in self.first and not torch.equal(now, self.first[net]):
                self.trained_on.add(net)
            return
        optimised = self.program.optimised()
        own = any(id(param) in optimised for param in net.parameters())
        known = self.evaluated.get(id(net))
        if own and net not in self.trained_on:
            return
        is_first = torch.equal(now, self.first[net]) if own and net in self.first else not own and self._have_moved(now)
        name = self._name_of(net) if is_first and not own else ""
        if is_first and (own or name):
            if known is None:
                known = self.evaluated[id(net)] = Evaluated(name or type(net).__name__, [], user_place(), own)
            if self.program.steps not in known.steps:
                known.steps.append(self.program.steps)
        elif known is not None and not own:
            del self.evaluated[id(net)]  # it moves after all

    def _name_of(self, net: nn.Module) -> str:
        """What the program calls an average, "" where that is no name of one: asked once at each line."""
        key = id(net), user_place()
        if key not in self.names:
            self.names[key] = next((name for name in sorted(names_of(net)) if AVERAGE.search(name)), "")
        return self.names[key]

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for known in self.evaluated.values():
            if len(known.steps) < EVALUATIONS_AT_LEAST or known.steps[-1] - known.steps[0] < STEPS_BETWEEN:
                continue
            if self.spoken:
                return
            self.spoken = True
            what = "is evaluated with the weights that it had" if known.own else "has the weights of the net as it was"
            yield self.finding(
                f"{known.name} {what} before the first step, {len(known.steps)} times up to step {known.steps[-1]}: "
                "the average that it is meant to have has never begun",
                "Update the average after each step, with a decay below 1",
                file=known.place.file,
                line=known.place.line,
            )


def _of(net: nn.Module) -> Tensor:
    """Some values of a net's first weight that is large enough."""
    for param in net.parameters():
        if (
            not is_lazy(param)
            and param.numel() >= VALUES
            and param.layout is torch.strided
            and param.is_floating_point()
        ):
            return _values(param)
    return torch.empty(0)


def _values(param: Tensor) -> Tensor:
    return param.detach().flatten()[:VALUES].cpu().clone()
