"""attention-over-queries: the weights of an attention are normalised over the queries, and not over the keys.

What it checks
    In the graph of a loss, the softmax of a product of two tensors is itself the first factor of a product. Its last
    dimension is the one that is summed over there (the keys), and the softmax ran over the one before (the queries).

Why it hurts
    What a query gets is no weighted mean: its weights add up to anything between 0 and the number of queries, and each
    query's share depends on all other queries. A causal mask leaks the future through that sum.

Example
    weights = F.softmax(scores, dim=2)                 # scores are (batch, heads, queries, keys)

Instead
    weights = F.softmax(scores, dim=-1)

When it is a false alarm
    Competition among queries that is meant, as in slot attention without its division by the sum over the keys.

Cost
    A look at the graph's nodes in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PRODUCTS = ("BmmBackward0", "MmBackward0")
# Between the softmax and the product: what keeps the last two dimensions as they are. Dropout is a product with a mask.
KEEPING = frozenset(
    {
        "ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0", "ExpandBackward0", "CloneBackward0",
        "ToCopyBackward0", "MulBackward0", "NativeDropoutBackward0", "MaskedFillBackward0", "AliasBackward0",
    }
)  # fmt: skip
SCALING = frozenset({*KEEPING, "DivBackward0", "AddBackward0", "SubBackward0", "WhereBackward0"})
STEPS_AT_MOST = 10
SIZE_AT_LEAST = 2


class AttentionOverQueries(LiveRule):
    code, level = "GF113", Level.WARNING

    def start(self) -> None:
        self.places: set[Place] = set()  # that were reported

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for node in event.named(*PRODUCTS) if event.named("SoftmaxBackward0") else ():
            if node.next_functions[0][0] is None:
                continue
            softmax = _back_to(node.next_functions[0][0], "SoftmaxBackward0", KEEPING)
            if softmax is None or not _is_over_queries(softmax) or _product_behind(softmax) is None:
                continue
            place = graph.place_of(softmax)
            if place not in self.places and (place.file is not None or not self.places):  # none: made in its sleep
                self.places.add(place)
                queries, keys = graph.shape_of(softmax)[-2:]
                yield self.finding(
                    f"the weights of an attention of {queries} queries and {keys} keys add up to 1 over the queries, "
                    "and are then summed over the keys",
                    "Let the softmax run over the last dimension: dim=-1",
                    file=place.file,
                    line=place.line,
                )


def _is_over_queries(softmax: Any) -> bool:
    shape = graph.shape_of(softmax)
    if len(shape) < 2 or min(shape[-2:]) < SIZE_AT_LEAST:
        return False
    return graph.softmax_dim(softmax) % len(shape) == len(shape) - 2


def _product_behind(softmax: Any) -> Any:
    """The product of queries and keys that a softmax is taken of; None where it is of something else."""
    inputs = graph.parents(softmax)
    return _back_to(inputs[0], PRODUCTS, SCALING) if inputs else None


def _back_to(node: Any, names: str | tuple[str, ...], passing: frozenset[str]) -> Any:
    """The first node of such a name behind nodes that pass the last two dimensions on; None where there is none."""
    wanted = (names,) if isinstance(names, str) else names
    for _ in range(STEPS_AT_MOST):
        if node.name() in wanted:
            return node
        inputs = graph.parents(node)
        if node.name() not in passing or not inputs or (node.name() == "MulBackward0" and len(inputs) > 1):
            return None
        if graph.shape_of(inputs[0])[-2:] != graph.shape_of(node)[-2:]:
            return None
        node = inputs[0]
    return None
