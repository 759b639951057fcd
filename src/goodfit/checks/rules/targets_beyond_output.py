"""targets-beyond-output: the last operation of the net cannot reach the targets.

What it checks
    The prediction of mse_loss, l1_loss, smooth_l1_loss or huber_loss comes straight from a ReLU, softplus, sigmoid,
    tanh or softmax (the graph says so), and in three calls many targets lie clearly outside of what that can give: a
    tenth of them, and so far that a tenth of their variance is out of reach. Noise about targets at the edge, as in
    Noise2Noise, stays below that.

Why it hurts
    Many targets are out of reach: the net learns to stay at the edge, where a ReLU or a saturated sigmoid lets no
    gradient through, and its loss stops far above what it could be.

Example
    return F.relu(self.fc2(x))                         # and the targets are standardised: half are below 0

Instead
    return self.fc2(x)                                 # or bring the targets into the range of the activation

When it is a false alarm
    Targets that are meant to be cut off at the edge.

Cost
    The share of targets out of range, where the last operation has a range, in the first steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import torch

from goodfit.checks.engine import graph
from goodfit.checks.engine.events import Loss
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
RANGES = {
    "ReluBackward0": ("a ReLU", 0.0, torch.inf),
    "SoftplusBackward0": ("a softplus", 0.0, torch.inf),
    "ExpBackward0": ("an exponential", 0.0, torch.inf),
    "SigmoidBackward0": ("a sigmoid", 0.0, 1.0),
    "SoftmaxBackward0": ("a softmax", 0.0, 1.0),
    "TanhBackward0": ("a tanh", -1.0, 1.0),
}
CALLS_AT_LEAST = 3
SHARE_AT_LEAST = 0.1  # of the targets
EXCESS_AT_LEAST = 0.1  # mean square beyond the edge, of the targets' variance: 0.5 for a ReLU and standardised targets
MARGIN = 0.05  # beyond the edge, of the targets' standard deviation or of 1


class TargetsBeyondOutput(LiveRule):
    code, level = "GF225", Level.WARNING

    def start(self) -> None:
        self.calls: Counter[tuple[Place, str]] = Counter()

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target = event.target.detach()
        if not event.grad or event.name not in LOSSES or not target.numel() or not target.is_floating_point():
            return
        name = graph.activation(event.input)
        activation = RANGES.get(name)
        if activation is None or event.target.requires_grad:
            return
        what, low, high = activation
        numbers = target.float()
        margin = MARGIN * min(1.0, float(numbers.std(unbiased=False)))
        outside = float(((target < low - margin) | (target > high + margin)).float().mean())
        excess = float((numbers - numbers.clamp(low, high)).square().mean())
        if outside < SHARE_AT_LEAST or excess < EXCESS_AT_LEAST * float(numbers.var(unbiased=False)):
            return
        key = (user_place(), name)
        self.calls[key] += 1
        if self.calls[key] == CALLS_AT_LEAST:
            reach = f"at least {low:g}" if high == torch.inf else f"between {low:g} and {high:g}"
            yield self.finding(
                f"the prediction in {event.name} comes from {what}, {reach}, and {outside:.0%} of the targets lie "
                f"outside of that ({float(target.min()):.3g} to {float(target.max()):.3g})",
                "Remove the activation after the last layer, or scale the targets into its range",
            )
