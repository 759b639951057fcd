"""adapter-not-optimised: adapters were put into a net, and nothing trains them.

What it checks
    Parameters named lora or adapter, in modules that run, are frozen or in no optimiser while others of the net are
    trained; and one of their two factors is exactly zero and stays so, so that the adapters add nothing. Whatever they
    are called: two frozen weights of one module, (r, n) and (m, r) with r below both m and n, of which one is zero.

Why it hurts
    The run trains a head (or nothing), and is believed to be a fine-tuned model. What is saved as adapter is zeros.

Example
    add_lora(model)
    for param in model.parameters(): param.requires_grad_(False)        # after the adapters were put in
    optimizer = Adam(p for p in model.parameters() if p.requires_grad)

Instead
    Freeze first, then add the adapters, then make the optimiser; print the number of trainable parameters.

When it is a false alarm
    Several adapters of which one is trained are left out.

Cost
    Names of parameters, twice.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import Call, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

NAMES = lazy_pattern(r"lora|adapter", re.IGNORECASE)
STEPS_BEFORE = 6  # of an optimiser, before it is judged


class AdapterNotOptimised(LiveRule):
    code, level = "GF319", Level.WARNING
    yields_to = ("parameter-not-optimised", "loss-detached")

    def start(self) -> None:
        self.steps = 0
        self.ran: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # modules with parameters of their own
        self.reported: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: Call) -> None:
        if event.grad and self.steps < STEPS_BEFORE:
            self.ran.add(event.module)

    def on_step(self, event: Step) -> Iterator[Finding]:
        self.steps += 1
        if self.steps != STEPS_BEFORE:
            return
        trained = {id(param) for param in event.params if param.requires_grad}
        for net in list(self.program.nets):
            if net in self.reported:
                continue
            named: dict[str, Tensor] = {name: param for name, param in net.named_parameters() if NAMES.search(name)}
            adapters = named or _low_rank_pairs(net)
            others = any(id(param) in trained for name, param in net.named_parameters() if name not in adapters)
            if not adapters or not others or any(id(param) in trained for param in adapters.values()):
                continue
            running = {id(param) for module in net.modules() if module in self.ran for param in module.parameters()}
            dead = [name for name, param in adapters.items() if id(param) in running and _is_zero(param)]
            held = self.program.optimised()
            if dead and not any(param.requires_grad and id(param) in held for param in adapters.values()):
                self.reported.add(net)
                place = self.program.made_at(event.optimiser)
                yield self.finding(
                    f"the {len(adapters)} adapter parameters of {type(net).__name__} are not trained, and {dead[0]} is "
                    "zero: the adapters add nothing",
                    "Freeze the net before the adapters are put in, and make the optimiser last; look at the number of "
                    "trainable parameters",
                    file=place.file,
                    line=place.line,
                )


def _low_rank_pairs(net: nn.Module) -> dict[str, Tensor]:
    """Frozen weights by name, of modules that hold two which are factors of a larger one, one of them zero."""
    found: dict[str, Tensor] = {}
    for prefix, module in net.named_modules():
        own = {name: param for name, param in module.named_parameters() if name.count(".") <= 1 and param.dim() == 2}
        frozen = [(name, param) for name, param in own.items() if not param.requires_grad and min(param.shape) > 0]
        for first, a in frozen:
            for second, b in frozen:
                if first == second or a.shape[0] != b.shape[1] or a.shape[0] >= min(a.shape[1], b.shape[0]):
                    continue
                if _is_zero(a) != _is_zero(b):
                    found |= {f"{prefix}.{name}" if prefix else name: own[name] for name in (first, second)}
    return found


def _is_zero(param: Tensor) -> bool:
    return param.dim() > 1 and not param.is_meta and not bool(param.detach().any())
