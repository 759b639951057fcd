"""rounding-stops-gradient: weights are used through a rounding, whose gradient is 0 everywhere.

What it checks
    The graph of the loss has a round, floor, ceil, trunc or sign on the way to parameters, and the gradients of these
    are exactly 0 in five passes.

Why it hurts
    The graph is whole and every parameter has a gradient, so nothing complains; the optimiser steps by 0.

Example
    quantised = torch.round(weight / scale) * scale

Instead
    quantised = weight + (torch.round(weight / scale) * scale - weight).detach()      # straight through

When it is a false alarm
    Weights that are kept as they are on purpose: leave them out of the optimiser.

Cost
    A look at the graph's nodes, and at gradients where there is a rounding, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardEnded
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

ROUNDINGS = {
    "RoundBackward0": "round", "RoundBackward1": "round", "FloorBackward0": "floor", "CeilBackward0": "ceil",
    "TruncBackward0": "trunc", "SignBackward0": "sign",
}  # fmt: skip
PASSES_AT_LEAST = 5
PARAMS_AT_MOST = 20  # that are looked at behind a rounding
NODES_AT_MOST = 200  # behind one


class RoundingStopsGradient(LiveRule):
    code, level = "GF330", Level.WARNING
    yields_to = ("loss-detached", "straight-through-turned")

    def start(self) -> None:
        self.passes = 0  # in a row with nothing but zeros

    def after_backward(self, event: BackwardEnded) -> Iterator[Finding]:
        roundings = event.named(*ROUNDINGS)
        if not roundings:
            return
        params = _params_behind(roundings, self.program.optimised())
        if not params or not all(param.grad is not None and not bool(param.grad.any()) for param in params):
            self.passes = 0
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            what = ROUNDINGS[roundings[0].name()]
            yield self.finding(
                f"{counted(len(params), 'parameter is', 'parameters are')} used through torch.{what}, whose gradient "
                f"is 0: in {PASSES_AT_LEAST} passes they got no other",
                "Let the gradient pass straight through: weight + (rounded - weight).detach()",
            )


def _params_behind(roundings: list[Any], optimised: set[int]) -> list[Tensor]:
    """Parameters of optimisers that the roundings were computed from."""
    params: dict[int, Tensor] = {}
    for node in roundings:
        for leaf in graph.leaves(node, limit=NODES_AT_MOST):
            if id(leaf) in optimised and len(params) < PARAMS_AT_MOST:
                params[id(leaf)] = leaf
    return list(params.values())
