"""noise-shared-by-rows: one draw of noise is added to all rows of a batch.

What it checks
    A sample is drawn by hand, mean + noise * spread, with a mean and a spread for each row of the batch, and the noise
    of torch.randn has none: it is broadcast to all rows. In three passes.

Why it hurts
    The gradient of a batch is that of one draw, not of as many as there are rows: the noise does not average out, and
    steps are as rough as with a batch of one. A net that sees several rows at once can tell the noise, and take it off.

Example
    z = mu + torch.randn(latent_dim) * std

Instead
    z = mu + torch.randn_like(std) * std

When it is a false alarm
    Noise that is to be the same for a whole batch, so that rows can be compared.

Cost
    A note of what torch.randn gives, and a look at the products in the graph of a loss, in the first steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Noise
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
DRAWS_KEPT = 32
ROWS_AT_LEAST = 4
SPREADS = ("ExpBackward0", "SoftplusBackward0", "SqrtBackward0")
NODES_BEHIND = 4  # from the product to what makes a spread of an output


class NoiseSharedByRows(LiveRule):
    code, level = "GF623", Level.WARNING

    def start(self) -> None:
        self.drawn: deque[tuple[int, int]] = deque(maxlen=DRAWS_KEPT)  # addresses and sizes
        self.passes = 0

    def on_noise(self, event: Noise) -> None:
        self.drawn.append((event.tensor.data_ptr(), event.tensor.numel()))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        last = self.program.last_call
        rows = last.rows if last is not None else None
        drawn, self.drawn = set(self.drawn), deque(maxlen=DRAWS_KEPT)
        if not rows or rows < ROWS_AT_LEAST or not drawn:
            return
        sums = [sides for node in event.named("AddBackward0") if len(sides := graph.parents(node)) == 2]
        if any(_is_shared(side, rows, drawn) for sides in sums for side in sides):
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    f"a sample of mean + noise * spread has one draw of noise for all {rows} rows of the batch",
                    "Draw noise for each row: torch.randn_like(std)",
                )


def _is_shared(node: Any, rows: int, drawn: set[tuple[int, int]]) -> bool:
    """Whether this is a spread of each row times noise that is not."""
    shape, parents = graph.shape_of(node), graph.parents(node)
    if node.name() != "MulBackward0" or len(parents) != 1 or len(shape) < 2 or shape[0] != rows:
        return False
    if not any(each.name() in SPREADS for each in graph.walk(parents[0], limit=NODES_BEHIND)):
        return False
    if graph.shape_of(parents[0]) != shape:
        return False
    for name in ("_saved_other", "_saved_self"):
        noise = getattr(node, name, None)
        if isinstance(noise, Tensor) and (noise.data_ptr(), noise.numel()) in drawn:
            return noise.numel() > 1 and noise.numel() * rows == shape.numel()
    return False
