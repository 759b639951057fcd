"""labels-not-mixed: rows of a batch are mixed with one another, and the loss gets the labels of one of the two alone.

What it checks
    Each row that a net is given is a mean of two rows of the loader's batch, with one pair of weights for all (mixup),
    to within rounding; and the one loss that follows gets that batch's classes as they are. In three batches.

Why it hurts
    Where the other row has the larger weight, the label is wrong. The net learns from labels of which some are noise.

Example
    mixed, y_a, y_b, lam = mixup(x, y); loss = criterion(net(mixed), y)

Instead
    loss = lam * criterion(net(mixed), y_a) + (1 - lam) * criterion(net(mixed), y_b)

When it is a false alarm
    Mixing with so little of the other row that the label stays right: less than a tenth is not reported.

Cost
    A small system of linear equations for batches that are not given to the net as they came, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from goodfit.checks.engine.events import BackwardBegins, Batch, Loss, NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

BATCHES_AT_LEAST = 3
BATCHES_LOOKED_AT = 8
ROWS_AT_LEAST, ROWS_AT_MOST = 6, 128
VALUES_AT_MOST = 500  # of a row that are used
OTHER_AT_LEAST = 0.1  # the weight of the other row
NEAR = 1e-3


class LabelsNotMixed(LiveRule):
    code, level = "GF259", Level.WARNING

    def start(self) -> None:
        self.x: Tensor | None = None  # of the loader's last batch
        self.y: Tensor | None = None
        self.given: Tensor | None = None  # what the net got
        self.losses: list[bool] = []  # since then: whether each got the classes as they are
        self.found = self.looked_at = 0

    def on_batch(self, event: Batch) -> None:
        self.x = self.y = self.given = None
        if len(event.tensors) == 2 and self.looked_at < BATCHES_LOOKED_AT:
            x, y = event.tensors
            if x.is_floating_point() and y.dim() == 1 and not y.is_floating_point() and len(x) == len(y):
                self.x, self.y = x.detach(), y.detach()

    def on_call(self, event: NetCall) -> None:
        if self.x is None or not event.grad or not event.inputs:
            return
        x = event.inputs[0].detach()
        if x.shape == self.x.shape and x is not self.x and ROWS_AT_LEAST <= len(x) <= ROWS_AT_MOST:
            self.given, self.losses = x, []

    def on_loss(self, event: Loss) -> None:
        if self.given is not None and self.y is not None and event.grad and event.name == "cross_entropy":
            same = event.target.shape == self.y.shape and event.target.dtype == self.y.dtype
            self.losses.append(same and torch.equal(event.target.to(self.y.device), self.y))

    def before_backward(self, event: BackwardBegins) -> Iterator[Finding]:
        x, given, losses = self.x, self.given, self.losses
        self.given, self.losses = None, []
        if x is None or given is None or losses != [True]:
            return
        self.looked_at += 1
        weight = _weight_of_others(x, given)
        if weight < OTHER_AT_LEAST:
            return
        self.found += 1
        if self.found == BATCHES_AT_LEAST:
            yield self.finding(
                f"the net gets rows that are mixed with others of the batch (here with a weight of {weight:.2f}), and "
                "the loss their labels as if they were not",
                "loss = lam * criterion(out, y) + (1 - lam) * criterion(out, y[index])",
            )


def _weight_of_others(x: Tensor, given: Tensor) -> float:
    """The weight of the second row in each mean of two rows of x (N, ...); 0 where that is not what was given."""
    rows, mixed = (each.reshape(len(each), -1).double().cpu() for each in (x, given))
    if rows.shape[1] <= len(rows) or torch.equal(rows, mixed):
        return 0.0
    columns = torch.linspace(0, rows.shape[1] - 1, min(VALUES_AT_MOST, rows.shape[1])).long()
    rows, mixed = rows[:, columns], mixed[:, columns]
    solved = torch.linalg.lstsq(rows.T, mixed.T).solution.T  # (N, N) weights of the batch's rows in each given one
    if float((solved @ rows - mixed).abs().max()) > NEAR * float(rows.abs().max()):
        return 0.0
    own = solved.diagonal()
    others = solved - torch.diag(own)
    largest = others.max(1).values
    moved = largest > NEAR
    is_one = (others.abs() > NEAR).sum(1) <= 1
    if int(moved.sum()) < len(rows) / 2 or not bool(is_one.all()):
        return 0.0
    weight = largest[moved]
    same = float((weight - weight.mean()).abs().max()) < NEAR and bool(((own + largest)[moved] - 1).abs().max() < NEAR)
    return float(weight.mean()) if same else 0.0
