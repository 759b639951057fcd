"""mean-is-deviation: the mean and the logarithm of the deviation of a sample are the same numbers.

What it checks
    In the graph of the loss, a sample mean + noise * exp(c * x), where the mean and x were cut from one output at the
    same place, or are one layer's result for the same input.

Why it hurts
    The net can give no mean without a deviation to match: large means get large noise. Half of its last layer is
    never used.

Example
    mean, log_variance = h[:, :k], h[:, :k]

Instead
    mean, log_variance = h[:, :k], h[:, k:]

When it is a false alarm
    A distribution whose deviation is meant to be a function of its mean.

Cost
    A look at the sums in the graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.gaussian_samples import gaussian_samples
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 2
DEPTH = 4  # of nodes that are compared
CUTS = {
    "SliceBackward0": ("_saved_dim", "_saved_start", "_saved_end", "_saved_step"),
    "SelectBackward0": ("_saved_dim", "_saved_index"),
    "AddmmBackward0": (), "TBackward0": (), "MmBackward0": (), "ConvolutionBackward0": (),
    "UnsqueezeBackward0": ("_saved_dim",), "SqueezeBackward1": ("_saved_dim",),
}  # fmt: skip


Edge = tuple[Any, int]  # a node and the number of its output


class MeanIsDeviation(LiveRule):
    code, level = "GF244", Level.WARNING

    def start(self) -> None:
        self.steps = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for nodes in event.nodes if event.named("ExpBackward0") else ():
            for sample in gaussian_samples(nodes):
                exponent = _unscaled(sample.exponential.next_functions[0])
                if not _same(sample.mean_edge, exponent, DEPTH):
                    continue
                self.steps += 1
                if self.steps == STEPS_AT_LEAST:
                    yield self.finding(
                        "a sample mean + noise * exp(c x) is drawn, and the mean and x are the same values of the "
                        "same layer",
                        "Cut the output in two: mean, log_variance = h.chunk(2, dim=1)",
                    )
                return


def _unscaled(edge: Edge) -> Edge:
    """What a product with numbers was made of."""
    node = edge[0]
    while node.name() in ("MulBackward0", "DivBackward0") and len(graph.parents(node)) == 1:
        edge = next(each for each in node.next_functions if each[0] is not None)
        node = edge[0]
    return edge


def _same(one: Edge, other: Edge, depth: int) -> bool:
    """Whether two nodes gave the same values: the same operation, with the same settings, of the same inputs."""
    (first, number), (second, other_number) = one, other
    if first is None or second is None or number != other_number:
        return False
    if first is second:
        return True
    name = first.name()
    if name != second.name() or name not in CUTS or not depth:
        return False
    if any(getattr(first, setting) != getattr(second, setting) for setting in CUTS[name]):
        return False
    inputs, others = first.next_functions, second.next_functions
    return len(inputs) == len(others) > 0 and all(_same(a, b, depth - 1) for a, b in zip(inputs, others, strict=True))
