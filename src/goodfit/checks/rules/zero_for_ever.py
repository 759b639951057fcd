"""zero-for-ever: weights that are all 0 get a gradient of exactly 0, and so stay 0.

What it checks
    Two or more weights of two dimensions in an optimiser, all 0, whose gradients were exactly 0 in every pass examined,
    at least ten, up to the end of the program. Also in a later optimiser, as that of adapters after pretraining.

Why it hurts
    In a product of two matrices of zeros the gradient of each is the other one: 0. An adapter made so never learns, and
    the loss falls all the same where other weights do.

Example
    self.A = nn.Parameter(torch.zeros(r, d_in)); self.B = nn.Parameter(torch.zeros(d_out, r))

Instead
    nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))   # one of the two may be 0 at the start

When it is a false alarm
    Weights whose loss has the weight 0 all the time.

Cost
    Gradients of weights that are all 0, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor
from torch.optim import Optimizer

from goodfit.checks.engine.events import BackwardEnded, WatchEnds, params_of
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 10
WEIGHTS_AT_LEAST = 2


@dataclass
class Look:
    """At the weights of an optimiser that were 0 in its first pass.

    Attributes:
        weights: those that have had no other gradient than 0: held, since a function's are gone when the program ends.
        place: where the optimiser was made.
        passes: that were examined.
    """

    weights: list[Tensor]
    place: Place
    passes: int = 0


class ZeroForEver(LiveRule):
    code, level = "GF331", Level.WARNING
    yields_to = ("loss-detached", "symmetric-units")

    def start(self) -> None:
        self.known: weakref.WeakSet[Optimizer] = weakref.WeakSet()
        self.looks: list[Look] = []

    def after_backward(self, event: BackwardEnded) -> None:
        for optimiser in list(self.program.optimisers):
            params = params_of(optimiser) if optimiser not in self.known else []
            if any(param.grad is not None for param in params):
                self.known.add(optimiser)
                zeros = [each for each in params if each.grad is not None and each.dim() > 1 and _is_zero(each)]
                if len(zeros) >= WEIGHTS_AT_LEAST:
                    self.looks.append(Look(zeros, self.program.made_at(optimiser)))
        for look in self.looks:
            look.weights = [each for each in look.weights if each.grad is None or not bool(each.grad.any())]
            look.passes += any(each.grad is not None for each in look.weights)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for look in self.looks:
            zeros = sum(_is_zero(weight) for weight in look.weights)
            if zeros >= WEIGHTS_AT_LEAST and look.passes >= PASSES_AT_LEAST:
                yield self.finding(
                    f"{zeros} weights are all 0, and their gradients were exactly 0 in all {look.passes} passes "
                    "examined: they stay 0",
                    "Give one factor of a product of two weights random values at the start; let only the other be 0",
                    file=look.place.file,
                    line=look.place.line,
                )


def _is_zero(weight: Tensor) -> bool:
    return not bool(weight.detach().any())
