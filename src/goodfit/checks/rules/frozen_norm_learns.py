"""frozen-norm-learns: a frozen part goes on changing through the running averages of its batch norms.

What it checks
    A batch norm whose weight and bias are frozen (requires_grad=False) runs in training mode while other parameters of
    the net are trained, in three steps.

Why it hurts
    requires_grad=False freezes weights alone. In training mode the layer normalises by each batch and moves its
    running averages: the "frozen" backbone gives other features in the end than in the beginning.

Example
    for param in backbone.parameters(): param.requires_grad = False
    model.train()

Instead
    model.train()
    backbone.eval()                                     # after every model.train()

When it is a false alarm
    When the averages are to adapt to the new data on purpose.

Cost
    A look at each batch norm in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from goodfit.checks.engine.events import BackwardEnded, Call, NetCall, Step
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3


class FrozenNormLearns(LiveRule):
    code, level = "GF419", Level.NOTICE
    layers = (_BatchNorm,)

    def start(self) -> None:
        self.moving: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # frozen ones that ran in training mode
        self.since: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # the same, since the last step
        self.place = Place(None, None)
        self.steps = 0
        self.trained = False

    def on_call(self, event: Call) -> None:
        layer = event.module
        if not isinstance(layer, _BatchNorm) or not (event.training and event.grad and layer.track_running_stats):
            return
        if layer.affine and not any(param.requires_grad for param in layer.parameters()):
            self.since.add(layer)

    def on_net_call(self, event: NetCall) -> None:
        if event.grad and self.program.last_call is not None and len(self.since):
            self.place = self.program.last_call.place

    def after_backward(self, event: BackwardEnded) -> None:
        self.trained = True

    def on_step(self, event: Step) -> Iterator[Finding]:
        if not self.since or not self.trained:
            return
        self.steps += 1
        self.moving |= self.since
        self.since.clear()
        self.trained = False
        if self.steps == STEPS_AT_LEAST:
            count = len(self.moving)
            layers = "a frozen batch norm runs" if count == 1 else f"{count} frozen batch norms run"
            yield self.finding(
                f"{layers} in training mode: running averages go on moving in a part whose weights are frozen",
                "Call eval() on the frozen part after every train()",
                file=self.place.file,
                line=self.place.line,
            )
