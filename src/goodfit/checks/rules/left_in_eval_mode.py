"""left-in-eval-mode: the net is trained in eval mode after a validation.

What it checks
    An optimiser steps on gradients of a net whose training flag is off and that has dropout or batch norm, after steps
    with the flag on, or after train() was called: an evaluation came before the first step.

Why it hurts
    Dropout no longer regularises, and batch norm keeps the statistics of the first epoch while the weights change.

Example
    for epoch in range(10):
        train(net); net.eval(); validate(net)      # net.train() stands before the loop

Instead
    for epoch in range(10):
        net.train(); train(net); net.eval(); validate(net)

When it is a false alarm
    When parts are frozen on purpose: a part in eval mode inside a net in train mode is not reported, nor a net whose
    dropout and batch norm are all in parts of which nothing is trained.

Cost
    A few flags in each step.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from goodfit.checks.engine.events import BackwardEnded, Dropout, NetCall, Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

STEPS_AT_LEAST = 2


class LeftInEvalMode(LiveRule):
    code, level = "GF401", Level.ERROR
    yields_to = ("held-out-rows-trained",)

    def start(self) -> None:
        # Steps in train mode, and in eval mode since then, of each net that has modes.
        self.steps: weakref.WeakKeyDictionary[nn.Module, list[int]] = weakref.WeakKeyDictionary()
        self.forwards: dict[int, tuple[weakref.ref[nn.Module], bool]] = {}  # since the last backward
        self.trained: dict[int, tuple[weakref.ref[nn.Module], bool]] = {}  # since the last step

    def on_call(self, event: NetCall) -> None:
        if event.grad and (event.module in self.steps or modal(event.module)):
            self.steps.setdefault(event.module, [0, 0])
            self.forwards[id(event.module)] = (weakref.ref(event.module), event.training)

    def on_dropout(self, event: Dropout) -> None:
        if event.root is not None and event.training and event.rate > 0:
            self.steps.setdefault(event.root, [0, 0])

    def after_backward(self, event: BackwardEnded) -> None:
        self.trained, self.forwards = {**self.trained, **self.forwards}, {}

    def on_step(self, event: Step) -> Iterator[Finding]:
        stepped = {id(param) for param in event.params}
        for net, training in ((ref(), training) for ref, training in self.trained.values()):
            if net is None or not any(id(param) in stepped for param in net.parameters()) or _all_frozen(net, stepped):
                continue
            counts = self.steps[net]
            counts[0 if training else 1] += 1
            if training:
                counts[1] = 0
            elif counts[1] == STEPS_AT_LEAST:
                problem = f"{type(net).__name__} is trained in eval mode: {_effects(net)}"
                if counts[0] or net in self.program.set_to_train:
                    before = f"the {counted(counts[0], 'step')} seen before were in train mode"
                    yield self.finding(
                        f"{problem}; {before if counts[0] else 'train() was called before, and eval() after that'}",
                        "Call net.train() at the start of every epoch, after each validation",
                        level=None if counts[0] else Level.WARNING,
                    )
                else:
                    yield self.finding(
                        f"{problem}, and no step was in train mode",
                        "Call net.train() before training, unless eval mode is intended",
                        level=Level.NOTICE,
                    )
        self.trained = {}


def modal(net: nn.Module) -> bool:
    """Whether a part of the net behaves differently in train and in eval mode."""
    return any(modal_layer(part) for part in net.modules())


def modal_layer(part: nn.Module) -> bool:
    """The same of one layer by itself; a dropout of rate 0 behaves alike in both."""
    return isinstance(part, _BatchNorm) or _drops(part) or (isinstance(part, _DropoutNd) and part.p > 0)


def _all_frozen(net: nn.Module, stepped: set[int]) -> bool:
    """Whether its layers with modes, one or more, are all in parts of which nothing is trained, as below a new head."""
    parts = dict(net.named_modules())
    layers = [name for name, part in parts.items() if modal_layer(part)]
    return bool(layers) and not any(_trained_around(parts, name, stepped) for name in layers)


def _trained_around(parts: dict[str, nn.Module], name: str, stepped: set[int]) -> bool:
    """Whether the smallest part around a layer that has parameters is trained in any of them."""
    while name and next(parts[name].parameters(), None) is None:
        name = name.rpartition(".")[0]
    return any(id(param) in stepped for param in parts[name].parameters())


def _drops(part: nn.Module) -> bool:
    rate = part.dropout if isinstance(part, (nn.RNNBase, nn.MultiheadAttention)) else 0
    return isinstance(rate, (int, float)) and rate > 0


def _effects(net: nn.Module) -> str:
    parts = list(net.modules())
    dropouts = sum(isinstance(part, _DropoutNd) or _drops(part) for part in parts)
    norms = sum(isinstance(part, _BatchNorm) for part in parts)
    effects = []
    if dropouts:
        effects.append(f"{counted(dropouts, 'dropout layer')} {'drops' if dropouts == 1 else 'drop'} nothing")
    if norms:
        effects.append(
            f"{counted(norms, 'batch norm layer')} no longer {'adapts' if norms == 1 else 'adapt'} to the data"
        )
    return " and ".join(effects) or "its dropout drops nothing"  # of a function with self.training
