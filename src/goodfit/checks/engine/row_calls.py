"""The last call of a net that was not examined yet, kept until its backward shows which outputs have a row a sample."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor, nn

from goodfit.checks.engine.events import BackwardBegins, Batch, Call, Loss, NetCall
from goodfit.checks.engine.program_state import LastCall
from goodfit.checks.engine.user_frame import Place

NETS_EXAMINED = 4  # the first ones


class RowCall(NamedTuple):
    """A call with the outputs, by their order, that the loss is computed from and that have a row for each sample."""

    call: Call
    outputs: Sequence[int]
    place: Place | None


class RowCalls:
    """What a rule about rows of a batch has to remember from a call to its backward."""

    def __init__(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()
        self._call: Call | None = None
        self._place: Place | None = None
        self._targets: tuple[int, ...] | None = None
        self._inner_targets: tuple[int, ...] | None = None  # of a loss within the net, before its call is over
        self._batch = 0  # where the last batch of a loader lies that has its rows first

    def add_call(self, event: NetCall, last: LastCall | None) -> None:
        """A module was called; `last` is what the program knows of it."""
        wanted = event.grad and event.module not in self.examined
        if not wanted or len(self.examined) >= NETS_EXAMINED or not event.inputs:
            return
        if any(out.requires_grad and out.dim() for out in event.outputs):
            self._call, self._place = event, last.place if last else None
            self._targets, self._inner_targets = self._inner_targets, None

    def add_batch(self, event: Batch) -> None:
        """A loader gave a batch: what it gives has its rows first, unless it could be a square."""
        x = event.tensors[0] if event.tensors else None
        size = getattr(event.loader, "batch_size", None)
        self._batch = x.data_ptr() if x is not None and x.dim() > 1 and len(x) == size != x.shape[1] else 0

    def add_loss(self, event: Loss) -> None:
        """A loss: the shape of its targets says what a row is."""
        if self._call is not None:
            self._targets = tuple(event.target.shape)
        else:
            self._inner_targets = tuple(event.target.shape)  # a net that computes its loss itself

    def take(self, event: BackwardBegins) -> RowCall | None:
        """The call that this backward is of; None where its net was examined before. Nothing is kept."""
        call, self._call = self._call, None
        self._inner_targets = None
        if call is None:
            return None
        self.examined.add(call.module)
        rows = len(call.inputs[0]) if call.inputs[0].dim() else 0
        is_batch = call.inputs[0].data_ptr() == self._batch
        outputs = [
            at
            for at in _in_loss(call.outputs, event)
            if is_batch or _a_row_a_sample(call.inputs[0], call.outputs[at], self._targets, rows)
        ]
        return RowCall(call, outputs, self._place)


def _in_loss(outputs: Sequence[Tensor], event: BackwardBegins) -> list[int]:
    """Which tensors of an output the losses are computed from; a single one always counts."""
    with_graph = [at for at, out in enumerate(outputs) if out.requires_grad and out.dim()]
    if len(with_graph) == 1:
        return with_graph
    nodes = {id(node) for of_loss in event.nodes for node in of_loss}
    return [at for at in with_graph if id(outputs[at].grad_fn) in nodes]


def _a_row_a_sample(x: Tensor, out: Tensor, targets: tuple[int, ...] | None, rows: int) -> bool:
    """Whether the first dimension is the batch: there is a target for each row, or the output has one vector a row."""
    if targets is not None:
        return bool(targets) and targets[0] == rows and (len(targets) == 1 or out.dim() <= 2 or x.dim() > 3)
    return out.dim() <= 2 and x.dim() in (2, 4)
