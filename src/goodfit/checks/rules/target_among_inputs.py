"""target-among-inputs: a column of the input is the target.

What it checks
    A net is given rows of three columns or more, and in three batches one after the other one column says what the
    target is in every row: it has one value for each class, also after scaling, and another for each other class. Or it
    equals a number that is the target, and goes along with another column, as the values of a window of a series do.
    Three columns at least differ from row to row there.

Why it hurts
    The net copies the column. Its scores are perfect on every part of the data, and in use the column is not known.

Example
    x, y = table, table[:, -1]
    x, y = series[i : i + 16], series[i + 15]          # the last value of the window

Instead
    x, y = table[:, :-1], table[:, -1]
    x, y = series[i : i + 16], series[i + 16]

When it is a false alarm
    Tasks in which copying a column is what is to be learned.

Cost
    A comparison of the columns with the target in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import Loss, NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

COLUMNS_AT_LEAST, ROWS_AT_LEAST = 3, 8
BATCHES_AT_LEAST = 3
LOOKS_IN_VAIN = 6  # of several nets and losses
LOSSES = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")
LOSSES_OF_NUMBERS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
CLASSES_AT_MOST = 20  # of a batch
COLUMNS_AT_MOST = 4096  # of a row, all steps of a window together
CORRELATION_AT_LEAST = 0.5  # with another column: made-up targets are often one of several independent columns
ERRORS_AT_LEAST = 4.0  # standard errors of the correlation of independent columns, 1 / sqrt(N)


class TargetAmongInputs(LiveRule):
    code, level = "GF111", Level.WARNING

    def start(self) -> None:
        self.inputs: list[Tensor] = []  # of the last call
        self.columns: set[int] = set()  # that were the target in every batch so far
        self.batches = self.without = 0  # with such a column, one after the other; with none, in all

    def on_call(self, event: NetCall) -> None:
        if event.grad and self.without < LOOKS_IN_VAIN:
            self.inputs = [x for x in event.inputs if x.dim() in (2, 3) and x.grad_fn is None]

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        inputs, self.inputs = self.inputs, []
        target = event.target.detach()
        is_number = event.name in LOSSES_OF_NUMBERS
        if not event.grad or not (is_number or event.name in LOSSES) or event.target.requires_grad or not inputs:
            return
        rows = len(inputs[0])
        x = inputs[0].detach().reshape(rows, -1) if rows else inputs[0]
        if target.numel() != rows or rows < ROWS_AT_LEAST or not COLUMNS_AT_LEAST <= x.shape[1] <= COLUMNS_AT_MOST:
            return
        y = target.reshape(rows, 1)
        if x.device != y.device or bool((y == y[0]).all()):
            return
        if int((x != x[0]).any(0).sum()) < COLUMNS_AT_LEAST:  # of the shortest sequences nothing else is there yet
            return
        equal = _equal_columns(x, y) if is_number else _columns_of_classes(x, y)
        self.columns = equal if self.batches == 0 else self.columns & equal
        self.batches = self.batches + 1 if self.columns else 0
        self.without += not self.columns
        if self.batches == BATCHES_AT_LEAST:
            column = min(self.columns)
            if not x.is_floating_point() and column < x.shape[1] - 1 and self._reads_by_number(event.input):
                return  # to give back a token of a sequence is a task; the last one is what a window was to leave out
            yield self.finding(
                f"column {column} of the {x.shape[1]} columns of the input is the target itself, in every row "
                f"of {BATCHES_AT_LEAST} batches",
                "Leave the column out of the input",
            )

    def _reads_by_number(self, out: Tensor) -> bool:
        """Whether a net has an embedding of as many words as there are classes of the output."""
        parts = (part for net in self.program.nets for part in net.modules())
        return any(isinstance(part, nn.Embedding) and part.num_embeddings == out.shape[-1] for part in parts)


def _columns_of_classes(x: Tensor, y: Tensor) -> set[int]:
    """Columns of x (N, D) that have one value for each class of y (N, 1), and another for each other class."""
    classes = torch.unique(y)
    if len(classes) > CLASSES_AT_MOST or x.is_complex():
        return set()
    values = []
    kept = torch.ones(x.shape[1], dtype=torch.bool, device=x.device)
    for each in classes:
        of_class = x[(y == each).squeeze(1)]
        values.append(of_class[0])
        kept &= (of_class == of_class[0]).all(0)
        if not x.is_floating_point():  # of tokens, one follows from another in made-up series: it is to be the target
            kept &= of_class[0] == each
    columns = torch.stack(values)[:, kept].double()  # (classes, columns)
    distinct = torch.tensor([len(torch.unique(column)) == len(classes) for column in columns.T], dtype=torch.bool)
    return set(torch.nonzero(kept).flatten().cpu()[distinct].tolist())


def _equal_columns(x: Tensor, y: Tensor) -> set[int]:
    """Columns of x (N, D) that equal y (N, 1), where another column goes along with them."""
    if not x.is_floating_point():
        return set()
    equal = torch.nonzero((x == y).all(0)).flatten().tolist()
    if not equal or len(equal) == x.shape[1]:
        return set()
    centred = x.double() - x.double().mean(0)
    norms = centred.norm(dim=0).clamp(min=torch.finfo(torch.float64).tiny)
    column = centred[:, equal[0]] / norms[equal[0]]
    correlations = (column @ (centred / norms)).abs()
    correlations[equal] = 0
    needed = max(CORRELATION_AT_LEAST, ERRORS_AT_LEAST / len(x) ** 0.5)
    return set(equal) if float(correlations.max()) >= needed else set()
