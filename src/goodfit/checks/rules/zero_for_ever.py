"""zero-for-ever: weights that are all 0 get a gradient of exactly 0, and so stay 0.

What it checks
    Two or more weights of two dimensions in an optimiser, all 0, whose gradients were exactly 0 in every pass examined,
    at least ten, up to the end of the program.

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

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import BackwardEnded, WatchEnds, params_of
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 10
WEIGHTS_AT_LEAST = 2


class ZeroForEver(LiveRule):
    code, level = "GF331", Level.WARNING
    yields_to = ("loss-detached", "symmetric-units")

    def start(self) -> None:
        # weights that are 0 and have no other gradient: held, since those of a function are gone when the program ends
        self.zeros: list[Tensor] | None = None
        self.passes = 0
        self.place = Place(None, None)  # where the first optimiser was made

    def after_backward(self, event: BackwardEnded) -> None:
        if self.zeros is None:
            self.zeros = [
                param
                for optimiser in list(self.program.optimisers)
                for param in params_of(optimiser)
                if param.grad is not None and param.dim() > 1 and not bool(param.detach().any())
            ]
            self.place = self.program.made_at(next(iter(self.program.optimisers), None))
        self.zeros = [weight for weight in self.zeros if weight.grad is None or not bool(weight.grad.any())]
        self.passes += bool(self.zeros)

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        zeros = sum(not bool(weight.detach().any()) for weight in self.zeros or ())
        if zeros >= WEIGHTS_AT_LEAST and self.passes >= PASSES_AT_LEAST:
            yield self.finding(
                f"{zeros} weights are all 0, and their gradients were exactly 0 in all {self.passes} passes "
                "examined: they stay 0",
                "Give one factor of a product of two weights random values at the start; let only the other be 0",
                file=self.place.file,
                line=self.place.line,
            )
