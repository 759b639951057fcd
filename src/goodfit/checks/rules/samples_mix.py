"""samples-mix: a row of the output depends on other rows of the batch.

What it checks
    A few rows of a batch are changed, one at a time, in a copy of the net in eval mode; another row of the output
    changes, by far more than two equal passes differ.

Why it hurts
    The prediction for a sample depends on its neighbours in the batch: a wrong view, a transpose, a forgotten
    batch_first. The net learns badly, and its predictions change with the batch size.

Example
    self.rnn = nn.LSTM(10, 20)                        # takes (time, batch, features), and is given (batch, time, ...)

Instead
    self.rnn = nn.LSTM(10, 20, batch_first=True)

When it is a false alarm
    Nets that compare the rows of a batch on purpose (contrastive, set and graph nets given as one sample): allow it by
    name. Sequence-first nets are left out, for their first dimension is time.

Cost
    Five passes of one batch through a copy of each net, once.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine import mixing_probe
from goodfit.checks.engine.events import BackwardBegins, Batch, Call, Loss
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

NETS_EXAMINED = 4  # the first ones


class SamplesMix(LiveRule):
    code, level = "GF102", Level.ERROR
    yields_to = ("softmax-over-batch", "batch-dimension-lost")

    def start(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.call: Call | None = None  # of a net that was not examined yet, until the loss shows what its rows are
        self.place: Place | None = None
        self.targets: tuple[int, ...] | None = None
        self.batch = 0  # where the last batch of a loader lies that has its rows first

    def on_call(self, event: Call) -> None:
        if event.outermost and event.grad and event.module not in self.examined and len(self.examined) < NETS_EXAMINED:
            out = event.output
            last = self.program.last_call
            if isinstance(out, Tensor) and out.requires_grad and event.inputs and out.dim():
                self.call, self.place = event, last.place if last else None
                self.targets = None

    def on_batch(self, event: Batch) -> None:
        x = event.tensors[0] if event.tensors else None
        size = getattr(event.loader, "batch_size", None)
        self.batch = x.data_ptr() if x is not None and x.dim() > 1 and len(x) == size != x.shape[1] else 0

    def on_loss(self, event: Loss) -> None:
        if self.call is not None:
            self.targets = tuple(event.target.shape)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        call, self.call = self.call, None
        if call is None:
            return
        self.examined.add(call.module)
        rows = len(call.inputs[0]) if call.inputs[0].dim() else 0
        if call.inputs[0].data_ptr() != self.batch and not _a_row_a_sample(call, self.targets, rows):
            return
        mixed = mixing_probe.mixing(call.module, call.args, call.kwargs)
        if mixed is not None:
            yield self.finding(
                f"a change of row {mixed.changed} of the input of {type(call.module).__name__} moves row {mixed.moved} "
                f"of its output (by {mixed.size:.3g}): samples of a batch are mixed",
                "Check for a view or transpose that moves the first dimension, a softmax or mean over it, or a "
                "recurrent or attention layer without batch_first=True",
                file=self.place.file if self.place else None,
                line=self.place.line if self.place else None,
            )


def _a_row_a_sample(call: Call, targets: tuple[int, ...] | None, rows: int) -> bool:
    """Whether the first dimension is the batch: there is a target for each row, or the output has one vector a row."""
    out: Tensor = call.output
    if targets is not None:
        return (
            bool(targets) and targets[0] == rows and (len(targets) == 1 or out.dim() <= 2 or call.inputs[0].dim() > 3)
        )
    return out.dim() <= 2 and call.inputs[0].dim() in (2, 4)
