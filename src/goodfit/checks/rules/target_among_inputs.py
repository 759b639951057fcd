"""target-among-inputs: a column of the input is the target.

What it checks
    A net is given rows of three columns or more, and one column equals the class that is the target of the loss in
    every row, in three batches one after the other.

Why it hurts
    The net copies the column. Its scores are perfect on every part of the data, and in use the column is not known.

Example
    x, y = table, table[:, -1]

Instead
    x, y = table[:, :-1], table[:, -1]

When it is a false alarm
    Tasks in which copying a column is what is to be learned.

Cost
    A comparison of the columns with the target in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import Call, Loss
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

COLUMNS_AT_LEAST, ROWS_AT_LEAST = 3, 8
BATCHES_AT_LEAST = 3
LOSSES = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")


class TargetAmongInputs(LiveRule):
    code, level = "GF111", Level.WARNING

    def start(self) -> None:
        self.inputs: list[Tensor] = []  # of the last call
        self.columns: set[int] = set()  # that were the target in every batch so far
        self.batches = 0

    def on_call(self, event: Call) -> None:
        if event.outermost and event.grad:
            self.inputs = [x for x in event.inputs if x.dim() == 2 and x.grad_fn is None]

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        inputs, self.inputs = self.inputs, []
        target = event.target.detach()
        if not event.grad or event.name not in LOSSES or event.target.requires_grad or not inputs:
            return
        rows = len(inputs[0])
        if target.numel() != rows or rows < ROWS_AT_LEAST or inputs[0].shape[1] < COLUMNS_AT_LEAST:
            return
        y = target.reshape(rows, 1)
        if inputs[0].device != y.device or bool((y == y[0]).all()):
            return
        equal = set(torch.nonzero((inputs[0] == y).all(0)).flatten().tolist())
        self.columns = equal if self.batches == 0 else self.columns & equal
        self.batches = self.batches + 1 if self.columns else 0
        if self.batches == BATCHES_AT_LEAST:
            column = min(self.columns)
            yield self.finding(
                f"column {column} of the {inputs[0].shape[1]} columns of the input is the target itself, in every row "
                f"of {BATCHES_AT_LEAST} batches",
                "Leave the column out of the input",
            )
