"""loss-always-zero: the loss is exactly 0 in every step, from the first on.

What it checks
    All losses that backward was called on were 0 to the last bit, at least eight, and no weight of any optimiser has a
    gradient other than 0.

Why it hurts
    Nothing is learnt: the gradient is 0 too. A hinge whose negative is infinitely far, a mask that leaves nothing in,
    or a target that is the prediction itself looks like a net that is perfect from the start.

Example
    sim.masked_fill_(eye, -inf); hardest = (1 - sim).max(1).values     # 1 - (-inf) is the farthest of all

Instead
    sim.masked_fill_(eye, inf)

When it is a false alarm
    None is known. A policy that has not been rewarded yet is not reported.

Cost
    None: values that are kept anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import BackwardEnded, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES_AT_LEAST = 8
NODES_AT_MOST = 400


class LossAlwaysZero(LiveRule):
    code, level = "GF265", Level.WARNING
    yields_to = ("one-class-cross-entropy", "all-labels-ignored", "loss-detached", "softmax-of-one", "argmax-of-one")

    def start(self) -> None:
        self.place: Place | None = None
        self.has_gradient = False  # or may have one, as a policy has once it is rewarded

    def after_backward(self, event: BackwardEnded) -> None:
        if self.place is None:
            self.place = user_place()
        if not self.has_gradient and self.program.losses.lowest == self.program.losses.highest == 0:
            of_policy = any(graph.SCORE in node.metadata for nodes in event.nodes for node in nodes[:NODES_AT_MOST])
            self.has_gradient = of_policy or any(
                leaf.grad is not None and bool(leaf.grad.any()) for leaf in event.leaves
            )

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        losses = self.program.losses
        is_zero = losses.count >= LOSSES_AT_LEAST and losses.lowest == losses.highest == losses.total == 0
        if is_zero and not self.has_gradient and self.place is not None:
            yield self.finding(
                f"the loss is exactly 0 in all {losses.count} passes, and so are the gradients: nothing is learnt",
                "Print what the loss is made of: an infinite distance, a mask that leaves nothing in, or a target "
                "that is the prediction",
                file=self.place.file,
                line=self.place.line,
            )
