"""spread-of-a-row: the spread of outputs is measured within each row, where that of the batch is meant.

What it checks
    A hinge keeps the standard deviation of a net's outputs (N, D) above a number: relu(1 - z.std(...)). It is taken
    along dimension 1, of the values of each row. Or outputs that were standardised along dimension 1 are multiplied
    with others over the rows, to a matrix (D, D) of correlations. In three passes.

Why it hurts
    The spread over the batch is what says that rows differ. Within a row it can be large while all rows are the
    same: the term is satisfied, and the representation collapses.

Example
    loss = F.mse_loss(a, b) + torch.relu(1 - a.std(1)).mean()

Instead
    loss = F.mse_loss(a, b) + torch.relu(1 - a.std(0)).mean()

When it is a false alarm
    None is known.

Cost
    A look at the graph of a loss that has deviations, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
HINGES = ("ReluBackward0", "ClampMinBackward0", "ClampBackward1")
DEVIATIONS = ("StdBackward0", "VarBackward0", "StdBackward1", "VarBackward1")
NODES_BETWEEN = 6
WITHIN_ROWS = 1


class SpreadOfARow(LiveRule):
    code, level = "GF640", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if not event.named(*DEVIATIONS):
            return
        hinged = [found for node in event.named(*HINGES) if (found := _hinged(node)) is not None]
        correlated = [side for node in event.named("MmBackward0") for side in _correlated(node)]
        wrong = [each for each in [*hinged, *correlated] if _dim(each) == WITHIN_ROWS]
        if wrong and len(wrong) == len([*hinged, *correlated]):
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    "the standard deviation of outputs is taken along dimension 1, within each row: that of each value "
                    "over the batch was meant",
                    "Take it over the batch: z.std(dim=0)",
                )


def _hinged(node: Any) -> Any:
    """The deviation of (N, D) in relu(1 - deviation); None of other hinges."""
    inner = graph.parents(node)
    less = inner[0] if inner else None
    if less is None or less.name() not in ("RsubBackward1", "SubBackward0") or len(graph.parents(less)) != 1:
        return None
    if less.name() == "SubBackward0" and less.next_functions[0][0] is not None:
        return None  # deviation - 1
    return _deviation(graph.parents(less)[0])


def _correlated(node: Any) -> list[Any]:
    """The deviations by which both sides of a product over the rows were divided."""
    first = node.next_functions[0][0]
    if first is None or first.name() not in ("TBackward0", "TransposeBackward0", "PermuteBackward0"):
        return []
    sides = [graph.parents(first)[0], *(edge[0] for edge in node.next_functions[1:] if edge[0] is not None)]
    found = [
        _deviation(graph.parents(side)[1])
        for side in sides
        if side.name() == "DivBackward0" and len(graph.parents(side)) == 2
    ]
    return [each for each in found if each is not None] if len(found) == 2 else []


def _deviation(node: Any) -> Any:
    """The deviation of (N, D) that a node is, perhaps with a number added or under a root."""
    for _ in range(NODES_BETWEEN):
        if node.name() in DEVIATIONS:
            of = graph.parents(node)
            return node if of and len(graph.shape_of(of[0])) == 2 else None
        parents = graph.parents(node)
        if len(parents) != 1 or node.name() not in ("SqrtBackward0", "AddBackward0", *graph.MOVES):
            return None
        node = parents[0]
    return None


def _dim(node: Any) -> int | None:
    dims = getattr(node, "_saved_dim", None)
    dims = list(dims) if isinstance(dims, (tuple, list)) else []
    if len(dims) != 1:
        return None
    return int(dims[0]) if dims[0] < 2**62 else int(dims[0]) - 2**64 + 2
