"""summed-over-all-rows: a sum over the whole batch is added to one number for each row, or averaged once more.

What it checks
    In the graph of what backward is called on: a vector with one value for each row is added to, or taken from, a
    single number that is the sum over as many rows; or a mean along a dimension is taken of a single number that is
    such a sum.

Why it hurts
    A term that was to be one number a row has lost the dimension of the rows as well: it counts as often as there are
    rows. A divergence or a log-determinant then outweighs the rest by the size of the batch, and changes with it.

Example
    kl = -0.5 * torch.sum(1 + log_var - mu ** 2 - log_var.exp())
    loss = torch.mean(reconstruction_of_each_row + kl)

Instead
    kl = -0.5 * torch.sum(1 + log_var - mu ** 2 - log_var.exp(), dim=1)

When it is a false alarm
    A penalty over as many numbers as there are rows, such as a load of each expert, that is added before the mean.

Cost
    A look at the graph nodes nearest to the loss in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NODES_AT_MOST = 60
ROWS_AT_LEAST = 4
STEPS_AT_LEAST = 3
FACTORS = ("MulBackward0", "NegBackward0", "DivBackward0")
LEAF = "AccumulateGrad"  # the end of a name that begins with the library's


class SummedOverAllRows(LiveRule):
    code, level = "GF674", Level.WARNING

    def start(self) -> None:
        self.steps = 0
        self.spoke = False

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.spoke:
            return
        rows, what = 0, ""
        for node in event.named("AddBackward0", "SubBackward0", nearest=NODES_AT_MOST):
            if (rows := _rows_of_sum_beside(node)) >= ROWS_AT_LEAST:
                what = f"a sum over all {rows:,} rows is added to one number for each row"
                break
        else:
            for node in event.named("MeanBackward1", nearest=NODES_AT_MOST):
                rows = _rows_of_averaged_sum(node)
                if rows >= ROWS_AT_LEAST:
                    what = f"a mean along a dimension is taken of one number, the sum over all {rows:,} rows"
                    break
        if not what:
            return
        self.steps += 1
        if self.steps == STEPS_AT_LEAST:
            self.spoke = True
            yield self.finding(what, "Sum over the other dimensions alone: x.sum(dim=1), or x.flatten(1).sum(1)")


def _rows_of_sum_beside(node: Any) -> int:
    """Of a sum of a vector and a number: rows of the vector, where the number is a sum over as many; 0 otherwise."""
    both = graph.parents(node)
    if len(both) != 2:
        return 0
    for vector, number in (both, both[::-1]):
        shape = graph.shape_of(vector)
        if len(shape) == 1 and not len(graph.shape_of(number)) and _rows_of_sum(number) == shape[0]:
            return shape[0]
    return 0


def _rows_of_averaged_sum(node: Any) -> int:
    """Rows of the sum that a mean along a dimension is taken of, where it is one number."""
    inputs = graph.parents(node)
    if not inputs or len(graph.shape_of(inputs[0])):
        return 0
    summed = _without_factors(inputs[0])
    many = summed is not None and summed.name() == "SumBackward0" and len(_shape_of_summed(summed)) >= 2
    return _rows_of_sum(inputs[0]) if many else 0


def _rows_of_sum(node: Any) -> int:
    """The first dimension of what a number is the sum of; of a sum of a vector's elements, one by one, how many."""
    node = _without_factors(node)
    if node is None:
        return 0
    if node.name() == "SumBackward0":
        shape = _shape_of_summed(node)
        inputs = graph.parents(node)
        is_weights = bool(inputs) and _is_of_leaves_alone(inputs[0])
        return shape[0] if len(shape) and not is_weights else 0
    count, vector = 0, None
    while node is not None and node.name() == "AddBackward0" and count <= 4096:
        parents = graph.parents(node)
        ends = [each for each in parents if each.name() in ("UnbindBackward0", "SelectBackward0")]
        if not ends:
            return 0
        if ends[-1].name() == "UnbindBackward0":
            if vector is not None and ends[-1] is not vector:
                return 0
            vector = ends[-1]
        count += len(ends)
        rest = [each for each in parents if each not in ends]
        node = rest[0] if rest else None
    return count


def _shape_of_summed(node: Any) -> torch.Size:
    inputs = graph.parents(node)
    return graph.shape_of(inputs[0]) if inputs else torch.Size(())


def _without_factors(node: Any) -> Any:
    """What a number is a multiple of, by a number without a graph."""
    while node is not None and node.name() in FACTORS:
        inputs = graph.parents(node)
        if len(inputs) != 1:
            return None
        node = inputs[0]
    return node


def _is_of_leaves_alone(node: Any) -> bool:
    """Whether a value is made of weights and nothing else, as a penalty is."""
    seen = list(graph.walk(node, limit=12))
    return len(seen) < 12 and any(each.name().endswith(LEAF) for each in seen) and all(
        not each.name().startswith(("Addmm", "Mm", "Convolution", "Bmm", "Embedding")) for each in seen
    )  # fmt: skip
