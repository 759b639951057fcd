"""Embeddings of categories: a learnt vector for each level (Guo and Berkhahn 2016, "Entity embeddings of categorical
variables"). Users and items of ratings are two more categories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class Categories(nn.Module):
    """codes (N, C) -> (N, sum of widths): an embedding for each of one or more categories.

    Codes out of range count as unknown (0). All embeddings lie in one vector, table after table, and are looked up at
    once: a parameter and a call for each of hundreds of categories took nearly all of the time.
    """

    counts: Tensor
    column: Tensor
    step: Tensor
    start: Tensor

    def __init__(self, cardinalities: Sequence[int], most: int) -> None:
        super().__init__()
        # the common rule of thumb between the root and the half of the number of levels
        widths = [min(most, round(1.6 * count**0.56)) for count in cardinalities]
        tables = [nn.Embedding(count, wide).weight for count, wide in zip(cardinalities, widths, strict=True)]
        for table in tables:
            nn.init.normal_(table, std=0.5)
            nn.init.zeros_(table[:2])  # unknown and missing: nothing, until training rows teach otherwise
        # (numbers, 1): of two dimensions, since it is a weight and decays as one
        self.weight = nn.Parameter(torch.cat([table.detach().flatten() for table in tables])[:, None])
        self.width = sum(widths)
        wide, counts = torch.tensor(widths, dtype=torch.int64), torch.tensor(cardinalities, dtype=torch.int64)
        before = (counts * wide).cumsum(0) - counts * wide  # numbers of the tables before
        column = torch.arange(len(widths)).repeat_interleave(wide)
        within = torch.arange(self.width) - (wide.cumsum(0) - wide)[column]
        # of each number of an output: its category, and where in the vector it stands for code 0, 1, ...
        for name, value in (("column", column), ("step", wide[column]), ("start", before[column] + within)):
            self.register_buffer(name, value, persistent=False)
        self.register_buffer("counts", counts, persistent=False)

    def forward(self, codes: Tensor) -> Tensor:
        codes = codes.long()
        codes = codes * ((codes >= 0) & (codes < self.counts))
        return self.weight.flatten()[codes[:, self.column] * self.step + self.start]

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *others: Any) -> None:
        """Runs of before all lay in one vector hold a table for each category."""
        names = [f"{prefix}tables.{at}.weight" for at in range(len(self.counts))]
        if all(name in state_dict for name in names):
            tables = [state_dict.pop(name).flatten() for name in names]
            state_dict[f"{prefix}weight"] = torch.cat(tables)[:, None]
        super()._load_from_state_dict(state_dict, prefix, *others)


class SideFeatures(nn.Module):
    """Codes (n,) -> (n, width): what is known of a user or an item, as a sum of an embedding for each feature.

    Kula 2015 ("Metadata embeddings for user and item cold-start recommendations", section 3.2); a number's embedding
    is multiplied by its z-score. All are 0 at the start.

    Args:
        codes: number of codes.
        sizes: number columns, category columns, and levels of all of these together.
        width: of the sum.
    """

    numbers: Tensor
    levels: Tensor

    def __init__(self, codes: int, sizes: Sequence[int], width: int) -> None:
        super().__init__()
        numbers, categories, levels = sizes
        self.register_buffer("numbers", torch.zeros(codes, numbers))
        self.register_buffer("levels", torch.zeros(codes, categories, dtype=torch.int64))
        self.of_number = nn.Parameter(torch.zeros(numbers, width))
        self.of_level = nn.Embedding(levels, width, padding_idx=0)  # 0: the table has no row for this code
        nn.init.zeros_(self.of_level.weight)

    def measure(self, numbers: Tensor, levels: Tensor) -> None:
        """Note what is known: (codes, numbers) z-scores and (codes, categories) levels from 1 on."""
        self.numbers = numbers.to(self.numbers.device)
        self.levels = levels.to(self.levels.device)

    def forward(self, codes: Tensor) -> Tensor:
        found: Tensor = self.numbers[codes] @ self.of_number + self.of_level(self.levels[codes]).sum(1)
        return found

    def squares(self) -> Tensor:
        """Sum of the squares of all embeddings, a scalar."""
        return self.of_number.square().sum() + self.of_level.weight.square().sum()


class _SumOfRows(torch.autograd.Function):
    """`embedding_bag`, with a gradient that is one as well: each row's is the sum of those of the bags that hold it.

    torch's own gradient on a CPU adds one entry after the other: 2.1 million entries of 192 numbers take 0.51 s forward
    and backward, and 0.14 s here, to the same bits.
    """

    @staticmethod
    def forward(ctx: Any, table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor | None) -> Tensor:
        ctx.save_for_backward(rows, starts, weights)
        ctx.height = len(table)
        return functional.embedding_bag(rows, table, starts, mode="sum", per_sample_weights=weights)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        rows, starts, weights = ctx.saved_tensors
        order = torch.argsort(rows, stable=True)
        sizes = torch.diff(starts, append=starts.new_tensor([len(rows)]))
        bags = torch.arange(len(starts), device=rows.device).repeat_interleave(sizes)[order]
        uses = torch.bincount(rows, minlength=ctx.height)
        of_use = None if weights is None else weights[order]
        of_table = functional.embedding_bag(
            bags, gradients[0].contiguous(), uses.cumsum(0) - uses, mode="sum", per_sample_weights=of_use
        )
        return of_table, None, None, None


def sum_of_rows(table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor | None = None) -> Tensor:
    """(bags, width): for each bag the sum of the rows of a table (n, width) that it holds.

    Args:
        rows: (entries,) of the table, bag after bag.
        starts: (bags,) where each one's begin.
        weights: (entries,) that rows are multiplied by; they get no gradient.
    """
    found: Tensor = _SumOfRows.apply(table, rows, starts, weights)  # type: ignore[no-untyped-call]  # torch's
    return found
