"""optimiser-not-resumed: a run goes on from a checkpoint without the optimiser's state that is in it.

What it checks
    torch.load gives a dictionary with the weights of a net and the state of an optimiser; the weights are loaded, the
    state is not, and an optimiser with as many parameters, the same settings and the same learning rate goes on.

Why it hurts
    Adam's averages begin at zero again, and so does momentum: the loss jumps after each resumption, and a run in two
    parts is another one than in one part.

Example
    checkpoint = torch.load(path)
    net.load_state_dict(checkpoint["net"])

Instead
    net.load_state_dict(checkpoint["net"])
    optimizer.load_state_dict(checkpoint["optimizer"])

When it is a false alarm
    Weights that are to begin another training of the same settings.

Cost
    A look at what is loaded.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from goodfit.checks.engine.events import Loaded, OptimiserLoaded, Step, WatchEnds, Weights
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 5
DEPTH = 3  # of dictionaries and lists within what was loaded


@dataclass
class Kept:
    """A checkpoint with the state of an optimiser in it.

    Attributes:
        groups: of the optimiser's state.
        rest: its other tensors, as long as they are there: others may lie where one has been.
        begun: optimisers that had stepped before: they go on with what they know.
        nets: into which some of these were loaded.
        steps: of optimisers that could have gone on from it.
    """

    groups: list[dict[str, Any]]
    rest: list[weakref.ref[Tensor]]
    place: Place
    begun: set[int]
    nets: weakref.WeakSet[nn.Module] = field(default_factory=weakref.WeakSet)
    steps: int = 0


class OptimiserNotResumed(LiveRule):
    code, level = "GF326", Level.WARNING
    sleepless = (Loaded, OptimiserLoaded, Weights, Step)

    def start(self) -> None:
        self.checkpoints: list[Kept] = []

    def on_loaded(self, event: Loaded) -> None:
        states = list(_states(event.value, DEPTH))
        if len(states) == 1:  # of several, one cannot say whose is whose
            of_state = {tensor.data_ptr() for tensor in tensors(states[0])}
            every = (tensor for tensor in tensors(event.value) if tensor.numel())
            rest = [weakref.ref(tensor) for tensor in every if tensor.data_ptr() not in of_state]
            begun = {id(optimiser) for optimiser, state in self.program.optimisers.items() if state.steps}
            self.checkpoints.append(Kept(states[0]["param_groups"], rest, user_place(), begun))

    def on_optimiser_loaded(self, event: OptimiserLoaded) -> None:
        self.checkpoints = []  # the program knows of it

    def on_weights(self, event: Weights) -> None:
        if event.action == "load_state_dict" and event.module is not None and self.checkpoints:
            memory = {tensor.data_ptr() for tensor in tensors(event.state)}
            for kept in self.checkpoints:
                if any(tensor is not None and tensor.data_ptr() in memory for tensor in (ref() for ref in kept.rest)):
                    kept.nets.add(event.module)

    def on_step(self, event: Step) -> None:
        if not self.checkpoints:  # in nearly every step of nearly every program
            return
        if isinstance(event.optimiser, Optimizer):
            for kept in self.checkpoints:
                if kept.steps >= STEPS_AT_LEAST or id(event.optimiser) in kept.begun:
                    continue
                params = {id(param) for net in kept.nets for param in net.parameters()}
                if any(id(param) in params for param in event.params) and _alike(kept.groups, event.optimiser):
                    kept.steps += 1

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for kept in self.checkpoints:
            if kept.steps >= STEPS_AT_LEAST:
                yield self.finding(
                    "the checkpoint holds the state of an optimiser, which is not loaded: training goes on with the "
                    "loaded weights, the same settings, and averages that begin anew",
                    "Load it too: optimizer.load_state_dict(...)",
                    file=kept.place.file,
                    line=kept.place.line,
                )


def _states(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """State dictionaries of optimisers that keep something from step to step."""
    if isinstance(value, list | tuple) and depth:
        for inner in value:
            yield from _states(inner, depth - 1)
    if not isinstance(value, Mapping) or not depth:
        return
    if set(value) == {"state", "param_groups"} and value["state"]:
        yield dict(value)
        return
    for inner in value.values():
        yield from _states(inner, depth - 1)


def _alike(groups: list[dict[str, Any]], optimiser: Optimizer) -> bool:
    """Whether an optimiser has as many parameters and the same settings, but for what a schedule changes."""
    others = optimiser.param_groups
    return len(groups) == len(others) and all(
        len(one["params"]) == len(other["params"])
        and all(one.get(name) == other.get(name) for name in {*one, *other} - {"params", "lr", "initial_lr", "betas"})
        and one.get("initial_lr", one["lr"]) == other.get("initial_lr", other["lr"])
        for one, other in zip(groups, others, strict=True)
    )
