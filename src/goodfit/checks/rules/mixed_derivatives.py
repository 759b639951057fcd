"""mixed-derivatives: a second derivative sums over all components of the first, and so holds the mixed ones.

What it checks
    torch.autograd.grad is asked for the gradient, with respect to the same points (N, D), of a whole gradient (N, D)
    that it has given before, weighted by ones. In two passes.

Why it hurts
    It gives the sum of each column of the second derivatives, u_xx + u_xy and u_yy + u_xy: a Laplacian or a heat
    equation made of it is another equation, and the residual falls all the same.

Example
    u_g = grad(u, g, ones, create_graph=True)[0]; u_gg = grad(u_g, g, ones_like(u_g), create_graph=True)[0]

Instead
    u_xx = grad(u_g[:, 0].sum(), g, create_graph=True)[0][:, 0]          # a component at a time

When it is a false alarm
    A product with the Hessian that is meant to be along (1, ..., 1).

Cost
    A mark on gradients that have a graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import InputGradients
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 2


class MixedDerivatives(LiveRule):
    code, level = "GF266", Level.WARNING

    def start(self) -> None:
        self.times = 0

    def on_gradients(self, event: InputGradients) -> Iterator[Finding]:
        if len(event.outputs) == len(event.inputs) == 1 and event.weights is not None:
            first, points = event.outputs[0], event.inputs[0]
            is_whole = first.dim() == 2 and first.shape == points.shape and first.shape[1] > 1
            if is_whole and graph.gradient_of(first) == id(points) and bool((event.weights == 1).all()):
                self.times += 1
                if self.times == TIMES_AT_LEAST:
                    yield self.finding(
                        f"the derivative of a whole gradient {tuple(first.shape)} is taken at once: it sums the mixed "
                        "second derivatives into each of its columns",
                        "Take one component of the gradient at a time: grad(u_g[:, 0].sum(), g, ...)[0][:, 0]",
                    )
