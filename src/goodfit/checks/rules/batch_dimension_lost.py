"""batch-dimension-lost: the output's first dimension is not the batch size, and the targets' is.

What it checks
    A net gets N rows, its output has another first dimension (or none), and a loss is given that output with N targets.
    In a loss written by hand, an output with a first dimension of 1 that is broadcast to N, as a warning.

Why it hurts
    Rows of the output no longer belong to rows of the input: a wrong view, a squeeze of a batch of one, or one mean too
    many. The loss either stops the program or, broadcast, compares the wrong things.

Example
    def forward(self, x): return self.fc(x.view(-1, 400))      # x holds 4 * 400 values a row

Instead
    def forward(self, x): return self.fc(x.flatten(1))         # keeps the first dimension, whatever the rest

When it is a false alarm
    Sequence-first nets, whose loss flattens both sides alike, are not reported.

Cost
    Shapes, in the first steps, and those of the nodes nearest to the loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

JOINING = ("SubBackward0", "RsubBackward1", "MulBackward0", "AddBackward0")
NODES_AT_MOST = 40
FIX = "Keep the first dimension through the net: x.flatten(1) or x.view(len(x), -1), and no squeeze or mean over it"


class BatchDimensionLost(LiveRule):
    code, level = "GF101", Level.ERROR
    yields_to = ("channels-last-images",)

    def start(self) -> None:
        self.reported = False

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        last = self.program.last_call
        if last is None or last.rows is None or last.rows < 2 or not event.target.dim():
            return
        rows, shape = last.rows, tuple(event.input.shape)
        if len(event.target) != rows or shape not in last.output_shapes or (shape and shape[0] == rows):
            return
        yield self.finding(
            f"the net was given {rows} rows (input {last.shape}) and its output has the shape {shape}, while there are "
            f"{rows} targets",
            FIX,
        )

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        last = self.program.last_call
        if self.reported or last is None or last.rows is None or last.rows < 2:
            return
        lost = {shape for shape in last.output_shapes if len(shape) > 1 and shape[0] == 1 and shape[1] != last.rows}
        if not lost:
            return
        for node in event.named(*JOINING, nearest=NODES_AT_MOST):
            shape, given = tuple(graph.shape_of(node)), [tuple(graph.shape_of(each)) for each in graph.parents(node)]
            if len(given) == 1 and given[0] in lost and shape == (last.rows, *given[0][1:]):
                self.reported = True
                yield self.finding(
                    f"the net was given {last.rows} rows (input {last.shape}) and its output has the shape {given[0]}, "
                    f"which the loss compares with each of {last.rows} targets",
                    FIX,
                    level=Level.WARNING,
                )
                return
