"""dense-memory: dense blocks store large feature maps many times.

What it checks
    In one pass of training, concatenated feature maps (torch.cat) of at least 64 by 64 take over 256 MiB.

Why it hurts
    Each layer of a dense block keeps all maps before it: memory grows with the square of the depth.

Example
    12 layers of growth 32 at 256 by 256

Instead
    Recompute them in the backward pass (checkpoint), or begin dense blocks at a smaller size.

When it is a false alarm
    Where there is memory enough. It is advice, never an error.

Cost
    A walk through one graph.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BYTES_AT_LEAST = 256 * 2**20
SIDE_AT_LEAST = 64  # pixels


class DenseMemory(LiveRule):
    code, level = "GF703", Level.NOTICE

    def start(self) -> None:
        self.examined = False

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.examined:
            return
        self.examined = True
        maps = total = 0
        for node in event.named("CatBackward0"):
            shape = graph.shape_of(node)
            if len(shape) == 4 and min(shape[2:]) >= SIDE_AT_LEAST:
                maps, total = maps + 1, total + 4 * shape.numel()
        if total > BYTES_AT_LEAST:
            yield self.finding(
                f"{maps} concatenated feature maps with sides of at least {SIDE_AT_LEAST} take "
                f"{total / 2**20:,.0f} MiB in one pass",
                "Use activation checkpointing in the dense blocks, or start them at a smaller resolution",
            )
