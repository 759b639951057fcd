"""trained-net-from-its-copy: the net that learns is loaded with the weights of its old copy, again and again.

What it checks
    A net that an optimiser moves is loaded with the weights of another net that gives targets without gradients. This
    happens twice with steps between, and the other net has not changed meanwhile.

Why it hurts
    The copy was to follow the net, and the net is thrown back to the copy: what it learnt since is gone each time, and
    the targets are those of the first weights for ever.

Example
    if step % 100 == 0: q_net.load_state_dict(target_net.state_dict())

Instead
    if step % 100 == 0: target_net.load_state_dict(q_net.state_dict())

When it is a false alarm
    Training that is begun again on purpose with the same optimiser.

Cost
    The places in memory of the weights that are loaded.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch import nn
from torch.optim import Optimizer

from goodfit.checks.engine.events import NetCall, Weights, params_of
from goodfit.checks.engine.nested import tensors
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 5  # between two times


class Loading(NamedTuple):
    """Of the last time: how often the weights of the copy had been written to, and the optimiser with its steps."""

    written: int
    optimiser: weakref.ref[Optimizer]
    steps: int


class TrainedNetFromItsCopy(LiveRule):
    code, level = "GF658", Level.ERROR
    sleepless = (Weights,)
    yields_to = ("loads-itself",)

    def start(self) -> None:
        self.asked: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # nets that are called without gradients
        self.last: weakref.WeakKeyDictionary[nn.Module, Loading] = weakref.WeakKeyDictionary()
        self.reported = False

    def on_call(self, event: NetCall) -> None:
        if not event.grad:
            self.asked.add(event.module)

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        net = event.module
        if event.action != "load_state_dict" or net is None or not isinstance(event.state, Mapping) or self.reported:
            return
        loaded = {value.data_ptr() for value in tensors(list(event.state.values()), 1) if value.numel()}
        source = next((each for each in self.asked if each is not net and _holds(each, loaded)), None)
        optimiser = self._optimiser_of(net)
        if source is None or optimiser is None or self._optimiser_of(source) is not None:
            return
        written = sum(param._version for param in source.parameters())
        steps, last = self.program.steps_of(optimiser), self.last.get(net)
        self.last[net] = Loading(written, weakref.ref(optimiser), steps)
        if last is None or last.optimiser() is not optimiser or last.written != written:
            return
        if last.steps and steps >= last.steps + STEPS_AT_LEAST:
            self.reported = True
            yield self.finding(
                f"{type(net).__name__} learns, and is loaded with the weights of its copy after {last.steps} and after "
                f"{steps} steps; the copy, which gives the targets, never changes",
                "Load the copy with the weights of the net that learns: target.load_state_dict(net.state_dict())",
            )

    def _optimiser_of(self, net: nn.Module) -> Optimizer | None:
        """The one that has stepped most with parameters of a net."""
        own = {id(param) for param in net.parameters()}
        moving = [
            (state.steps, optimiser)
            for optimiser, state in self.program.optimisers.items()
            if state.steps and any(id(param) in own for param in params_of(optimiser))
        ]
        return max(moving, key=lambda each: each[0])[1] if moving else None


def _holds(net: nn.Module, loaded: set[int]) -> bool:
    own = {param.data_ptr() for param in net.parameters()}
    return bool(own) and own <= loaded
