"""dead-units: most units of a layer are zero for every sample.

What it checks
    At the end: of the outputs of a ReLU in the last four losses looked at, at least three quarters of the units (or
    channels) were zero for all samples. Not where the layer's inputs all point one way, as features do that are made of
    the sizes of neighbourhoods alone: each unit is then on or off for all of them, and nothing has died.

Why it hurts
    A unit that is zero everywhere has no gradient and never comes back: the layer is only as wide as its other units.
    Usually the learning rate was too high in the first steps, or a bias far below zero.

Example
    torch.optim.SGD(net.parameters(), lr=5.0)

Instead
    A lower rate or a warm-up; LeakyReLU or GELU.

When it is a false alarm
    Sparsity by design: allow it by name.

Cost
    A comparison with zero for each ReLU in the losses looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing

LOSSES_COMPARED = 4  # the last ones
DEAD_SHARE_AT_LEAST = 0.75
SAMPLES_AT_LEAST = 64
UNITS_AT_LEAST = 16
STEPS_AT_LEAST = 30
ONE_WAY = 0.99  # share of the inputs' squares that lies in one direction
ROWS_LOOKED_AT = 256
FIRST_STEP = 20  # before it, units may still recover


class DeadUnits(LiveRule):
    code, level = "GF313", Level.WARNING
    yields_to = ("nonfinite-loss", "image-scale", "gradients-not-zeroed")

    def start(self) -> None:
        # Of each of the last losses, for each layer: (units,) whether the unit was above 0 for a sample.
        self.alive: deque[list[Tensor]] = deque(maxlen=LOSSES_COMPARED)
        self.place: Place | None = None

    def before_backward(self, event: BackwardBegins) -> None:
        if self.program.steps < FIRST_STEP:
            return  # only the last losses count
        alive: list[Tensor] = []
        samples: list[int] = []
        for node in event.named("ReluBackward0"):
            try:
                out = node._saved_result
            except RuntimeError:  # freed by an earlier backward
                return
            if out.dim() in (2, 4) and len(out) > 1 and out.numel():
                rows = out.detach() if out.dim() == 2 else out.detach().amax((2, 3))
                is_alive = (rows > 0).any(0)
                mostly_dead = float(is_alive.float().mean()) <= 1 - DEAD_SHARE_AT_LEAST
                alive.append(torch.ones_like(is_alive) if mostly_dead and _points_one_way(node) else is_alive)
                samples.append(out.numel() // out.shape[1])
        if alive and min(samples) * LOSSES_COMPARED >= SAMPLES_AT_LEAST:
            self.alive.append(alive)
            self.place = user_place()

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        shapes = [[layer.shape for layer in alive] for alive in self.alive]
        if (
            self.program.steps < STEPS_AT_LEAST
            or len(self.alive) < LOSSES_COMPARED
            or any(shape != shapes[0] for shape in shapes)
        ):
            return
        for at, first in enumerate(self.alive[0]):
            dead = ~torch.stack([alive[at] for alive in self.alive]).any(0)
            share = float(dead.float().mean())
            if len(first) >= UNITS_AT_LEAST and share >= DEAD_SHARE_AT_LEAST:
                yield self.finding(
                    f"{int(dead.sum())} of {len(first)} units of a ReLU (number {at + 1} counted from the loss) "
                    f"{agreeing(int(dead.sum()), 'was', 'were')} zero for all samples of {LOSSES_COMPARED} batches",
                    "Lower the learning rate in the first steps, or use LeakyReLU or GELU",
                    file=self.place.file if self.place else None,
                    line=self.place.line if self.place else None,
                )
                return


def _points_one_way(relu: Any) -> bool:
    """Whether the inputs of the linear layer before a ReLU are multiples of one vector, or nearly so."""
    layer = next(iter(graph.parents(relu)), None)
    if layer is None or layer.name() != "AddmmBackward0" or layer._saved_mat1 is None:
        return False
    inputs = layer._saved_mat1.detach()[:ROWS_LOOKED_AT].float()
    if inputs.shape[1] == 1 or not bool(torch.isfinite(inputs).all()):
        return False
    squares = torch.linalg.svdvals(inputs).square()
    return bool(squares[0] >= ONE_WAY * squares.sum())
