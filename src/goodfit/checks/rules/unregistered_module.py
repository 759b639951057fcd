"""unregistered-module: a module with trainable parameters runs inside a net and is not registered in it.

What it checks
    A module is called within the forward of a net, is not among net.modules(), and has trainable parameters that no
    optimiser holds. Examples are modules in a Python list or dict, and those created in forward.

Why it hurts
    net.parameters() leaves them out: they are not trained, not moved to the GPU and not saved.

Example
    self.layers = [nn.Linear(64, 64) for _ in range(4)]

Instead
    self.layers = nn.ModuleList(nn.Linear(64, 64) for _ in range(4))

When it is a false alarm
    A frozen helper is not reported: its parameters do not require gradients.

Cost
    A set of modules a net, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn

from goodfit.checks.engine.events import Call, Step
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class UnregisteredModule(LiveRule):
    code, level = "GF303", Level.ERROR

    def start(self) -> None:
        self.registered: weakref.WeakKeyDictionary[nn.Module, set[int]] = weakref.WeakKeyDictionary()
        self.unregistered: dict[tuple[str, str, Place], tuple[int, set[int]]] = {}  # calls, ids of trainable parameters
        self.reported: set[tuple[str, str, Place]] = set()

    def on_call(self, event: Call) -> None:
        if event.outermost or not event.grad or not event.root.training:
            return
        known = self.registered.get(event.root)
        if known is None or id(event.module) not in known:
            known = self.registered[event.root] = {id(part) for part in event.root.modules()}
        if id(event.module) in known:
            return
        own = {id(param) for param in event.root.parameters()}
        unregistered = {id(param) for param in event.module.parameters() if param.requires_grad} - own
        if unregistered:
            key = (type(event.root).__name__, type(event.module).__name__, user_place())
            calls, params = self.unregistered.get(key, (0, set()))
            self.unregistered[key] = (calls + 1, params | unregistered)

    def on_step(self, event: Step) -> Iterator[Finding]:
        held = None
        for key, (calls, params) in self.unregistered.items():
            if key in self.reported or calls < 2:
                continue
            held = self.program.optimised() if held is None else held
            if params & held:
                continue
            self.reported.add(key)
            net, module, place = key
            yield self.finding(
                f"a {module} with trainable parameters runs inside {net} and is not registered in it: "
                f"{net}.parameters() does not hold them, and no optimiser does",
                "Keep it as an attribute of the net made in __init__, or in an nn.ModuleList or nn.ModuleDict",
                file=place.file,
                line=place.line,
            )
