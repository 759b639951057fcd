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
from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from goodfit.checks.engine import graph, mixing_probe
from goodfit.checks.engine.events import BackwardBegins, Batch, Call, Loss
from goodfit.checks.engine.user_frame import Place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

NETS_EXAMINED = 4  # the first ones


class SamplesMix(LiveRule):
    code, level = "GF102", Level.ERROR
    yields_to = ("softmax-over-batch", "batch-dimension-lost")

    def start(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self.call: Call | None = None  # of a net that was not examined yet, until the loss shows what its rows are
        self.place: Place | None = None
        self.targets: tuple[int, ...] | None = None
        self.inner_targets: tuple[int, ...] | None = None  # of a loss within the net, before its call is over
        self.batch = 0  # where the last batch of a loader lies that has its rows first

    def on_call(self, event: Call) -> None:
        if event.outermost and event.grad and event.module not in self.examined and len(self.examined) < NETS_EXAMINED:
            last = self.program.last_call
            if event.inputs and any(out.requires_grad and out.dim() for out in event.outputs):
                self.call, self.place = event, last.place if last else None
                self.targets, self.inner_targets = self.inner_targets, None

    def on_batch(self, event: Batch) -> None:
        x = event.tensors[0] if event.tensors else None
        size = getattr(event.loader, "batch_size", None)
        self.batch = x.data_ptr() if x is not None and x.dim() > 1 and len(x) == size != x.shape[1] else 0

    def on_loss(self, event: Loss) -> None:
        if self.call is not None:
            self.targets = tuple(event.target.shape)
        else:
            self.inner_targets = tuple(event.target.shape)  # a net that computes its loss itself

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        call, self.call = self.call, None
        self.inner_targets = None
        if call is None:
            return
        self.examined.add(call.module)
        rows = len(call.inputs[0]) if call.inputs[0].dim() else 0
        in_loss = _in_loss(call.outputs, event.losses)
        is_batch = call.inputs[0].data_ptr() == self.batch
        outputs = [
            at for at in in_loss if is_batch or _a_row_a_sample(call.inputs[0], call.outputs[at], self.targets, rows)
        ]
        mixed = mixing_probe.mixing(call.module, call.args, call.kwargs, outputs) if outputs else None
        if mixed is not None:
            place = mixed.place if mixed.place.file else self.place or Place(None, None)
            yield self.finding(
                f"a change of row {mixed.changed} of the input of {type(call.module).__name__} moves row {mixed.moved} "
                f"of its output (by {number(mixed.size, 3)}): samples of a batch are mixed",
                "Check for a view or transpose that moves the first dimension, a softmax or mean over it, or a "
                "recurrent or attention layer without batch_first=True",
                file=place.file,
                line=place.line,
            )


def _in_loss(outputs: Sequence[Tensor], losses: Sequence[Tensor]) -> list[int]:
    """Which tensors of an output the losses are computed from; a single one always counts."""
    with_graph = [at for at, out in enumerate(outputs) if out.requires_grad and out.dim()]
    if len(with_graph) == 1:
        return with_graph
    nodes = {id(node) for loss in losses if loss.grad_fn is not None for node in graph.walk(loss.grad_fn)}
    return [at for at in with_graph if id(outputs[at].grad_fn) in nodes]


def _a_row_a_sample(x: Tensor, out: Tensor, targets: tuple[int, ...] | None, rows: int) -> bool:
    """Whether the first dimension is the batch: there is a target for each row, or the output has one vector a row."""
    if targets is not None:
        return bool(targets) and targets[0] == rows and (len(targets) == 1 or out.dim() <= 2 or x.dim() > 3)
    return out.dim() <= 2 and x.dim() in (2, 4)
