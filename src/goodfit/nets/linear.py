"""A linear model of rows of a table: an affine map of the numbers, and a number for each level of each category."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from goodfit.nets.architecture import Architecture, Recipe


class Linear(nn.Module):
    """x: (N, D), numbers in front and category codes behind -> (N, outputs).

    Args:
        numbers: how many of the values are numbers.
        cardinalities: codes of each category; a code out of range counts as unknown, 0.
        outputs: width.
    """

    sizes: Tensor
    starts: Tensor

    def __init__(self, numbers: int, cardinalities: Sequence[int], outputs: int) -> None:
        super().__init__()
        sizes = torch.tensor(list(cardinalities), dtype=torch.int64)
        self.numbers = numbers
        self.head = nn.Linear(numbers, outputs)
        self.levels = nn.Embedding(max(1, int(sizes.sum())), outputs)
        nn.init.zeros_(self.levels.weight)
        self.register_buffer("sizes", sizes, persistent=False)
        self.register_buffer("starts", sizes.cumsum(0) - sizes, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(x[:, : self.numbers])
        if not len(self.sizes):
            return out
        codes = x[:, self.numbers :].long()
        codes = torch.where((codes < 0) | (codes >= self.sizes), 0, codes)
        of_levels: Tensor = self.levels(codes + self.starts).sum(1)
        return out + of_levels


def _build(in_shape: tuple[int, ...], outputs: int, *, cardinalities: Sequence[int] = ()) -> nn.Module:
    return Linear(in_shape[0] - len(cardinalities), cardinalities, outputs)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, Linear)
    return [[net.levels], [net.head]]


RECIPES = {
    family: Recipe(learning_rate=1e-2, weight_decay=1e-2, batch_size=128, why="usual for a linear model")
    for family in ("classes", "labels", "numbers")
}
ARCHITECTURES = (Architecture("linear", _build, input_dims=1, stages=_stages, head="head", recipes=RECIPES),)
