"""evaluated-with-gradients: an evaluation records a graph that is never used.

What it checks
    A net in eval mode gives outputs with a graph, and neither backward nor autograd.grad follows before the next call,
    three times, after it was trained.

Why it hurts
    The graph keeps every activation in memory: an evaluation then needs several times the memory, and is slower.

Example
    net.eval()
    for x, y in valid: loss = criterion(net(x), y)

Instead
    net.eval()
    with torch.no_grad():
        for x, y in valid: ...

When it is a false alarm
    Attacks and gradient penalties use their graph, and are not reported.

Cost
    Flags, in the first steps and the first steps of an evaluation.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, NetCall, Step
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

BATCHES_AT_LEAST = 3


class EvaluatedWithGradients(LiveRule):
    code, level = "GF403", Level.WARNING
    yields_to = ("left-in-eval-mode",)

    def start(self) -> None:
        self.trained: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        # Of the last evaluation with gradients: net, line, calls of autograd.grad so far.
        self.recorded: tuple[weakref.ref[nn.Module], Place, int] | None = None
        self.unused = 0

    def on_step(self, event: Step) -> None:
        stepped = {id(param) for param in event.params}
        for net in self.program.nets:
            if net not in self.trained and any(id(param) in stepped for param in net.parameters()):
                self.trained.add(net)

    def before_backward(self, event: BackwardBegins) -> None:
        self.recorded, self.unused = None, 0

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        if self.recorded is not None:
            net, place, grad_calls = self.recorded
            self.recorded = None
            self.unused = self.unused + 1 if grad_calls == self.program.grad_calls else 0
            if self.unused >= BATCHES_AT_LEAST and (module := net()) is not None:
                yield self.finding(
                    f"{type(module).__name__} is evaluated with gradients being recorded, and no backward uses them "
                    f"({counted(self.unused, 'batch')})",
                    "Evaluate inside torch.no_grad() or torch.inference_mode()",
                    file=place.file,
                    line=place.line,
                )
        last = self.program.last_call
        has_graph = isinstance(event.output, Tensor) and event.output.requires_grad
        if event.grad and not event.training and has_graph and event.module in self.trained and last is not None:
            self.recorded = (weakref.ref(event.module), last.place, self.program.grad_calls)
