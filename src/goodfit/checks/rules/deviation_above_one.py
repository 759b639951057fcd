"""deviation-above-one: the logarithm of a normal distribution's deviation is cut at 0 from below.

What it checks
    In three steps: a normal distribution is made whose deviation is exp of what a ReLU gave, with a graph.

Why it hurts
    The logarithm of a deviation is negative wherever the deviation is below 1. Behind a ReLU the policy, or the latent,
    cannot be surer than that: actions stay noisy for ever, and where the ReLU gives 0 nothing is learnt about it.

Example
    log_std = F.relu(self.log_std_head(h)); dist = Normal(mean, log_std.exp())

Instead
    log_std = self.log_std_head(h).clamp(-20, 2)

When it is a false alarm
    None is known.

Cost
    A few nodes of the graph behind each distribution, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch.distributions import Normal

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import NewDistribution
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

SEEN_AT_LEAST = 3
STEPS_BACK = 4
SCALED = ("MulBackward0", "DivBackward0")


class DeviationAboveOne(LiveRule):
    code, level = "GF687", Level.WARNING

    def start(self) -> None:
        self.seen = 0

    def on_distribution(self, event: NewDistribution) -> Iterator[Finding]:
        scale = event.params.get("scale")
        if not event.grad or self.seen >= SEEN_AT_LEAST or not isinstance(event.distribution, Normal):
            return
        node = None if scale is None else graph.source(scale)
        if node is None or node.name() != "ExpBackward0" or not graph.parents(node):
            return
        if _behind_numbers(graph.parents(node)[0]).name() != "ReluBackward0":
            return
        self.seen += 1
        if self.seen == SEEN_AT_LEAST:
            yield self.finding(
                "the deviation of a normal distribution is exp of what a ReLU gives: it is 1 at least",
                "Leave the ReLU out: log_std = head(h).clamp(-20, 2)",
            )


def _behind_numbers(node: Any) -> Any:
    """What is behind moves and products with numbers, such as 0.5 * log_var."""
    for _ in range(STEPS_BACK):
        node = graph.behind(node)
        if node.name() not in SCALED or len(graph.parents(node)) != 1:
            break
        node = graph.parents(node)[0]
    return node
