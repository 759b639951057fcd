"""weights-share-memory: two parameters of an optimiser are two objects over the same memory.

What it checks
    Two different parameters with gradients, of the same optimiser, begin at the same address and have as many values,
    and the optimiser keeps other state than a sum of gradients (all but SGD without weight decay).

Why it hurts
    Each has its own gradient and its own state, and each moves the common values: an adaptive optimiser makes two full
    steps where one was meant, and decays the weights twice. Neither gradient is the one of the tied weight.

Example
    self.decoder.weight.data = self.embedding.weight.data

Instead
    self.decoder.weight = self.embedding.weight        # one parameter, whose gradient is the sum

When it is a false alarm
    None is known.

Cost
    Addresses of the parameters, at two steps of each optimiser.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch

from goodfit.checks.engine.events import Step
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOOKED_AT = 2  # at which step of an optimiser


class WeightsShareMemory(LiveRule):
    code, level = "GF334", Level.WARNING

    def start(self) -> None:
        self.steps: weakref.WeakKeyDictionary[object, int] = weakref.WeakKeyDictionary()

    def on_step(self, event: Step) -> Iterator[Finding]:
        optimiser = event.optimiser
        steps = self.steps[optimiser] = self.steps.get(optimiser, 0) + 1
        if steps != LOOKED_AT or event.by_hand or event.wraps:
            return
        plain = isinstance(optimiser, torch.optim.SGD)
        if plain and not any(group.get("weight_decay") for group in optimiser.param_groups):
            return
        known: dict[tuple[int, int], int] = {}
        for param in event.params:
            if param.grad is None or not param.numel() or param.is_meta:
                continue
            key = (param.data_ptr(), param.numel())
            if key in known and known[key] != id(param):
                place = self.program.made_at(optimiser)
                yield self.finding(
                    f"two parameters of shape {tuple(param.shape)} are two objects over the same values: "
                    f"{type(optimiser).__name__} moves these twice in each step, each time by a part of the gradient",
                    "Tie the parameters themselves, before the optimiser is made: decoder.weight = embedding.weight",
                    file=place.file,
                    line=place.line,
                )
                return
            known[key] = id(param)
