"""divergence-raised: the loss of a variational autoencoder falls as its posterior moves away from the prior.

What it checks
    A loss holds the divergence of a normal distribution from the standard one, written out: exp(logvar), logvar and
    mu ** 2 as terms of a sum. Their signs are those by which minimising the loss raises it. In three passes.

Why it hurts
    The latent space spreads without bound instead of staying near the prior: samples of the prior give nothing, and
    the loss falls for ever.

Example
    kl = 0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(); loss = reconstruction + kl

Instead
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(); loss = reconstruction + kl

When it is a false alarm
    None is known.

Cost
    A look at the nodes of the graph that are nearest to the loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.engine.signs import Signed, signed
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
LINEAR = frozenset({"MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1"})


class DivergenceRaised(LiveRule):
    code, level = "GF255", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        for loss in event.losses:
            nodes = list(signed(loss, LINEAR))
            squares = [each for each in nodes if each.node.name() == "PowBackward0" and each.node._saved_exponent == 2]
            if not any(each.sign < 0 for each in squares) or not any(_is_turned(each, nodes) for each in nodes):
                continue
            self.passes += 1
            if self.passes == PASSES_AT_LEAST:
                yield self.finding(
                    "the loss falls as the divergence from the prior grows: its terms mu ** 2 and exp(logvar) are "
                    "subtracted",
                    "kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum(), and add it to the loss",
                )
            return


def _is_turned(here: Signed, nodes: list[Signed]) -> bool:
    """Whether exp(v) is subtracted, and v added."""
    if here.node.name() != "ExpBackward0" or here.sign > 0:
        return False
    exponent = graph.parents(here.node)[0]
    return any(other.node is exponent and other.sign > 0 for other in nodes)
