"""unscaled-columns: columns of very different sizes are fed to an affine layer.

What it checks
    The standard deviations of the columns that reach the first affine layer differ by over 1,000 times.

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

TIMES = 1000.0
COLUMNS = range(2, 257)
ROWS = 16


class UnscaledColumns(LiveRule):
    code, level = "GF105", Level.NOTICE

    def start(self) -> None:
        self.seen: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, nn.Linear) or event.module in self.seen or not event.inputs:
            return
        x = event.inputs[0]
        if not event.grad:  # what a layer of the net gave has no graph either then, as in validation
            return
        if x.grad_fn is not None or x.dim() != 2 or x.shape[1] not in COLUMNS or len(x) < ROWS:
            return
        self.seen.add(event.module)
        means, deviations = x.float().mean(0), x.float().std(0)
        there = deviations > 0
        if not bool(there.any()):
            return
        least, most = deviations[there].min(), deviations[there].max()
        if most > TIMES * least:
            low, high = int((deviations == least).nonzero()[0]), int((deviations == most).nonzero()[0])
            yield self.finding(
                f"column {low} has mean {means[low]:.3g} and sd {least:.3g}, column {high} mean {means[high]:.3g} and "
                f"sd {most:.3g}, and both go to an affine layer as they are",
                "Take z-scores, with means and standard deviations of the training rows",
            )
