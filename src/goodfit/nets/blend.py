"""Several models as one: the weighted sum of their outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from goodfit.nets.wide import Wide, lanes_of


class Blend(Wide):
    """x -> (N, outputs), the sum of each part's output times its weight.

    Sums of logits are products of probabilities, a logarithmic pool (Genest and Zidek 1986, "Combining probability
    distributions", section 3); of numbers it is a stack of regressions (Breiman 1996, "Stacked regressions").

    Args:
        parts: models of the same outputs; those that read terms of texts are given the whole row.
    """

    weights: Tensor

    def __init__(self, parts: Iterable[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)
        self.lanes = max(map(lanes_of, self.parts), default=0)
        self.register_buffer("weights", torch.full((len(self.parts),), 1 / max(1, len(self.parts))))

    def forward(self, x: Tensor) -> Tensor:
        return self.weighed([part(rows) for part, rows in zip(self.parts, self.rows_of_parts(x), strict=True)])

    def rows_of_parts(self, x: Tensor) -> list[Tensor]:
        """What each part is given of rows x (N, ...)."""
        own = self.narrow(x) if self.lanes else x
        return [x if lanes_of(part) else own for part in self.parts]

    def weighed(self, outs: Sequence[Tensor]) -> Tensor:
        """(N, outputs) of those of each part."""
        weights = self.weights.to(outs[0].device)
        return torch.stack([weight * out.float() for weight, out in zip(weights, outs, strict=True)]).sum(0)
