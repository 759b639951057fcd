"""small-batch-norm: batch norm sees too few values for a mean and a variance.

What it checks
    In training a batch norm layer gets one or two values per channel, three times, or torch refuses a single one.

Why it hurts
    Of two values the normalised ones are always 1 and -1, whatever they were: the net sees noise, and other values in
    eval mode, with running statistics.

Example
    DataLoader(train, batch_size=2) with nn.BatchNorm1d

Instead
    A larger batch, or nn.GroupNorm or nn.LayerNorm, which do not look at the batch.

When it is a false alarm
    A short last batch alone is not reported.

Cost
    Shapes, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

VALUES_AT_MOST = 2  # of a channel
BATCHES_AT_LEAST = 3


class SmallBatchNorm(LiveRule):
    code, level = "GF602", Level.WARNING
    layers = (_BatchNorm,)

    def start(self) -> None:
        self.batches: weakref.WeakKeyDictionary[nn.Module, int] = weakref.WeakKeyDictionary()
        self.reported = False

    def on_call(self, event: Call) -> Iterator[Finding]:
        module = event.module
        if self.reported or not isinstance(module, _BatchNorm) or not event.training or not event.inputs:
            return
        x = event.inputs[0]
        values = x.numel() // x.shape[1] if x.dim() > 1 and x.shape[1] else 0
        if not 0 < values <= VALUES_AT_MOST:
            return
        self.batches[module] = self.batches.get(module, 0) + 1
        if self.batches[module] >= BATCHES_AT_LEAST or event.output is None:
            self.reported = True
            yield self.finding(
                f"{type(module).__name__} sees {values} value{'s' if values > 1 else ''} per channel (input "
                f"{tuple(x.shape)}): their mean and variance are meaningless",
                "Use a larger batch (drop_last=True for a last one of 1), or GroupNorm or LayerNorm",
            )
