"""softmax-over-all-edges: weights of edges sum to 1 over the whole graph, and are then added up node by node.

What it checks
    Between the input of a net and its loss there is a softmax over dimension 0, and what is weighted by it is added
    into fewer rows by an index (index_add, scatter_add, scatter_reduce, index_put).

Why it hurts
    The weights of one node's neighbours do not sum to 1: in a graph of a thousand edges each is near to a thousandth,
    messages all but vanish, and every edge anywhere changes them.

Example
    weights = torch.softmax(scores, dim=0); out = zeros.index_add(0, target, weights * messages)

Instead
    weights = (scores - scores.max()).exp()
    sums = torch.zeros(nodes, 1).index_add(0, target, weights)
    out = zeros.index_add(0, target, weights / sums[target] * messages)

When it is a false alarm
    The weights are meant as shares of the whole graph.

Cost
    A look through the graph of the first losses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_EXAMINED = 3
STEPS_ON = 6  # from the softmax to where it is added up
WEIGHTED = ("MulBackward0", "BmmBackward0", "EinsumBackward0")
ADDED = ("IndexAddBackward0", "ScatterAddBackward0", "ScatterReduceBackward0", "IndexPutBackward0")


class SoftmaxOverAllEdges(LiveRule):
    code, level = "GF651", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_EXAMINED:
            return
        self.passes += 1
        for node in event.named("SoftmaxBackward0"):
            shape = graph.shape_of(node)
            if not shape or node._saved_dim not in (0, 2**64 - len(shape)):
                continue
            rows = next((rows for nodes in event.nodes if (rows := _added_into(node, shape[0], nodes))), 0)
            if rows:
                self.passes = PASSES_EXAMINED
                yield self.finding(
                    f"a softmax runs over all {shape[0]:,} rows of {tuple(shape)}, and what it weights is added up "
                    f"in {rows:,} groups: the weights of a group do not sum to 1",
                    "Divide each weight by the sum of its own group: exp(score) / sums[index], with sums by index_add",
                    file=graph.place_of(node).file,
                    line=graph.place_of(node).line,
                )
                return


def _added_into(node: Any, rows: int, nodes: list[Any]) -> int:
    """Into how many rows what a softmax over rows weights is added by an index; 0 where it is not."""
    users: dict[int, list[Any]] = {}
    for each in nodes:
        for parent in graph.parents(each):
            users.setdefault(id(parent), []).append(each)
    reached, weighted = [(node, False)], False
    for _ in range(STEPS_ON):
        found = []
        for each, weighted in reached:
            for user in users.get(id(each), []):
                name = user.name()
                if name in ADDED and weighted:
                    into = graph.shape_of(user)[0]
                    if 1 < into < rows:
                        return int(into)
                elif name in WEIGHTED or name in graph.MOVES:
                    found.append((user, weighted or name in WEIGHTED))
        reached = found
    return 0
