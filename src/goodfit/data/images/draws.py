"""Random draws for rows: of a whole batch, or of some of its rows the very ones that the whole batch would have had."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class RowsOfBatch:
    """Draws of some rows of a batch: all are drawn, and theirs are kept, so that no other row gets others.

    Attributes:
        whole: rows of the batch.
        at: (n,) int64, the positions of these rows in it.
    """

    generator: torch.Generator
    whole: int
    at: Tensor

    @property
    def device(self) -> torch.device:
        return self.generator.device


Draws = torch.Generator | RowsOfBatch


def uniform_rows(n: int, *rest: int, draws: Draws) -> Tensor:
    """(n, *rest) float32 in 0..1 on the device of the generator."""
    if isinstance(draws, torch.Generator):
        return torch.rand((n, *rest), generator=draws, device=draws.device)
    drawn = torch.rand((draws.whole, *rest), generator=draws.generator, device=draws.device)
    return drawn.index_select(0, draws.at.to(drawn.device))
