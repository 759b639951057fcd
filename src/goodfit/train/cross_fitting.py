"""Cross-fitting in one training: in every batch each member of the net learns from the rows outside of its fold.

The members are nets of their own that share the batches, the optimiser and the schedule; their gradients never meet.
So every row teaches once an epoch, validates once, and is lost to neither.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from goodfit.data.folds import NONE
from goodfit.nets.cross_fitted import CrossFitted

Scores = tuple[Tensor, Tensor]  # outputs and targets of rows


class Folds:
    """The fold of each row of the source.

    Args:
        of_row: (N,) int64, -1 of rows outside of the training part.
    """

    def __init__(self, of_row: Tensor) -> None:
        self.of_row = of_row

    def batch(self, net: nn.Module, x: Tensor, y: Tensor, rows: Tensor) -> Scores:
        """Outputs in training and their targets: of each member those of the rows that it may learn from."""
        fold = self.of_row[rows.to(self.of_row.device)].to(x.device)
        outs, targets = [], []
        for number, member in enumerate(_members(net)):
            taught = fold != number
            if bool(taught.any()):
                outs.append(member(x[taught]))
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


def training_outputs(net: nn.Module, folds: Folds | None, x: Tensor, y: Tensor, rows: Tensor) -> Scores:
    """Outputs of a training batch, and the targets that they are held against."""
    return (net(x), y) if folds is None else folds.batch(net, x, y, rows)


def gradient_scale(net: nn.Module, folds: Folds | None) -> int:
    """What the mean loss is multiplied by before the backward pass: each member then has the gradient of its own."""
    return 1 if folds is None else len(_members(net))


def _members(net: nn.Module) -> nn.ModuleList:
    assert isinstance(net, CrossFitted)
    return net.members
