"""divergence-outweighs: a divergence from the prior counts many times what the reconstruction beside it counts.

What it checks
    A loss holds the reconstruction of rows and the divergence of a normal distribution from the standard one, in any
    notation. It is counted how much each latent weighs in it against each reconstructed value, by the reductions and
    factors of both. It speaks in three passes where the reconstruction is a mean over all values without a factor that
    makes up for it, and the divergence a sum over latents (of at least 32 values to a row, or over rows, too); and
    after 40 steps wherever a latent weighs 8 times too much, if the divergence of a row is below 0.05 nats: that is
    the most that its latents can say of it.

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
    A look at the nodes of the graph that are nearest to the loss, in the first steps and in some later ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.divergences import Divergence, divergences
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.weighed import MEAN, Weighed, squared, weighed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
VALUES_AT_LEAST = 32
VALUES_IN_ALL_ROWS = 4  # of a row, where the divergence is summed over all rows as well
TIMES_OF_A_COLLAPSE = 8
STEPS_OF_A_COLLAPSE = 40
NATS_OF_A_COLLAPSE = 0.05  # of a row: no more than this is said of it
SAME = 1e-3
LOSSES = frozenset(
    {
        "MseLossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0", "BinaryCrossEntropyBackward0",
        "BinaryCrossEntropyWithLogitsBackward0", "NllLossBackward0", "NllLoss2DBackward0",
    }
)  # fmt: skip
ERRORS = ("AbsBackward0",)


class DivergenceOutweighs(LiveRule):
    code, level = "GF274", Level.WARNING
    yields_to = ("divergence-raised", "summed-over-all-rows")

    def start(self) -> None:
        self.passes = self.passes_collapsed = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss in event.losses:
            terms = list(weighed(loss))
            divergence = next(divergences(terms), None)
            values = _values(terms, divergence) if divergence is not None else None
            if divergence is None or values is None:
                continue
            count, weight = values
            times = 2 * divergence.weight / weight
            where = _summed_over(divergence, count, weight * count)
            if where and times >= VALUES_AT_LEAST:
                self.passes += 1
                if self.passes == PASSES_AT_LEAST:
                    yield self.finding(
                        f"the reconstruction is a mean over all values, and the divergence a sum over {where}: it "
                        f"counts {times:.0f} times too much",
                        'Sum both over a row: F.mse_loss(out, x, reduction="sum") / len(x)',
                    )
            elif times >= TIMES_OF_A_COLLAPSE and self._has_collapsed(divergence):
                self.passes_collapsed += 1
                if self.passes_collapsed == PASSES_AT_LEAST:
                    yield self.finding(
                        f"a latent counts {times:.0f} times what a reconstructed value counts in the loss, and after "
                        f"{self.program.steps} steps the divergence is {max(divergence.nats, 0):.2g} nats a row: the "
                        "latents carry nothing",
                        'Sum both over a row: F.mse_loss(out, x, reduction="sum") / len(x), and choose a weight of the '
                        "divergence anew",
                    )
            return

    def _has_collapsed(self, divergence: Divergence) -> bool:
        return self.program.steps >= STEPS_OF_A_COLLAPSE and divergence.nats < NATS_OF_A_COLLAPSE


def _summed_over(divergence: Divergence, values: int, factor: float) -> str:
    """What a divergence without a factor is summed over, beside a mean of so many values times a factor; "" of others.

    Args:
        factor: by which the mean is multiplied.
    """
    rows = divergence.rows
    if abs(divergence.weight * rows - 0.5) < SAME and abs(factor - 1) < SAME:
        return "the latents of a row"
    is_sum = abs(divergence.weight - 0.5) < SAME or abs(divergence.weight - 1) < SAME
    if is_sum and rows > 1 and factor < rows and values >= VALUES_IN_ALL_ROWS * rows:
        return "the latents of all rows"
    return ""


def _values(terms: Sequence[Weighed], divergence: Divergence) -> tuple[int, float] | None:
    """How many values are reconstructed, and the weight of each in the loss."""
    for node, weight, _ in terms:
        if weight <= 0:
            continue
        count = _count(node)
        if count and count >= VALUES_IN_ALL_ROWS * divergence.rows and graph.shape_of(node) != divergence.shape:
            is_mean = getattr(node, "_saved_reduction", 0) == MEAN
            return count, weight / count if is_mean else weight
    return None


def _count(node: Any) -> int:
    """The number of values that a loss of torch compares, or of differences that are squared or made positive."""
    if node.name() in LOSSES:
        if node.name().startswith("NllLoss"):
            return int(node._saved_target.numel())
        compared = getattr(node, "_saved_self", None)
        return compared.numel() if isinstance(compared, Tensor) else 0
    is_error = node.name() in ERRORS or squared(node) is not None
    inputs = graph.parents(node)
    of_difference = is_error and inputs and inputs[0].name() == "SubBackward0" and len(graph.parents(inputs[0])) == 1
    return graph.shape_of(node).numel() if of_difference else 0
