"""rows-reordered: a net is given the rows of a batch in another order than their targets have.

What it checks
    What a net is given with gradients are the rows of a tensor of the loader's batch, in another order; the target of
    the loss is a tensor of the same batch, in the loader's order, which that other order would change. No call of the
    step had the rows as they came. In three steps.

Why it hurts
    Each row is trained on the label of another. The loss stays where guessing leaves it, or falls by what the labels'
    frequencies give.

Example
    lengths, order = lengths.sort(descending=True); loss = criterion(net(x[order], lengths), y)

Instead
    loss = criterion(net(x[order], lengths), y[order])           # or pack_padded_sequence(enforce_sorted=False)

When it is a false alarm
    Labels that are shuffled on purpose, to see what is learnt of none.

Cost
    Fingerprints of the rows of a batch, where a net is given another tensor of its shape, in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Batch, Loss, NetCall, Step
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

STEPS_AT_LEAST = 3
ROWS_AT_LEAST = 4
VALUES_AT_MOST = 1_000_000  # of a batch that are compared


class RowsReordered(LiveRule):
    code, level = "GF514", Level.WARNING

    def start(self) -> None:
        self.batch: list[weakref.ref[Tensor]] = []
        self.order: list[int] | None = None  # of the batch's rows, as the net got them
        self.as_they_came = False  # some call had the rows in their order
        self.wrong = False  # in this step
        self.steps = 0

    def on_batch(self, event: Batch) -> None:
        self.batch = [weakref.ref(tensor) for tensor in event.tensors if tensor.dim()]
        self.order, self.as_they_came, self.wrong = None, False, False

    def on_call(self, event: NetCall) -> None:
        if not event.grad or not self.batch:
            return
        for x in event.inputs[:1]:
            for rows in (tensor for ref in self.batch if (tensor := ref()) is not None):
                if x is rows:
                    self.as_they_came = True
                elif x.shape == rows.shape and x.dtype == rows.dtype and x.grad_fn is None:
                    self._compare(x, rows)

    def _compare(self, x: Tensor, rows: Tensor) -> None:
        if len(x) < ROWS_AT_LEAST or x.numel() > VALUES_AT_MOST or torch.equal(x, rows):
            self.as_they_came = True
            return
        came, now = fingerprints(rows), fingerprints(x)
        places = {row: at for at, row in enumerate(came)}
        if len(places) == len(came) and set(now) == set(came):
            self.order = [places[row] for row in now]

    def on_loss(self, event: Loss) -> None:
        order, target = self.order, event.target
        if order is None or not event.grad or not target.dim() or len(target) != len(order):
            return
        for rows in (tensor for ref in self.batch if (tensor := ref()) is not None):
            if rows.shape == target.shape and torch.equal(rows.to(target.device, target.dtype), target):
                self.wrong = not torch.equal(target[order], target)

    def on_step(self, event: Step) -> Iterator[Finding]:
        wrong = self.wrong and not self.as_they_came
        self.order, self.as_they_came, self.wrong = None, False, False
        self.steps = self.steps + 1 if wrong else 0
        if self.steps == STEPS_AT_LEAST:
            yield self.finding(
                f"the net was given the rows of the loader's batch in another order, and the loss their targets in the "
                f"loader's, in {STEPS_AT_LEAST} steps: each row is trained on the label of another",
                "Put the targets into the same order: y[order]",
            )
