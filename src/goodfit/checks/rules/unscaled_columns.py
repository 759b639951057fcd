"""unscaled-columns: columns of very different scales go to a linear layer.

What it checks
    The standard deviations of the columns that reach the first linear layer differ by over 1,000 times.

Why it hurts
    One learning rate cannot serve both: the large column decides every step, and the small ones are learnt late or
    never.

Example
    net(torch.tensor(frame[["age", "income"]].values))         # 40 and 40,000

Instead
    z = (x - mean) / sd, with the mean and sd of the training rows

When it is a false alarm
    A net that scales its own input; columns that are all of one kind, such as counts with rare large values.

Cost
    Standard deviations of the input in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

DEVIATION_RATIO = 1000.0
COLUMN_COUNTS = range(2, 257)
ROWS_AT_LEAST = 16


class UnscaledColumns(LiveRule):
    code, level = "GF105", Level.NOTICE
    layers = (nn.Linear,)

    def start(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, nn.Linear) or event.module in self.examined or not event.inputs:
            return
        x = event.inputs[0]
        if not event.grad:  # what a layer of the net returned has no graph either then, as in validation
            return
        if x.grad_fn is not None or x.dim() != 2 or x.shape[1] not in COLUMN_COUNTS or len(x) < ROWS_AT_LEAST:
            return
        self.examined.add(event.module)
        means, deviations = x.float().mean(0), x.float().std(0)
        varying = deviations > 0
        if not bool(varying.any()):
            return
        smallest, largest = deviations[varying].min(), deviations[varying].max()
        if largest > DEVIATION_RATIO * smallest:
            low, high = int((deviations == smallest).nonzero()[0]), int((deviations == largest).nonzero()[0])
            yield self.finding(
                f"column {low} has mean {number(means[low], 3)} and sd {number(smallest, 3)}, column "
                f"{high} mean {number(means[high], 3)} "
                f"and sd {number(largest, 3)}, and both go to a linear layer unscaled",
                "Standardise the columns with the means and standard deviations of the training rows",
            )
