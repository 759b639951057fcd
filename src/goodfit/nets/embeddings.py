"""Embeddings of categories: a learnt vector for each level (Guo and Berkhahn 2016, "Entity embeddings of categorical
variables"). Users and items of ratings are two more categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn


class Categories(nn.Module):
    """codes (N, C) -> (N, sum of widths): an embedding a category. Codes out of range count as unknown (0)."""

    def __init__(self, cardinalities: Sequence[int], most: int) -> None:
        super().__init__()
        # the common rule of thumb between the root and the half of the number of levels
        widths = [min(most, round(1.6 * count**0.56)) for count in cardinalities]
        self.tables = nn.ModuleList(
            nn.Embedding(count, wide) for count, wide in zip(cardinalities, widths, strict=True)
        )
        for table in self.tables:
            weight = cast(nn.Embedding, table).weight
            nn.init.normal_(weight, std=0.5)
            nn.init.zeros_(weight[:2])  # unknown and missing: nothing, until training rows teach otherwise
        self.width = sum(widths)

    def forward(self, codes: Tensor) -> Tensor:
        codes = codes.long()
        return torch.cat([table(codes[:, at]) for at, table in enumerate(self.tables)], dim=1)
