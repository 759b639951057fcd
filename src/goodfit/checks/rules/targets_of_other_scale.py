"""targets-of-other-scale: an evaluation compares standardised predictions with targets as they were before.

What it checks
    A regression is trained on targets of one scale, and its loss without gradients is of targets whose mean or spread
    is ten times the spread of these away from them, while the predictions there look like the targets of training.

Why it hurts
    The number that is reported is the size of the targets, and says nothing of the net: a better net does not lower it.

Example
    loss = mse(net(x), (y - mean) / std); ...; mae = l1_loss(net(x_test), y_test)

Instead
    mae = l1_loss(net(x_test) * std + mean, y_test)

When it is a false alarm
    Evaluation data of another kind than the training data.

Cost
    Mean and spread of targets and predictions in the steps examined.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine.events import Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

LOSSES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
TIMES_AT_LEAST = 10.0  # the spread of the training targets
NEAR = 3.0  # spreads, for predictions
ROWS_AT_LEAST = 16
BATCHES_AT_LEAST = 4


class TargetsOfOtherScale(LiveRule):
    code, level = "GF443", Level.WARNING

    def start(self) -> None:
        self.targets: list[tuple[float, float]] = []  # mean and spread of those of each training batch
        self.reported = False

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target = event.target.detach()
        if self.reported or event.name not in LOSSES or target.numel() < ROWS_AT_LEAST or target.is_complex():
            return
        if event.grad:
            if event.input.requires_grad and len(self.targets) < 50:
                self.targets.append((float(target.double().mean()), float(target.double().std())))
            return
        if len(self.targets) < BATCHES_AT_LEAST or event.input.shape != target.shape:
            return
        means, spreads = zip(*self.targets, strict=True)
        mean, spread = sum(means) / len(means), max(spreads)
        predicted, values = event.input.detach().double(), target.double()
        if spread == 0 or max(means) - min(means) > spread:
            return
        far = (
            abs(float(values.mean()) - mean) > TIMES_AT_LEAST * spread or float(values.std()) > TIMES_AT_LEAST * spread
        )
        alike = abs(float(predicted.mean()) - mean) < NEAR * spread and float(predicted.std()) < NEAR * spread
        if far and alike:
            self.reported = True
            yield self.finding(
                f"the targets here have mean {number(float(values.mean()), 3)} and spread "
                f"{number(float(values.std()), 3)}; those of training have {number(mean, 3)} and {number(spread, 3)}, "
                "and the predictions are of that scale",
                "Bring predictions back to the scale of the targets before they are compared",
            )
