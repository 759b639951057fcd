"""random-in-evaluation: a classifier in eval mode gives other outputs for the same rows, by chance.

What it checks
    A net in eval mode is evaluated without gradients, and its outputs meet labels, one a row or one a step of a
    sequence. A copy of it is given these rows four times: the outputs differ, by more than rounding; it has no dropout
    that is at work.

Why it hurts
    Augmentation, noise or teacher forcing that belongs to training stands in forward() without a look at self.training.
    The score is that of distorted rows, and changes from one evaluation to the next; so do predictions in use.

Example
    def forward(self, x): return self.net(augment(x))

Instead
    def forward(self, x): return self.net(augment(x) if self.training else x)

When it is a false alarm
    Nets that are to draw at random when they are used; where they return a distribution or several outputs, or are
    called several times for one batch, nothing is said.

Cost
    Four passes of a few rows through a copy of the net, at the first evaluation.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from goodfit.checks.engine.events import Compare, Loss, NetCall
from goodfit.checks.engine.mixing_probe import copied
from goodfit.checks.engine.random_state import random_state_kept
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule, NotChecked

ROWS = 8
PASSES = 4
DIFFER_AT_LEAST = 1e-3  # of the largest output


class RandomInEvaluation(LiveRule):
    code, level = "GF444", Level.WARNING
    yields_to = ("dropout-in-eval", "evaluated-in-train-mode")

    def start(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.call: NetCall | None = None

    def on_call(self, event: NetCall) -> None:
        before = self.call
        repeated = before is not None and before.module is event.module and _same_input(before, event)
        self.call = None
        if event.grad or event.training or repeated or not self.program.steps or event.module in self.examined:
            return
        if not event.kwargs and event.args and isinstance(event.output, Tensor) and event.output.dim() in (2, 3):
            self.call = event

    def on_labels(self, event: Compare | Loss) -> Iterator[Finding]:
        call, self.call = self.call, None
        if call is None or event.grad:
            return
        labels = event.right if isinstance(event, Compare) else event.target
        if isinstance(event, Loss) and event.name != "cross_entropy":
            return
        assert isinstance(call.output, Tensor)
        *others, steps = call.output.shape[:-1]  # the first step of a sequence is given, and may be left out
        rows = {(each - less) * steps for each in others for less in (0, 1)} | {each * (steps - 1) for each in others}
        if labels.is_floating_point() or labels.numel() not in (rows or {steps}) or len(call.output) < 2:
            return
        self.examined.add(call.module)
        if any(isinstance(part, _DropoutNd) and part.training for part in call.module.modules()):
            return
        size = _difference(call.module, _some_rows(call))
        if size > DIFFER_AT_LEAST:
            yield self.finding(
                f"{type(call.module).__name__} is in eval mode, and gives other outputs for the same rows each time "
                f"(by {size:.0%} of the largest)",
                "Leave augmentation, noise and teacher forcing out where self.training is False",
            )


def _same_input(one: NetCall, other: NetCall) -> bool:
    return bool(one.inputs and other.inputs) and one.inputs[0] is other.inputs[0]


def _some_rows(call: NetCall) -> list[Any]:
    """The arguments, of a few rows where one can say which those are."""
    tensors = [each for each in call.args if isinstance(each, Tensor)]
    assert isinstance(call.output, Tensor)
    if any(each.dim() == 0 or len(each) != len(call.output) for each in tensors):
        return list(call.args)
    return [each[:ROWS] if isinstance(each, Tensor) else each for each in call.args]


def _difference(net: nn.Module, args: list[Any]) -> float:
    """By how much the outputs of passes differ, of the largest output."""
    model = copied(net)
    with random_state_kept(), torch.no_grad():
        try:
            outputs = [
                model(*(each.detach().clone() if isinstance(each, Tensor) else copy.deepcopy(each) for each in args))
                for _ in range(PASSES)
            ]
        except Exception as error:  # the user's code
            raise NotChecked(net, "net", "that could not be run again") from error
    if not all(isinstance(output, Tensor) and output.shape == outputs[0].shape for output in outputs):
        return 0.0
    largest = max(float(output.abs().max()) for output in outputs)
    return max(float((output - outputs[0]).abs().max()) for output in outputs) / largest if largest else 0.0
