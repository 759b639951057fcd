"""dropout-in-eval: dropout stays active while the net is in eval mode.

What it checks
    Within the forward of a net in eval mode, a dropout function is called with training=True, which is its default, by
    a module that is in eval mode; or an nn.Dropout that is not registered in the net (kept in a list, created in
    forward) is active.

Why it hurts
    Predictions are random: two calls give two outputs, and scores are those of a net with units missing.

Example
    x = F.dropout(x, 0.5)

Instead
    x = F.dropout(x, 0.5, training=self.training)             # or nn.Dropout(0.5), made in __init__

When it is a false alarm
    Monte Carlo dropout, which asks the same input several times, is not reported.

Cost
    A flag at each dropout, in the first steps and the first steps of an evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from goodfit.checks.engine.events import Dropout, NetCall, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

INPUTS_AT_LEAST = 2  # different ones


class DropoutInEval(LiveRule):
    code, level = "GF404", Level.ERROR

    def start(self) -> None:
        self.active: tuple[Place, str] | None = None
        # The input, and the step, of the last call with an active dropout.
        self.last_call: tuple[int, int, int] | None = None
        self.inputs = 0
        self.asked_again = False
        self.waiting: Finding | None = None

    def on_dropout(self, event: Dropout) -> None:
        root, module = event.root, event.module
        if root is None or module is None or root.training or not event.training or event.rate == 0:
            return
        if isinstance(module, _DropoutNd):
            if not any(part is module for part in root.modules()):
                self.active = (user_place(), f"an nn.Dropout that is not registered in {type(root).__name__} is active")
                self.inputs = INPUTS_AT_LEAST  # nobody does that for Monte Carlo dropout
        elif not module.training:
            self.active = (user_place(), "a dropout function is called with training=True, its default")

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        if self.active is None:
            return
        (place, cause), self.active = self.active, None
        call = (*_identity(event.inputs[0]), self.program.steps) if event.inputs else (0, 0, 0)
        if call == self.last_call:
            self.asked_again = True  # Monte Carlo dropout
        self.last_call = call
        self.inputs += 1
        self.waiting = None
        if self.asked_again:
            return
        finding = self.finding(
            f"{type(event.module).__name__} is in eval mode, and {cause}: two calls on one input give two outputs",
            "Use an nn.Dropout created in __init__, or F.dropout(x, p, training=self.training)",
            file=place.file,
            line=place.line,
        )
        if self.inputs >= INPUTS_AT_LEAST:
            yield finding
        else:
            self.waiting = finding

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        """There was a single evaluation, of one batch."""
        if self.waiting is not None:
            yield self.waiting


def _identity(x: Tensor) -> tuple[int, int]:
    if not isinstance(x, Tensor) or isinstance(x, nn.Parameter):
        return id(x), 0
    return x.data_ptr(), 0 if x.is_inference() else x._version  # tensors of inference_mode count no writes
