"""average-of-before-load: a moving average of the weights was copied before weights were loaded into the net.

What it checks
    A net that follows a trained one of the same shapes is seen to begin, nearer than half way, at the values that the
    trained one had before load_state_dict gave it others; and it moves towards the trained one's afterwards.

Why it hurts
    The average starts from random weights and needs thousands of steps to forget them: at a decay of 0.999, 1,000 steps
    later a third of it is still noise. A fine-tuned net looks worse than the one it started from.

Example
    ema = copy.deepcopy(net); net.load_state_dict(torch.load("pretrained.pt"))

Instead
    net.load_state_dict(torch.load("pretrained.pt")); ema = copy.deepcopy(net)

When it is a false alarm
    A second net that is meant to start elsewhere.

Cost
    A few values of nets into which weights are loaded, and of those that are called.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import NetCall, Weights
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

VALUES = 32
LOADS_KEPT = 8
CALLS_KEPT = 8  # nets
HALF_WAY = 0.5


@dataclass
class Load:
    """Weights that were loaded into a net.

    Attributes:
        before, loaded: its first values before, and the ones that it got.
    """

    net: weakref.ref[nn.Module]
    before: Tensor
    loaded: Tensor | None
    place: Place


class AverageOfBeforeLoad(LiveRule):
    code, level = "GF446", Level.WARNING
    sleepless = (Weights,)

    def start(self) -> None:
        self.loads: list[Load] = []
        # nets that began at the values of before a load, with their values then
        self.left_behind: weakref.WeakKeyDictionary[nn.Module, tuple[Load, Tensor]] = weakref.WeakKeyDictionary()
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_weights(self, event: Weights) -> None:
        if event.action == "load_state_dict" and event.module is not None and not self.program.steps:
            before = values_of(event.module)
            if len(self.loads) < LOADS_KEPT and len(before):
                self.loads.append(Load(weakref.ref(event.module), before, None, user_place()))

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        net = event.module
        for load in self.loads:
            if load.loaded is None and load.net() is net:
                load.loaded = values_of(net)
        if event.grad or not self.loads or len(self.examined) > CALLS_KEPT:
            return
        known = self.left_behind.pop(net, None)
        if known is not None:
            load, before = known
            trained, now = load.net(), values_of(net)
            if trained is not None and _distance(now, values_of(trained)) < _distance(before, values_of(trained)):
                yield self.finding(
                    f"the net that follows {type(trained).__name__} was copied before weights were loaded into "
                    "that: it started from the values that were replaced",
                    "Make the copy after load_state_dict, or load the weights into both",
                    file=load.place.file,
                    line=load.place.line,
                )
            elif trained is not None and torch.equal(now, before):
                self.left_behind[net] = known
        elif net not in self.examined:
            self.examined.add(net)
            self._examine(net)

    def _examine(self, net: nn.Module) -> None:
        optimised = self.program.optimised()
        if any(id(param) in optimised for param in net.parameters()):
            return
        now = values_of(net)
        for load in self.loads:
            if load.loaded is None or load.net() is net or now.shape != load.before.shape:
                continue
            moved = _distance(load.before, load.loaded)
            is_left = _distance(now, load.before) < HALF_WAY * moved and _distance(now, load.loaded) < 2 * moved
            if moved > 0 and is_left:
                self.left_behind[net] = (load, now)


def values_of(net: nn.Module) -> Tensor:
    """Some values of a net's first weight that is large enough."""
    for param in net.parameters():
        if not is_lazy(param) and param.numel() >= VALUES and param.layout is torch.strided:
            return param.detach().flatten()[:VALUES].double().cpu().clone()
    return torch.empty(0)


def _distance(a: Tensor, b: Tensor) -> float:
    return float((a - b).norm()) if a.shape == b.shape else float("inf")
