"""Several models as one: the weighted sum of their outputs."""

from __future__ import annotations

from collections.abc import Iterable

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
        own = self.narrow(x) if self.lanes else x
        outs = [
            weight * part(x if lanes_of(part) else own).float()
            for weight, part in zip(self.weights, self.parts, strict=True)
        ]
        return torch.stack(outs).sum(0)
