"""parameter-not-optimised: parameters get gradients and no optimiser holds them.

What it checks
    At the end: trainable parameters that got gradients in at least three backwards, that no optimiser ever held, and
    whose values never changed, of a net of which other parameters are optimised, or which feeds one that is.

Why it hurts
    They keep their random initial values, and the rest of the net learns around them.

Example
    optimizer = torch.optim.Adam(model.encoder.parameters())     # and the decoder?
    model.fc = nn.Linear(512, 10)                                # after the optimiser was made

Instead
    Create the optimiser last, with model.parameters(); freeze a part with requires_grad_(False).

When it is a false alarm
    Parts that are frozen on purpose: use requires_grad_(False), which saves their gradients too. Nets that only score
    the output of an optimised one (a perceptual loss) are not reported.

Cost
    Names and flags of the parameters in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, BackwardEnded, Call, Step, WatchEnds
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BACKWARDS_AT_LEAST = 3
STEPS_AT_LEAST = 3
NO_NET = 0  # in the place of a net's id
NAMES_SHOWN = 3


@dataclass
class ParameterRecord:
    """Of a parameter: where it belongs, how often it had a gradient, and what it was when that was first seen."""

    param: weakref.ref[Tensor]
    name: str
    net: int
    backwards: int
    value: float


class ParameterNotOptimised(LiveRule):
    code, level = "GF302", Level.ERROR
    yields_to = ("loss-detached", "optimizer-never-steps", "unregistered-module", "scaler-never-steps")

    def start(self) -> None:
        self.records: dict[int, ParameterRecord] = {}
        self.order: list[int] = []  # nets since the last backward, as they were called
        self.feeds: set[tuple[int, int]] = set()  # (net, a net called after it)
        self.loss_nets: set[int] = set()  # nets that are given losses
        self.held: set[int] = set()
        self.optimised: set[int] = set()  # nets of which a parameter is held by an optimiser
        self.places: dict[int, Place] = {}

    def on_call(self, event: Call) -> None:
        if event.outermost and event.grad:
            self.order.append(id(event.module))
            if event.inputs and all(x.dim() == 0 for x in event.inputs):
                self.loss_nets.add(id(event.module))
            if self.program.last_call is not None:
                self.places[id(event.module)] = self.program.last_call.place

    def before_backward(self, event: BackwardBegins) -> None:
        """Parameters that no net knows, as those in a Python list."""
        params = {id(param) for net in self.program.nets for param in net.parameters()} | self.program.optimised()
        for leaf in event.leaves:
            if isinstance(leaf, nn.Parameter) and id(leaf) not in params:
                self._count(leaf, f"one of shape {tuple(leaf.shape)} that is in no module", NO_NET)

    def _count(self, param: Tensor, name: str, net: int) -> None:
        """Another backward reaches it; unless it moves, which means that it is trained by hand."""
        values = param.detach()
        value = float((values.abs() if values.is_complex() else values).double().sum())
        record = self.records.get(id(param))
        if record is None or record.param() is not param:
            self.records[id(param)] = ParameterRecord(weakref.ref(param), name, net, 1, value)
        elif value != record.value:
            record.backwards = -(10**6)
        else:
            record.backwards += 1

    def after_backward(self, event: BackwardEnded) -> None:
        self.feeds |= {(a, b) for at, a in enumerate(self.order) for b in self.order[at + 1 :]}
        called, self.order = set(self.order), []
        held = self.program.optimised()
        self.held |= held
        for net in self.program.nets:
            if id(net) not in called:
                continue
            for name, param in net.named_parameters():
                if id(param) in held:
                    self.optimised.add(id(net))
                if not param.requires_grad or param.grad is None or id(param) in held:
                    continue
                self._count(param, name, id(net))

    def on_step(self, event: Step) -> None:
        self.held |= {id(param) for param in event.params}

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps >= STEPS_AT_LEAST:
            return
        unoptimised: dict[int, list[str]] = {}
        for key, record in self.records.items():
            param = record.param()
            frozen = param is not None and not param.requires_grad
            if record.backwards >= BACKWARDS_AT_LEAST and key not in self.held and not frozen:
                unoptimised.setdefault(record.net, []).append(record.name)
        for net, names in unoptimised.items():
            if not self._matters(net):
                continue
            place = self.places.get(net, Place(None, None))
            shown = ", ".join(names[:NAMES_SHOWN]) + (
                f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
            )
            yield self.finding(
                f"{len(names)} parameters get gradients and are in no optimiser: {shown}; they keep their initial "
                "values",
                "Create the optimiser after the net is complete, with all its parameters; freeze a part on purpose "
                "with requires_grad_(False)",
                file=place.file,
                line=place.line,
            )

    def _matters(self, net: int) -> bool:
        """Whether other parameters of the net are optimised, or those of a net that is called after it."""
        later = {b for a, b in self.feeds if a == net} | {net}
        if net in self.loss_nets:
            return bool(self.optimised)
        return bool(later & self.optimised) or (net == NO_NET and bool(self.optimised))
