"""checkpoint-of-the-average: what is saved to go on from holds the optimiser's state, and not the weights it steps.

What it checks
    What torch.save is given holds the state of an optimiser that has stepped, whose tensors are those of now, and
    weights of the same sizes, none of which are the parameters of that optimiser as they are. So at each save, and at
    two at least, or at one that an optimiser is loaded from.

Why it hurts
    The weights are an average of the net's, or those of another epoch. Who resumes continues from them with a momentum
    that belongs to others: the loss jumps, and the run is not the one that was interrupted.

Example
    torch.save({"model": ema.state_dict(), "optimizer": opt.state_dict()}, path)

Instead
    torch.save({"model": net.state_dict(), "ema": ema.state_dict(), "optimizer": opt.state_dict()}, path)

When it is a false alarm
    An optimiser's state that is kept to be looked at.

Cost
    A comparison of some weights with those that are saved, at each save.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import OptimiserLoaded, Weights
from goodfit.checks.engine.events_training import params_of
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SAVES_AT_LEAST, SAVES_AT_MOST = 2, 50
WEIGHTS_COMPARED = 3  # of an optimiser, the largest
VALUES_AT_LEAST = 16  # of a weight
DEPTH = 4  # of dicts in dicts


class CheckpointOfTheAverage(LiveRule):
    code, level = "GF482", Level.WARNING
    sleepless = (Weights, OptimiserLoaded)

    def start(self) -> None:
        self.without = 0  # saves that have an optimiser and other weights than its own
        self.saves = 0
        self.has_own = False
        self.place = Place(None, None)

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        if (
            event.action != "save"
            or self.has_own
            or self.saves >= SAVES_AT_MOST
            or not isinstance(event.state, Mapping)
        ):
            return
        self.saves += 1
        states = list(_optimiser_states(event.state))
        stepped = [each for each in list(self.program.optimisers) if isinstance(each, Optimizer)]
        for optimiser in stepped:
            if not any(_is_state_of(state, optimiser) for state in states):
                continue
            saved = [each for each in _weights(event.state) if each.numel() >= VALUES_AT_LEAST]
            own = sorted(params_of(optimiser), key=lambda param: -param.numel())[:WEIGHTS_COMPARED]
            own = [param for param in own if param.numel() >= VALUES_AT_LEAST]
            of_size = [[each for each in saved if each.shape == param.shape] for param in own]
            if not own or not all(of_size):
                continue
            if any(_equal(param, each) for param, alike in zip(own, of_size, strict=True) for each in alike):
                self.has_own = True
                return
            self.without += 1
            self.place = user_place()
            if self.without == SAVES_AT_LEAST:
                yield self._found()

    def on_load(self, event: OptimiserLoaded) -> Iterator[Finding]:
        if self.without == 1 and not self.has_own and self.program.steps:
            self.without = SAVES_AT_LEAST
            yield self._found()

    def _found(self) -> Finding:
        return self.finding(
            "what is saved has the state of an optimiser, and weights of the sizes of its net that are not the net's: "
            "who goes on from it starts elsewhere",
            "Save the net's own weights beside the average, and load each into its own",
            file=self.place.file,
            line=self.place.line,
        )


def _optimiser_states(value: Any, depth: int = DEPTH) -> Iterator[Mapping[str, Any]]:
    """States of optimisers in a dict of dicts."""
    if isinstance(value, Mapping) and depth:
        if "state" in value and "param_groups" in value:
            yield value
            return
        for each in value.values():
            yield from _optimiser_states(each, depth - 1)


def _weights(value: Any, depth: int = DEPTH) -> Iterator[Tensor]:
    """Tensors of a dict of dicts, without those of optimisers."""
    if isinstance(value, Mapping):
        if ("state" in value and "param_groups" in value) or not depth:
            return
        for each in value.values():
            yield from _weights(each, depth - 1)
    elif isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, Tensor))


def _is_state_of(saved: Mapping[str, Any], optimiser: Optimizer) -> bool:
    """Whether a state that is saved is this optimiser's, as it is now: it shares its tensors."""
    held = {each.data_ptr() for each in tensors(list(optimiser.state.values())) if each.dim()}
    return any(each.data_ptr() in held for each in tensors(list(saved["state"].values())) if each.dim())


def _equal(param: Tensor, saved: Tensor) -> bool:
    """Whether these are the weights as they are, perhaps rounded to the precision of what is saved."""
    return torch.equal(param.detach().to(device=saved.device, dtype=saved.dtype), saved.detach())
