"""position-by-row: the net adds something to each row of the batch that depends on its number in the batch.

What it checks
    The rows of a batch are rotated in a copy of the net in eval mode. The outputs are not the rotated ones, and the
    first operation whose result differs is a sum within the net: positions are counted along the batch.

Why it hurts
    A positional encoding of shape (length, 1, features) belongs to (time, batch, features). Added to (batch, time,
    features) it says where in the batch a sample stands, and every step of a sequence gets the same: the net cannot
    tell their order, and its prediction depends on the place in the batch.

Example
    x = x + self.pe[: x.size(0)]                       # x is (batch, time, features), pe is (length, 1, features)

Instead
    x = x + self.pe[:, : x.size(1)]                    # pe is (1, length, features)

When it is a false alarm
    Nets that treat the places of a batch differently on purpose: allow it by name.

Cost
    Three passes of one batch through a copy of each net, once.
"""

from __future__ import annotations

from collections.abc import Iterator

from goodfit.checks.engine import mixing_probe
from goodfit.checks.engine.events import BackwardBegins, Batch, Loss, NetCall
from goodfit.checks.engine.row_calls import RowCalls
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class PositionByRow(LiveRule):
    code, level = "GF109", Level.WARNING
    yields_to = ("samples-mix", "softmax-over-batch", "batch-dimension-lost")

    def start(self) -> None:
        self.calls = RowCalls()

    def on_call(self, event: NetCall) -> None:
        self.calls.add_call(event, self.program.last_call)

    def on_batch(self, event: Batch) -> None:
        self.calls.add_batch(event)

    def on_loss(self, event: Loss) -> None:
        self.calls.add_loss(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        kept = self.calls.take(event)
        if kept is None or not kept.outputs or not event.named("AddBackward0"):
            return
        call = kept.call
        place = mixing_probe.added_by_row(call.module, call.args, call.kwargs, kept.outputs)
        if place is not None:
            yield self.finding(
                f"{type(call.module).__name__} adds to each row of the batch something that depends on its number: "
                "the output of a sample depends on its place in the batch",
                "Let positions run along the time: with (batch, time, features), add an encoding of shape "
                "(1, time, features)",
                file=place.file,
                line=place.line,
            )
