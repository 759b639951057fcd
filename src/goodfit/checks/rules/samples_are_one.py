"""samples-are-one: a net is asked many times for samples of its prediction, and gives the same each time.

What it checks
    Without gradients, a net in eval mode that has dropout gets the same rows five times in a row or more, and its
    outputs are equal bit by bit; and the program, around that line, takes a standard deviation or a variance.

Why it hurts
    eval() switches dropout off: the spread of the samples is 0, and the net looks certain of everything.

Example
    net.eval(); samples = torch.stack([net(x) for _ in range(50)]); print(samples.std(0))

Instead
    net.eval(); [part.train() for part in net.modules() if isinstance(part, nn.Dropout)]

When it is a false alarm
    A net that is called to measure its speed, in a function that takes the deviation of the seconds.

Cost
    A comparison of a net's outputs where it is called with the same rows again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from goodfit.checks.engine.events import NetCall, Step
from goodfit.checks.engine.own_source import called, scope_around, within
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

CALLS_AT_LEAST = 5
SPREADS = ("std", "var", "std_mean", "var_mean", "nanstd", "nanvar", "quantile")
CLOCKS = ("time", "perf_counter", "monotonic", "synchronize", "elapsed_time")


class SamplesAreOne(LiveRule):
    code, level = "GF632", Level.WARNING

    def start(self) -> None:
        self.last: tuple[int, int, Tensor] | None = None  # the net, the address of its input, and its output
        self.calls = 0
        self.places: set[Place] = set()

    def on_step(self, event: Step) -> None:
        self.last, self.calls = None, 0

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        outputs = event.outputs
        if event.grad or event.training or not event.inputs or not outputs:
            self.last, self.calls = None, 0
            return
        key, output = (id(event.module), event.inputs[0].data_ptr()), outputs[0].detach()
        last = self.last
        is_again = last is not None and last[:2] == key and last[2].shape == output.shape
        self.calls = self.calls + 1 if last is not None and is_again and torch.equal(last[2], output) else 1
        self.last = (*key, output)
        if self.calls == CALLS_AT_LEAST and _has_dropout(event.module):
            place = user_place()
            if place not in self.places and _measures_a_spread(place):
                yield self.finding(
                    f"a net with dropout was asked {CALLS_AT_LEAST} times about the same rows and gave the same each "
                    "time: eval() has switched its dropout off, and the spread of the samples is 0",
                    "Switch dropout on for the samples: part.train() for each nn.Dropout of the net",
                )
            self.places.add(place)


def _has_dropout(net: nn.Module) -> bool:
    return any(isinstance(part, _DropoutNd) and part.p > 0 for part in net.modules())


def _measures_a_spread(place: Place) -> bool:
    """Whether the function around a line, or the file, takes a standard deviation, and no time."""
    nodes = [node for statement in scope_around(place, whole_file=True) for node in within(statement)]
    names = {called(node) for node in nodes if isinstance(node, ast.Call)}
    return bool(names & set(SPREADS)) and not names & set(CLOCKS)
