"""trained-part-not-loaded: a net is evaluated with a part that was trained, and that its checkpoint has left out.

What it checks
    A net was trained in this program, and another one of its class is loaded with strict=False from entries that hold
    some of the trained parameters and lack others, a head or a norm. That net is then evaluated, without a step and
    without another load that brings what is missing.

Why it hurts
    Adapters are kept and the classifier that was trained beside them is not: what is scored has a random head, and
    strict=False says nothing.

Example
    torch.save({k: v for k, v in net.state_dict().items() if "lora_" in k}, path)
    fresh.load_state_dict(torch.load(path), strict=False)

Instead
    trained = {name for name, param in net.named_parameters() if param.requires_grad}
    torch.save({k: v for k, v in net.state_dict().items() if k in trained}, path)

When it is a false alarm
    A part that is meant to begin anew, and is scored once before it is trained.

Cost
    Names are compared at each load with strict=False.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import nn

from goodfit.checks.engine.events import NetCall, Weights
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


@dataclass
class Lack:
    """What a load has left out of what was trained elsewhere."""

    names: list[str]
    place: Place


class TrainedPartNotLoaded(LiveRule):
    code, level = "GF296", Level.WARNING
    sleepless = (Weights,)
    yields_to = ("weights-not-loaded",)

    def start(self) -> None:
        self.trained: dict[str, frozenset[str]] = {}  # names of parameters, by the class of the net
        self.lacks: weakref.WeakKeyDictionary[nn.Module, Lack] = weakref.WeakKeyDictionary()

    def on_weights(self, event: Weights) -> None:
        module = event.module
        if module is None or not isinstance(event.state, Mapping):
            return
        kind = type(module).__qualname__
        if event.action == "state_dict":
            optimised = self.program.optimised() if self.program.steps else ()
            names = [
                name for name, param in module.named_parameters() if id(param) in optimised and param.requires_grad
            ]
            if names:
                self.trained[kind] = frozenset(names)
        elif event.action == "load_state_dict":
            missing = sorted(self.trained.get(kind, frozenset()) - event.state.keys())
            before = self.lacks.pop(module, None)
            if before is not None:
                missing = [name for name in missing if name in before.names]
            if not event.strict and missing and self.trained[kind] & event.state.keys():
                self.lacks[module] = Lack(missing, user_place())

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        if event.grad or event.training or event.module not in self.lacks:
            return
        lack = self.lacks.pop(event.module)
        optimised = self.program.optimised()
        if any(id(param) in optimised for param in event.module.parameters()):
            return
        others = f" and {len(lack.names) - 1} others" if len(lack.names) > 1 else ""
        yield self.finding(
            f"{lack.names[0]}{others} of {type(event.module).__name__} were trained, are not among the entries that "
            "were loaded with strict=False, and have their first values in this evaluation",
            "Save all that was trained: entries of parameters with requires_grad, the head's as well as the adapters'",
            file=lack.place.file,
            line=lack.place.line,
        )
