"""derivative-of-mean: the derivative of a net's output is that of the mean of all rows, too small by their number.

What it checks
    torch.autograd.grad with create_graph=True gives the gradient of the mean of a net's output, (N, ...), with respect
    to the N rows that the net was given. In three passes.

Why it hurts
    Each row has a part in the mean of one N-th, and so has its gradient: of 1,000 points, u'(x) comes out a thousandth.
    An equation is trained with a derivative that is hardly there, and another batch size is another equation.

Example
    du = torch.autograd.grad(u.mean(), x, create_graph=True)[0]

Instead
    du = torch.autograd.grad(u.sum(), x, create_graph=True)[0]

When it is a false alarm
    A gradient that is multiplied by the number of rows afterwards.

Cost
    A look at the node of what is differentiated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import InputGradients, NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
ROWS_AT_LEAST = 4
CALLS_KEPT = 8
MEANS = ("MeanBackward0", "MeanBackward1")


class DerivativeOfMean(LiveRule):
    code, level = "GF633", Level.WARNING

    def start(self) -> None:
        self.outputs: list[int] = []  # ids of nodes that nets gave last
        self.passes = 0

    def on_call(self, event: NetCall) -> None:
        nodes = [id(each.grad_fn) for each in event.outputs if each.grad_fn is not None]
        self.outputs = [*self.outputs, *nodes][-CALLS_KEPT:]

    def on_gradients(self, event: InputGradients) -> Iterator[Finding]:
        if not event.create_graph or len(event.outputs) != 1 or event.weights is not None:
            return
        rows = _rows_of_mean(event.outputs[0], self.outputs)
        is_of_input = any(not isinstance(x, nn.Parameter) and x.dim() > 1 and len(x) == rows for x in event.inputs)
        if rows < ROWS_AT_LEAST or not is_of_input:
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"what is differentiated by the input is the mean of {rows} rows: the derivative of each is too small "
                f"by a factor of {rows}",
                "Differentiate the sum: torch.autograd.grad(u.sum(), x, create_graph=True)",
            )


def _rows_of_mean(output: Tensor, known: list[int]) -> int:
    """Of how many rows of a net's output this is the mean; 0 where it is none."""
    node: Any = output.grad_fn
    if output.dim() or node is None or node.name() not in MEANS:
        return 0
    of = graph.parents(node)[0]
    shape = graph.shape_of(of)
    is_output = id(of) in known or id(graph.behind(of)) in known
    return shape[0] if is_output and shape else 0
