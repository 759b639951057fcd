"""loaded-weights-replaced: weights were loaded into a net, and are given new values before the first step.

What it checks
    Most of the weights that load_state_dict has loaded into a net, or a part of it, have other values, with nothing in
    common with those that were loaded, when gradients are first computed, an optimiser is made or is about to step, and
    no optimiser has stepped in between.

Why it hurts
    The net starts from random weights and is believed to be pretrained.

Example
    model.load_state_dict(torch.load("pretrained.pt")); model.apply(init_weights)

Instead
    model.apply(init_weights); model.load_state_dict(torch.load("pretrained.pt"))

When it is a false alarm
    Weights that are loaded to be read, and replaced on purpose.

Cost
    A few values of each weight at a load, at the optimiser that is made after it, and at the first backward pass.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from goodfit.checks.engine.events import BackwardBegins, NewOptimiser, StepBegins, Weights
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

VALUES = 64
LOADS_AT_MOST = 50  # of more, as of a target net in every step, none is looked at
VALUES_AT_LEAST = 16
REPLACED_AT_LEAST = 0.6  # of the weights
COMMON_BELOW = 0.5  # correlation of what was loaded with what is there


@dataclass
class Load:
    """A load that no backward pass has followed yet.

    Attributes:
        values: by name of the parameter, some of those that were loaded.
    """

    net: weakref.ref[nn.Module]
    values: dict[str, Tensor]
    place: Place
    step: int


class LoadedWeightsReplaced(LiveRule):
    code, level = "GF440", Level.WARNING
    sleepless = (Weights, NewOptimiser, StepBegins)

    def start(self) -> None:
        self.loads: list[Load] = []
        self.loads_seen = 0

    def on_weights(self, event: Weights) -> None:
        if event.action != "load_state_dict" or event.module is None or not isinstance(event.state, dict):
            return
        self.loads_seen += 1
        if self.loads_seen > LOADS_AT_MOST:
            return
        net = event.module
        inner = {id(part) for part in net.modules()}
        self.loads = [load for load in self.loads if (known := load.net()) is not None and id(known) not in inner]
        if any(param.grad is not None for param in net.parameters()):
            return
        loaded = {
            name: sample
            for name, param in net.named_parameters()
            if not is_lazy(param) and len(sample := _sample(event.state.get(name), param))
        }
        if loaded:
            self.loads.append(Load(weakref.ref(net), loaded, user_place(), self.program.steps))

    def on_begin(self, event: BackwardBegins | StepBegins | NewOptimiser) -> Iterator[Finding]:
        """Training begins; where an optimiser is made, weights may be set anew after that, and are looked at again."""
        if not self.loads:
            return
        loads, self.loads = self.loads, []
        for load in loads:
            net = load.net()
            if net is None or load.step != self.program.steps:
                continue
            params = dict(net.named_parameters())
            now = {name: _sample(params.get(name), params.get(name)) for name in load.values}
            replaced = [name for name, values in load.values.items() if _is_other(values, now[name])]
            if len(replaced) >= REPLACED_AT_LEAST * len(load.values):
                yield self.finding(
                    f"{len(replaced)} of the {len(load.values)} weights that are loaded into {type(net).__name__} have "
                    "other values when training begins: they were given new ones after the load",
                    "Load the weights last, after everything that sets weights anew",
                    file=load.place.file,
                    line=load.place.line,
                )
            elif isinstance(event, NewOptimiser):
                self.loads.append(load)


def _sample(value: object, param: Tensor | None) -> Tensor:
    """Some values of a weight of two dimensions or more; none of others."""
    if not isinstance(value, Tensor) or param is None or value.shape != param.shape or value.dim() < 2:
        return torch.empty(0)
    if not value.is_floating_point() or value.is_meta or value.numel() < VALUES_AT_LEAST or is_lazy(value):
        return torch.empty(0)
    return value.detach().flatten()[:VALUES].double().cpu().clone()


def _is_other(before: Tensor, now: Tensor) -> bool:
    """Whether the two have nothing in common; constants tell nothing."""
    if len(before) != len(now) or torch.equal(before, now) or not float(before.std()) or not float(now.std()):
        return False
    return abs(float(torch.corrcoef(torch.stack([before, now]))[0, 1])) < COMMON_BELOW
