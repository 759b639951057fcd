"""loads-itself: a net is loaded with its own live weights, again and again.

What it checks
    load_state_dict is given, twice or more with steps of an optimiser between, tensors that are the net's own memory.

Why it hurts
    The net to be updated and the net to be copied are one object: in Q-learning the target moves with the policy in
    every step, which is what the target net is there to prevent; a teacher is the student.

Example
    target = policy                                     # a second name, no second net
    ...
    target.load_state_dict(policy.state_dict())

Instead
    target = copy.deepcopy(policy)

When it is a false alarm
    None is known; under torch.distributed, where weights are exchanged in place, nothing is reported.

Cost
    The addresses of the tensors that are loaded.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping

import torch
from torch import nn

from goodfit.checks.engine.events import Weights
from goodfit.checks.engine.nested import tensors
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class LoadsItself(LiveRule):
    code, level = "GF417", Level.ERROR
    sleepless = (Weights,)
    yields_to = ("best-weights-by-reference",)

    def start(self) -> None:
        self.last: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()  # step of the last time

    def on_weights(self, event: Weights) -> Iterator[Finding]:
        if event.action != "load_state_dict" or event.module is None or not isinstance(event.state, Mapping):
            return
        own = {value.data_ptr() for value in tensors(list(event.module.state_dict(keep_vars=True).values()), 1)}
        loaded = [value for value in tensors(list(event.state.values()), 1) if value.numel()]
        if not loaded or not all(value.data_ptr() in own for value in loaded):
            return
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            return
        step, before = self.program.steps, self.last.get(event.module)
        self.last[event.module] = step
        if before is not None and before < step:
            yield self.finding(
                f"{type(event.module).__name__} is loaded with its own weights, in step {before} and again in step "
                f"{step}: the net that is copied and the one that is copied to are the same object",
                "Make the second net with copy.deepcopy(net), and not by target = net",
            )
