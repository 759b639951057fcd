"""angle-clamped: angles are clamped to -1 and 1, where the cosines were meant that they are computed of.

What it checks
    In the graph of a loss: what acos gives, from 0 to pi, is clamped to less than two thirds of that. In three passes.

Why it hurts
    All vectors that are more than 57 degrees apart, which is most of those of different classes, count as 57 degrees
    apart, and have no gradient: they are not pressed apart. The end of the cosine, which the clamp was to keep from an
    infinite gradient, is still there.

Example
    angle = torch.acos(cosine).clamp(-1, 1)

Instead
    angle = torch.acos(cosine.clamp(-1 + 1e-6, 1 - 1e-6))

When it is a false alarm
    An angle that is to be limited.

Cost
    A look at the graph's nodes of that kind, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardBegins
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
LIMIT_AT_MOST = 2.0  # radians
KINDS = ("ClampBackward0", "ClampBackward1", "ClampMaxBackward0")


class AngleClamped(LiveRule):
    code, level = "GF478", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST or not event.named("AcosBackward0"):
            return
        self.passes += any(_clamps_angles(node) for node in event.named(*KINDS))
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(
                "what acos gives is clamped: angles beyond that count as no wider, and have no gradient",
                "Clamp the cosine, before acos: torch.acos(cosine.clamp(-1 + 1e-6, 1 - 1e-6))",
            )


def _clamps_angles(node: Any) -> bool:
    inputs, limit = graph.parents(node), getattr(node, "_saved_max", None)
    is_number = isinstance(limit, int | float) and limit <= LIMIT_AT_MOST
    return is_number and bool(inputs) and graph.behind(inputs[0], stop=graph.CLAMPS).name() == "AcosBackward0"
