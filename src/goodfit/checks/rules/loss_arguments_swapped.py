"""loss-arguments-swapped: the prediction stands where the loss expects the target.

What it checks
    binary_cross_entropy_with_logits, binary_cross_entropy, cross_entropy with a target for every class, and kl_div:
    gradients are recorded for the second argument alone, and the values of the first are labels (0 and 1 only), or, for
    kl_div, probabilities beside logarithms.

Why it hurts
    These losses are not symmetric. With labels as logits, the loss falls without a bound while the outputs grow, and
    what is learned is no probability.

Example
    loss = nn.BCEWithLogitsLoss()(labels, net(x))

Instead
    loss = nn.BCEWithLogitsLoss()(net(x), labels)

When it is a false alarm
    None is known.

Cost
    A look at both arguments, where the second alone has a graph, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

OF_LABELS = ("binary_cross_entropy_with_logits", "binary_cross_entropy", "cross_entropy")


class LossArgumentsSwapped(LiveRule):
    code, level = "GF226", Level.ERROR

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        first, second = event.input.detach(), event.target.detach()
        if event.target.grad_fn is None or event.input.requires_grad or not first.numel():
            return
        if event.name in OF_LABELS:
            swapped = bool(((first == 0) | (first == 1)).all())
        else:
            swapped = event.name == "kl_div" and not event.options.get("log_target")
            swapped = swapped and _are_probabilities(first) and bool((second <= 0).all())
        if swapped:
            yield self.finding(
                f"{event.name} gets the labels first and the output of the net second: gradients flow to its target "
                "alone",
                f"Write {event.name}(output, target)",
            )


def _are_probabilities(x: Tensor) -> bool:
    return bool((x >= 0).all()) and bool(((x.float().sum(-1) - 1).abs() < 1e-3).all())
