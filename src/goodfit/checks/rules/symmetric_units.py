"""symmetric-units: all units of a layer are equal, and training cannot make them different.

What it checks
    After the first step all rows of a layer's weight are equal, and at the end they still are, although the weight was
    trained: it moved; or several such weights got gradients that were exactly 0. For recurrent layers the rows of each
    gate are compared.

Why it hurts
    Units with equal weights compute the same, get the same gradient, and stay equal: a layer of 512 units has the
    capacity of one. With all weights at zero there is no gradient at all below the last layer.

Example
    nn.init.constant_(layer.weight, 0.02)

Instead
    nn.init.xavier_uniform_(layer.weight)               # or what the layer came with

When it is a false alarm
    None is known: a last layer that begins at zero becomes different in its first step.

Cost
    The rows of each weight are compared after the first step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from goodfit.checks.engine.events import Step, WatchEnds
from goodfit.checks.engine.modules import own_parameter
from goodfit.checks.engine.nested import tensors
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 5
EQUAL_SHARE = 1e-3  # of the movement of the weight, or of its size: rounding lets rows drift apart a little
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}


@dataclass
class Suspect:
    """A weight whose rows were equal after its first step: few are, so these are kept to the end."""

    param: Tensor
    name: str
    gates: int
    first: Tensor  # one row
    steps: int = 0
    gradient: float = 0.0  # the largest that was seen


class SymmetricUnits(LiveRule):
    code, level = "GF320", Level.ERROR
    yields_to = ("loss-detached",)

    def start(self) -> None:
        self.suspects: dict[int, Suspect] = {}
        self.known: set[int] = set()
        self.place = Place(None, None)  # where the optimiser of the first suspect was made

    def on_step(self, event: Step) -> None:
        fresh = {id(param) for param in event.params} - self.known
        if fresh:
            self.known |= fresh
            for net in self.program.nets:
                for name, param, gates in _weights(net):
                    if id(param) not in fresh or id(param) in self.suspects or not list(tensors(param)):
                        continue
                    if _equal(param, gates, _size(param)):
                        self.place = self.program.made_at(event.optimiser)
                        first = param.detach().flatten(1)[0].clone()
                        self.suspects[id(param)] = Suspect(param, name, gates, first)
        for param in event.params if self.suspects else ():
            suspect = self.suspects.get(id(param))
            if suspect is not None and param.grad is not None:
                suspect.steps += 1
                suspect.gradient = max(suspect.gradient, float(param.grad.abs().max()))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        moving: list[str] = []
        still: list[str] = []
        for suspect in self.suspects.values():
            param = suspect.param
            if suspect.steps < STEPS_AT_LEAST or not param.requires_grad:
                continue
            moved = float((param.detach().flatten(1)[0] - suspect.first).abs().max())
            if (moved > 0 or suspect.gradient == 0) and _equal(param, suspect.gates, max(moved, _size(param))):
                (moving if moved > 0 else still).append(f"{suspect.name} ({len(param) // suspect.gates} units)")
        names = moving + (still if moving or len(still) > 1 else [])  # one alone may lie where nothing pulls at it
        if names:
            yield self.finding(
                f"all units of {', '.join(names[:3])} have the same weights after {self.program.steps} steps, because "
                "they began with the same: each such layer has the capacity of a single unit",
                "Begin with random weights: nn.init.xavier_uniform_ or kaiming_uniform_ in place of a constant",
                file=self.place.file,
                line=self.place.line,
            )


def _weights(net: nn.Module) -> Iterator[tuple[str, Tensor, int]]:
    """Weights with a row for each unit: name, weight, number of gates."""
    for path, module in net.named_modules():
        if isinstance(module, (nn.Linear, _ConvNd)) and not module.__dict__.get("transposed", False):
            weight = own_parameter(module, "weight")
            if getattr(module, "groups", 1) == 1 and weight is not None:
                yield f"{path}.weight".lstrip("."), weight, 1
        elif isinstance(module, nn.RNNBase):
            for name, param in module.named_parameters(recurse=False):
                if name.startswith("weight_ih"):
                    yield f"{path}.{name}".lstrip("."), param, GATES.get(module.mode.partition("_")[0], 1)


def _equal(param: Tensor, gates: int, scale: float) -> bool:
    """Whether all rows of each gate are equal, up to a small share of the scale."""
    rows = param.detach().flatten(1)
    if len(rows) % gates or len(rows) // gates < 2 or rows.is_meta or not torch.is_floating_point(rows):
        return False
    rows = rows.reshape(gates, len(rows) // gates, -1)
    first = rows[:, :1]
    if float((rows[:, 1:2] - first).abs().max()) > EQUAL_SHARE * scale:  # nearly always: two rows settle it
        return False
    return float((rows - first).abs().max()) <= EQUAL_SHARE * scale


def _size(param: Tensor) -> float:
    return float(param.detach().abs().max())
