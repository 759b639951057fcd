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

from collections.abc import Iterator

from goodfit.checks.engine import mixing_probe
from goodfit.checks.engine.events import BackwardBegins, Batch, Call, Loss
from goodfit.checks.engine.row_calls import RowCalls
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number


class SamplesMix(LiveRule):
    code, level = "GF102", Level.ERROR
    yields_to = ("softmax-over-batch", "batch-dimension-lost")

    def start(self) -> None:
        self.calls = RowCalls()

    def on_call(self, event: Call) -> None:
        self.calls.add_call(event, self.program.last_call)

    def on_batch(self, event: Batch) -> None:
        self.calls.add_batch(event)

    def on_loss(self, event: Loss) -> None:
        self.calls.add_loss(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        kept = self.calls.take(event)
        if kept is None:
            return
        call, outputs = kept.call, kept.outputs
        mixed = mixing_probe.mixing(call.module, call.args, call.kwargs, outputs) if outputs else None
        if mixed is not None:
            place = mixed.place if mixed.place.file else kept.place or Place(None, None)
            yield self.finding(
                f"a change of row {mixed.changed} of the input of {type(call.module).__name__} moves row {mixed.moved} "
                f"of its output (by {number(mixed.size, 3)}): samples of a batch are mixed",
                "Check for a view or transpose that moves the first dimension, a softmax or mean over it, or a "
                "recurrent or attention layer without batch_first=True",
                file=place.file,
                line=place.line,
            )
