"""divergence-outweighs: a reconstruction is a mean over all values, and the divergence beside it a sum over latents.

What it checks
    A loss holds a mean of squared errors or of binary cross-entropies, and exp(logvar) of a divergence from the
    standard normal distribution, whose terms have the weight 1/2 for each row: in a mean over rows of at least 32
    values; or in a sum over rows of at least 4, where no factor of the mean makes up for their number. In three passes.

Why it hurts
    Each value is weighed 1 / values, each latent 1: the divergence counts as many times too much as a row has values,
    and if it is summed over rows, as the whole batch has.
    It is cheapest to set it to 0, so that the latents carry nothing and the decoder gives the mean of all rows.

Example
    loss = F.mse_loss(out, x) + (-0.5 * (1 + logvar - mu ** 2 - logvar.exp())).sum(1).mean()

Instead
    loss = F.mse_loss(out, x, reduction="sum") / len(x) + kl

When it is a false alarm
    Such a weight that is meant: write it down as a factor.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
VALUES_AT_LEAST = 32
VALUES_IN_ALL_ROWS = 4  # of a row, where the divergence is summed over all rows as well
NODES_AT_MOST = 60
SAME = 1e-3
MEANS = ("MseLossBackward0", "BinaryCrossEntropyBackward0", "BinaryCrossEntropyWithLogitsBackward0")
MEAN = 1  # the number of reduction="mean"


class DivergenceOutweighs(LiveRule):
    code, level = "GF274", Level.WARNING
    yields_to = ("divergence-raised",)

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss in event.losses:
            where, times = self._times(loss)
            if times < VALUES_AT_LEAST:
                continue
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    f"the reconstruction is a mean over all values, and the divergence a sum over {where}: it counts "
                    f"{times} times too much",
                    'Sum both over a row: F.mse_loss(out, x, reduction="sum") / len(x)',
                )
            return

    def _times(self, loss: Tensor) -> tuple[str, int]:
        """What a divergence is summed over, and how many times too much it counts; 0 where it is weighed well."""
        weighed = list(_weighed(loss))
        means = [
            (node._saved_self, weight)
            for node, weight in weighed
            if node.name() in MEANS
            and getattr(node, "_saved_reduction", 0) == MEAN
            and weight > 0
            and isinstance(getattr(node, "_saved_self", None), Tensor)
        ]
        for node, weight in weighed:
            shape = graph.shape_of(node)
            is_divergence = node.name() == "ExpBackward0" and len(shape) == 2 and _is_beside_its_exponent(node, weighed)
            if not is_divergence or not means:
                continue
            values, factor = means[0]
            rows = shape[0]
            if abs(weight * rows - 0.5) < SAME and abs(factor - 1) < SAME:
                return "the latents of a row", values.numel() // rows
            if abs(weight - 0.5) < SAME and rows > 1 and factor < rows and values.numel() >= VALUES_IN_ALL_ROWS * rows:
                return "the latents of all rows", round(values.numel() / factor)
        return "", 0


def _is_beside_its_exponent(node: Any, weighed: list[tuple[Any, float]]) -> bool:
    """Whether the exponent of exp(v) is a term too, subtracted: as in exp(v) - v."""
    exponent = graph.parents(node)[0] if graph.parents(node) else None
    return any(other is exponent and weight < 0 for other, weight in weighed)


def _weighed(loss: Tensor) -> Iterator[tuple[Any, float]]:
    """Nodes that a loss is a weighted sum of, with the weight of each of their values."""
    stack = [(loss.grad_fn, 1.0)] if loss.grad_fn is not None else []
    for _ in range(NODES_AT_MOST):
        if not stack:
            return
        node, weight = stack.pop()
        yield node, weight
        name, inputs = node.name(), [each for each, _ in node.next_functions]
        known = [each for each in inputs if each is not None]
        if name in ("AddBackward0", "SubBackward0", "RsubBackward1"):
            signs = {"SubBackward0": (1, -1), "RsubBackward1": (-1, 1)}.get(name, (1, 1))
            stack += [(each, weight * by) for each, by in zip(inputs, signs, strict=False) if each is not None]
        elif len(known) != 1:
            continue
        elif name in ("MeanBackward0", "MeanBackward1"):
            of = graph.shape_of(known[0]).numel() / max(1, graph.shape_of(node).numel())
            stack.append((known[0], weight / of))
        elif name in ("SumBackward0", "SumBackward1") or name in graph.MOVES:
            stack.append((known[0], weight))
        elif name == "NegBackward0":
            stack.append((known[0], -weight))
        elif name in ("MulBackward0", "DivBackward0") and (number := _number(node)):
            stack.append((known[0], weight * number if name == "MulBackward0" else weight / number))


def _number(node: Any) -> float:
    """The constant of a product or quotient; 0 where it is no single number."""
    for name in ("_saved_other", "_saved_self"):
        value = getattr(node, name, None)
        if isinstance(value, Tensor) and value.numel() == 1:
            return float(value)
        if isinstance(value, int | float):
            return float(value)
    return 0.0
