"""Cross-fitting in one training: in every batch each member of the net learns from the rows outside of its fold.

The members are nets of their own that share the batches, the optimiser and the schedule; their gradients never meet.
So every row teaches once an epoch, validates once, and is lost to neither.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from goodfit.data.folds import NONE
from goodfit.nets.cross_fitted import CrossFitted

Scores = tuple[Tensor, Tensor]  # outputs and targets of rows


@dataclass(frozen=True)
class RowsAmongOthers:
    """Rows of a batch of which other processes have the others.

    Attributes:
        rows: (n,) row numbers of the whole batch.
        first: position in it of the first of these rows.
        forward: (rows, rows before them, rows of the batch) -> the context of a forward pass of them.
    """

    rows: Tensor
    first: int
    forward: Callable[[int, int, int], AbstractContextManager[None]]


class Folds:
    """The fold of each row of the source.

    Args:
        of_row: (N,) int64, -1 of rows outside of the training part.
    """

    def __init__(self, of_row: Tensor) -> None:
        self.of_row = of_row

    def batch(self, net: nn.Module, x: Tensor, y: Tensor, rows: Tensor, among: RowsAmongOthers | None = None) -> Scores:
        """Outputs in training and their targets: of each member those of the rows that it may learn from."""
        fold = self.of_row[rows.to(self.of_row.device)].to(x.device)
        fold_of_all = None if among is None else self.of_row[among.rows.to(self.of_row.device)]
        outs, targets = [], []
        for number, member in enumerate(_members(net)):
            taught = fold != number
            if among is not None and fold_of_all is not None:
                learns = fold_of_all != number
                if bool(learns.any()):  # perhaps in another process: batch norm asks all of them
                    before = int(learns[: among.first].sum())
                    with among.forward(int(taught.sum()), before, int(learns.sum())):
                        outs.append(member(x[taught]))
                    targets.append(y[taught])
            elif bool(taught.any()):
                outs.append(_outputs(member, x[taught]))
                targets.append(y[taught])
        return torch.cat(outs), torch.cat(targets)

    def held_out(self, net: nn.Module, rows: Tensor, scores: Callable[[nn.Module, Tensor], Scores]) -> Scores:
        """What `scores` gives for these rows, in their order, each by the member that was not trained on it."""
        fold = self.of_row[rows]
        places, pieces = [], []
        for number, member in enumerate(_members(net)):
            at = torch.nonzero(fold == number).squeeze(1)
            if len(at):
                places.append(at)
                pieces.append(scores(member, rows[at]))
        order = torch.cat(places).argsort()
        return torch.cat([out for out, _ in pieces])[order], torch.cat([y for _, y in pieces])[order]

    def parts(self, rows: Tensor) -> list[tuple[Tensor, Tensor]]:
        """For each fold, positions in `rows` of those to learn from and of those held out."""
        fold = self.of_row[rows]
        numbers = [number for number in torch.unique(fold).tolist() if number != NONE]
        return [
            (torch.nonzero(fold != number).squeeze(1), torch.nonzero(fold == number).squeeze(1)) for number in numbers
        ]


def training_outputs(
    net: nn.Module, folds: Folds | None, x: Tensor, y: Tensor, rows: Tensor, among: RowsAmongOthers | None = None
) -> Scores:
    """Outputs of a training batch, and the targets that they are held against.

    Args:
        among: the batch of all processes, where these are the rows of one of them.
    """
    if folds is not None:
        return folds.batch(net, x, y, rows, among)
    if among is None:
        return _outputs(net, x), y
    with among.forward(len(rows), among.first, len(among.rows)):
        return net(x), y


def _outputs(net: nn.Module, x: Tensor) -> Tensor:
    """In training. One row of numbers has no spread: batch norm takes that of the rows before it."""
    norms = (
        [each for each in net.modules() if isinstance(each, nn.BatchNorm1d) and each.training] if len(x) == 1 else []
    )
    for norm in norms:
        norm.training = False
    try:
        out: Tensor = net(x)
    finally:
        for norm in norms:
            norm.training = True
    return out


def gradient_scale(net: nn.Module, folds: Folds | None) -> int:
    """What the mean loss is multiplied by before the backward pass: each member then has the gradient of its own."""
    return 1 if folds is None else len(_members(net))


def _members(net: nn.Module) -> nn.ModuleList:
    assert isinstance(net, CrossFitted)
    return net.members
