"""impossible-metric: == between (N, 1) and (N,) compares every prediction with every label.

What it checks
    Two tensors of the batch's size are compared by ==, one of shape (N, 1), the other (N,), that are not views of one.

Why it hurts
    The result has N * N entries. Its sum over N is no accuracy: it may exceed 1, and depends on the batch size.

Example
    correct = (pred == y).sum()                        # pred is (64, 1), y is (64,)

Instead
    correct = (pred.squeeze(1) == y).sum()

When it is a false alarm
    A table of which labels agree, made of one tensor with itself or of equal values, is not reported.

Cost
    Shapes at each == in the first steps and the first steps of an evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from goodfit.checks.engine.events import Compare
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class ImpossibleMetric(LiveRule):
    code, level = "GF407", Level.ERROR

    def on_compare(self, event: Compare) -> Iterator[Finding]:
        last = self.program.last_call
        if last is None or last.rows is None or last.rows < 2:
            return
        shapes = {tuple(event.left.shape), tuple(event.right.shape)}
        rows = last.rows
        if shapes != {(rows, 1), (rows,)} or event.left.data_ptr() == event.right.data_ptr():
            return
        if torch.equal(event.left.flatten(), event.right.flatten()):  # also by two readings of it: y[rows], y[rows]
            return
        yield self.finding(
            f"== between {tuple(event.left.shape)} and {tuple(event.right.shape)} gives ({rows}, {rows}): every "
            f"prediction is compared with every label",
            "Give both the same shape: pred.squeeze(1) == y",
        )
