"""distance-as-logit: the classes of a loss are given their distances, where the nearest should have the highest value.

What it checks
    The logits of cross_entropy, or what log_softmax is computed of before nll_loss, are distances as they are: of
    torch.cdist, of a norm, or a sum of squared differences, at most rooted, scaled or reshaped. None of them is
    negative. In three passes.

Why it hurts
    Softmax makes the farthest prototype the most probable one. The loss pushes each row away from the prototype of its
    own class, and falls; the nearest prototype is then right less often than by chance.

Example
    loss = F.cross_entropy(torch.cdist(queries, prototypes), labels)

Instead
    loss = F.cross_entropy(-torch.cdist(queries, prototypes), labels)

When it is a false alarm
    None is known.

Cost
    A few nodes of the graph behind each such loss, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

PASSES_AT_LEAST = 3
STEPS_AT_MOST = 10  # from the logits to the distances
DISTANCES = ("CdistBackward0", "EuclideanDistBackward0", "NormBackward1", "LinalgVectorNormBackward0")
KEEPING_ORDER = (
    "PowBackward0", "SqrtBackward0", "DivBackward0", "MulBackward0", "ViewBackward0", "UnsafeViewBackward0",
    "ReshapeAliasBackward0", "TBackward0", "TransposeBackward0", "PermuteBackward0", "SqueezeBackward1",
    "UnsqueezeBackward0", "CloneBackward0", "ToCopyBackward0", "ClampMinBackward0", "ClampBackward1",
)  # fmt: skip
SUMS = ("SumBackward1", "MeanBackward1")


class DistanceAsLogit(LiveRule):
    code, level = "GF573", Level.WARNING

    def start(self) -> None:
        self.passes = 0

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        if self.passes >= PASSES_AT_LEAST or not event.grad or event.name not in ("cross_entropy", "nll_loss"):
            return
        node = event.input.grad_fn
        if event.name == "nll_loss":
            node = graph.parents(node)[0] if node is not None and node.name() == "LogSoftmaxBackward0" else None
        elif event.input.dim() < 2 or bool((event.input < 0).any()):
            node = None
        if node is None or not _is_distance(node):
            return
        self.passes += 1
        if self.passes == PASSES_AT_LEAST:
            yield self.finding(
                f"{event.name} is given distances as logits: the farthest class is the most probable one, and each row "
                "is pushed away from its own",
                "Give it the distances with a minus before them: cross_entropy(-distances, labels)",
            )


def _is_distance(node: Any) -> bool:
    """Whether a node's values are distances, or rise with them."""
    for _ in range(STEPS_AT_MOST):
        if node.name() in DISTANCES:
            return True
        inputs = graph.parents(node)
        if len(inputs) != 1:
            return False
        if node.name() in SUMS:
            squares = inputs[0]
            before = graph.parents(squares)
            is_square = squares.name() == "PowBackward0" and squares._saved_exponent == 2
            return is_square and len(before) == 1 and before[0].name() == "SubBackward0"
        if node.name() not in KEEPING_ORDER:
            return False
        if node.name() == "PowBackward0" and not node._saved_exponent > 0:
            return False
        node = inputs[0]
    return False
