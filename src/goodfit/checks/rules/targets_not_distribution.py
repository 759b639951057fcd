"""targets-not-distribution: the targets of cross-entropy or kl_div are no probabilities.

What it checks
    cross_entropy with a target for every class: rows of zeros and ones in which several are 1 (an input of several
    classes at once, "multi-hot"), or rows with negative numbers; binary_cross_entropy of a softmax, with such rows.
    kl_div without log_target: targets that are partly negative and partly above 0, so that they are neither
    probabilities nor their logarithms.

Why it hurts
    Softmax gives probabilities that sum to 1. With three classes that are right at once, the loss asks for 1/3 each,
    and a threshold of 0.5 finds none of them; with negative targets the loss has no lower bound.

Example
    loss = F.cross_entropy(net(x), tags)                  # tags: tensor([[1., 0., 1., 1.], ...])

Instead
    loss = F.binary_cross_entropy_with_logits(net(x), tags)

When it is a false alarm
    Multi-hot rows that stand for "any of these", as in contrastive losses: those between the rows of one batch (a
    square symmetric target) are left out. Rows that are scaled by a sample's weight are left out too.

Cost
    Sums of the target's rows in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

TOLERANCE = 1e-3


class TargetsNotDistribution(LiveRule):
    code, level = "GF215", Level.ERROR

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target = event.target.detach()
        if not target.is_floating_point() or target.shape != event.input.shape or not target.numel():
            return
        if event.name == "cross_entropy":
            yield from self._of_cross_entropy(target)
        elif event.name == "binary_cross_entropy":
            yield from self._of_softmax(event.input, target)
        elif event.name == "kl_div" and not event.options.get("log_target"):
            lowest, highest = float(target.min()), float(target.max())
            if lowest < -TOLERANCE and highest > TOLERANCE:
                yield self.finding(
                    f"the target of kl_div lies between {number(lowest, 3)} and {number(highest, 3)}: "
                    "these are logits, and neither "
                    "probabilities nor their logarithms",
                    "Give it softmax(logits), or log_softmax(logits) with log_target=True",
                )

    def _of_softmax(self, x: Tensor, target: Tensor) -> Iterator[Finding]:
        node = graph.source(x)
        if (
            node is None
            or node.name() != "SoftmaxBackward0"
            or target.shape != graph.shape_of(node)
            or target.dim() < 2
        ):
            return
        many = float((target.sum(graph.softmax_dim(node)) > 1.5).float().mean())
        if many > 0:
            yield self.finding(
                f"in {many:.0%} of the targets of binary_cross_entropy several classes are 1 at once, and its input is "
                "a softmax, whose probabilities sum to 1",
                "Give binary_cross_entropy_with_logits the output before the softmax: a decision for each class",
            )

    def _of_cross_entropy(self, target: Tensor) -> Iterator[Finding]:
        lowest = float(target.min())
        if lowest < -TOLERANCE:
            yield self.finding(
                f"targets of cross_entropy, which have to be probabilities, are as low as {number(lowest, 3)}",
                "Give class numbers (integers) or probabilities; use mse_loss or l1_loss for numbers",
            )
            return
        classes = target.dim() > 1
        sums = target.sum(1 if classes else 0)
        if not bool((sums > 1.5).any()) or not bool(((target == 0) | (target == 1)).all()):
            return
        if target.dim() == 2 and target.shape[0] == target.shape[1] and bool((target == target.T).all()):
            return
        many = float((sums > 1.5).float().mean())
        yield self.finding(
            f"in {many:.0%} of the targets of cross_entropy several classes are 1 at once (up to {int(sums.max())}), "
            "and softmax gives probabilities that sum to 1",
            "Use binary_cross_entropy_with_logits, a decision for each class; or divide each row by its sum",
        )
