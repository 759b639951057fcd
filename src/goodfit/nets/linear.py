"""A linear model of rows of a table: an affine map of the numbers, and a number for each level and term of texts."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.nets.architecture import Architecture
from goodfit.nets.wide import Wide

CELLS_AT_ONCE = 20_000_000  # weights of terms that are taken together


class Linear(Wide):
    """x: (N, D + lanes), numbers in front, category codes and then terms behind -> (N, outputs).

    Args:
        numbers: how many of the values are numbers.
        cardinalities: codes of each category; a code out of range counts as unknown, 0.
        outputs: width.
        terms: of texts; their numbers and weights stand in turn in the lanes.
    """

    sizes: Tensor
    starts: Tensor

    def __init__(
        self, numbers: int, cardinalities: Sequence[int], outputs: int, *, terms: int = 0, lanes: int = 0
    ) -> None:
        super().__init__()
        sizes = torch.tensor(list(cardinalities), dtype=torch.int64)
        self.numbers, self.lanes = numbers, lanes
        self.weight, self.bias = nn.Parameter(torch.zeros(outputs, numbers)), nn.Parameter(torch.zeros(outputs))
        self.levels = nn.Embedding(max(1, int(sizes.sum())), outputs)
        nn.init.zeros_(self.levels.weight)
        if terms:
            self.terms = nn.Embedding(terms, outputs)
            nn.init.zeros_(self.terms.weight)
        self.register_buffer("sizes", sizes, persistent=False)
        self.register_buffer("starts", sizes.cumsum(0) - sizes, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        out = functional.linear(x[:, : self.numbers], self.weight, self.bias)
        if len(self.sizes):
            codes = self.narrow(x)[:, self.numbers :].long()
            codes = torch.where((codes < 0) | (codes >= self.sizes), 0, codes)
            out = out + self.levels(codes + self.starts).sum(1)
        if not self.lanes:
            return out
        pairs = x[:, x.shape[1] - self.lanes :]
        rows = max(1, CELLS_AT_ONCE // (self.lanes * out.shape[1]))
        return out + torch.cat([self._of_terms(piece) for piece in pairs.split(rows)])

    def _of_terms(self, pairs: Tensor) -> Tensor:
        """(n, outputs) of term numbers and weights in turn, (n, lanes)."""
        weighted: Tensor = self.terms(pairs[:, ::2].long()) * pairs[:, 1::2, None]
        return weighted.sum(1)


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    cardinalities: Sequence[int] = (),
    plain: int = 0,  # of the numbers, here taken as they are
    terms: int = 0,
    lanes: int = 0,
) -> nn.Module:
    return Linear(in_shape[0] - len(cardinalities), cardinalities, outputs, terms=terms, lanes=lanes)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    return [[net]]


ARCHITECTURES = (Architecture("linear", _build, input_dims=1, stages=_stages, head=""),)
