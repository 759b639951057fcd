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
    Nets that compare the rows of a batch on purpose (contrastive nets): allow it by name. Sequence-first nets are left
    out, for their first dimension is time; so are graph nets, given an adjacency matrix or a list of edges. Vectors
    (N, features) may be the points or agents of one scene: it is an error only where a loader or another batch shows
    that they are samples of their own, a notice where they always come together, and a warning where neither is seen.

Cost
    Five passes of one batch through a copy of each net, once.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from torch import Tensor, nn

from goodfit.checks.engine import mixing_probe
from goodfit.checks.engine.companions import Companions, Company, is_graph
from goodfit.checks.engine.events import BackwardBegins, Batch, Call, Loss, NetCall, WatchEnds
from goodfit.checks.engine.row_calls import RowCalls
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

SEQUENCE_MODULES = (nn.RNNBase, nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)


class Pending(NamedTuple):
    """A finding whose level waits for what later batches show."""

    finding: Finding
    net: weakref.ref[nn.Module]
    companions: Companions


class SamplesMix(LiveRule):
    code, level = "GF102", Level.ERROR
    yields_to = ("softmax-over-batch", "batch-dimension-lost")
    layers = SEQUENCE_MODULES

    def start(self) -> None:
        self.calls = RowCalls()
        self.pending: list[Pending] = []
        self.loader_rows = 0  # of the last batch of a loader, each an item of its data set
        self.unbatched: weakref.WeakSet[nn.Module] = weakref.WeakSet()  # nets that read (N, features) as a sequence

    def on_call(self, event: Call) -> None:
        if event.inputs and event.inputs[0].dim() == 2:
            self.unbatched.add(event.root)

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        self.calls.add_call(event, self.program.last_call)
        for kept in self.pending:
            if kept.net() is event.module and event.grad and event.inputs:
                kept.companions.add(event.inputs[0])
                if kept.companions.verdict is Company.SEPARATE:
                    self.pending.remove(kept)
                    yield kept.finding
                    return

    def on_batch(self, event: Batch) -> None:
        self.calls.add_batch(event)
        rows = len(event.indices) if isinstance(event.indices, Sequence) else 0
        self.loader_rows = rows if event.tensors and event.tensors[0].dim() and len(event.tensors[0]) == rows else 0

    def on_loss(self, event: Loss) -> None:
        self.calls.add_loss(event)

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        kept = self.calls.take(event)
        if kept is None:
            return
        call, outputs = kept.call, kept.outputs
        mixed = mixing_probe.mixing(call.module, call.args, call.kwargs, outputs) if outputs else None
        if mixed is None:
            return
        place = mixed.place if mixed.place.file else kept.place or Place(None, None)
        finding = self.finding(
            f"a change of row {mixed.changed} of the input of {type(call.module).__name__} moves row {mixed.moved} "
            f"of its output (by {number(mixed.size, 3)}): samples of a batch are mixed",
            "Check for a view or transpose that moves the first dimension, a softmax or mean over it, or a "
            "recurrent or attention layer without batch_first=True",
            file=place.file,
            line=place.line,
        )
        x = call.inputs[0]
        if x.dim() != 2 or not x.is_floating_point() or len(x) == self.loader_rows:
            yield finding
        elif not is_graph(x, call.args, call.kwargs, kept_by(call.module)):
            self.pending.append(Pending(finding, weakref.ref(call.module), Companions(x)))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        for kept in self.pending:
            together = kept.companions.verdict is Company.TOGETHER or kept.net() in self.unbatched
            yield replace(kept.finding, level=Level.NOTICE if together else Level.WARNING)


def kept_by(net: nn.Module) -> list[Tensor]:
    """Buffers and other tensors that a net keeps as attributes."""
    attributes = [value for module in net.modules() for value in vars(module).values() if isinstance(value, Tensor)]
    return [*net.buffers(), *attributes]
