"""fake-beyond-real: a generator's last activation has another range than the real samples.

What it checks
    A net gets what another net made, straight from a tanh, and data that were never below 0, or of which a twentieth
    are beyond -1.2 and 1.2; or from a sigmoid, and data of which a tenth are below 0, or a twentieth above 1.2. In five
    calls of each. What is beyond an edge by less than a thousandth of the data's range is at the edge: an interpolation
    leaves zeros of -1e-16.

Why it hurts
    The discriminator tells the two apart by the sign alone. The generator learns to reach the range, not the data; what
    of the data lies outside of it can never be made.

Example
    images = raw / 255                                 # 0 to 1, and the generator ends in a tanh
    images = (raw / 255 - mean) / std                  # -2.1 to 2.6, and the generator ends in a tanh

Instead
    images = raw / 127.5 - 1

When it is a false alarm
    Data that are at one edge of the range for the most part.

Cost
    Smallest values of what nets get, in the first steps, where there are several optimisers.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

CALLS_AT_LEAST = 5
NEGATIVE_AT_LEAST = 0.1  # of the real values, under a sigmoid
BEYOND_AT_LEAST = 0.05  # of the real values
BEYOND = 1.2  # noise on real samples goes a little beyond 1
ROUNDING = 1e-3  # of the range of real values
VALUES_AT_LEAST = 64  # of a call, so that a range says something
FAKE_OUTPUTS_KEPT = 8  # addresses of what other nets gave last
TANH, SIGMOID = "TanhBackward0", "SigmoidBackward0"


@dataclass
class Judged:
    """A net that gets made and real samples: calls of each, and what was seen of the values."""

    fake: int = 0
    activation: str = ""
    real: int = 0
    lowest: float = float("inf")
    highest: float = -float("inf")
    negative: float = 1.0  # smallest share below 0
    above: float = 1.0  # smallest share beyond what a sigmoid gives
    beyond: float = 1.0  # smallest share beyond what a tanh gives
    mixed: bool = False  # made samples of another activation

    @property
    def rounding(self) -> float:
        return ROUNDING * (self.highest - self.lowest)


class FakeBeyondReal(LiveRule):
    code, level = "GF114", Level.WARNING

    def start(self) -> None:
        self.nets: weakref.WeakKeyDictionary[nn.Module, Judged] = weakref.WeakKeyDictionary()
        self.made: list[int] = []  # addresses

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        if len(self.program.optimisers) < 2 or not event.training:
            return
        x = event.inputs[0] if event.inputs else None
        if x is not None and x.is_floating_point() and x.numel() >= VALUES_AT_LEAST and event.grad:
            judged = self.nets.setdefault(event.module, Judged())
            if x.grad_fn is not None:
                activation = graph.activation(x)
                judged.mixed |= judged.fake > 0 and activation != judged.activation
                judged.fake, judged.activation = judged.fake + 1, activation
            elif not x.requires_grad and x.data_ptr() not in self.made:
                judged.real += 1
                judged.lowest, judged.highest = min(judged.lowest, float(x.min())), max(judged.highest, float(x.max()))
                judged.negative = min(judged.negative, float((x < -judged.rounding).float().mean()))
                above, below = (float(each.float().mean()) for each in (x > BEYOND, x < -BEYOND))
                judged.above, judged.beyond = min(judged.above, above), min(judged.beyond, above + below)
            if min(judged.fake, judged.real) == CALLS_AT_LEAST and not judged.mixed:
                yield from self._judge(judged)
        self.made = [*self.made, *(output.data_ptr() for output in event.outputs)][-FAKE_OUTPUTS_KEPT:]

    def _judge(self, judged: Judged) -> Iterator[Finding]:
        inside = -judged.rounding <= judged.lowest < judged.highest <= 1 + judged.rounding
        of_tanh = judged.activation == TANH and (inside or judged.beyond >= BEYOND_AT_LEAST)
        is_short = judged.negative >= NEGATIVE_AT_LEAST or judged.above >= BEYOND_AT_LEAST
        if of_tanh or (judged.activation == SIGMOID and is_short):
            judged.mixed = True  # once
            made = "tanh, between -1 and 1" if of_tanh else "sigmoid, between 0 and 1"
            yield self.finding(
                f"samples that are made come from a {made}, and the real ones lie between {number(judged.lowest, 3)} "
                f"and {number(judged.highest, 3)}: their range tells them apart",
                "Bring the data into the range of the generator's last activation: images / 127.5 - 1 for a tanh, "
                "images / 255 for a sigmoid",
            )
