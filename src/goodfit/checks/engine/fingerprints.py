"""What stands in the rows of a tensor: equal rows have equal fingerprints, whatever batch they stand in."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

MOST = 200_000  # values of a row that are read; of longer ones, so many, evenly spread


def fingerprints(x: Tensor) -> list[int]:
    """One number a row of x (N, ...), exact: sums of the values' bits by random odd weights, modulo 2**64.

    Two rows that differ have equal numbers with the chance of a random number of 64 bits, less the low bits that are
    zero in all values; doubles made of floats have 29 of these, so the high bits are laid over them first.
    """
    rows = x.detach().reshape(len(x), -1)
    if rows.shape[1] > MOST:
        rows = rows[:, :: -(-rows.shape[1] // MOST)]
    bits = rows.to(torch.float64).contiguous().view(torch.int64) if rows.is_floating_point() else rows.to(torch.int64)
    found: list[int] = ((bits ^ (bits >> 29)) * _weights(rows.shape[1], rows.device)).sum(1).tolist()
    return found


@lru_cache(maxsize=8)
def _weights(count: int, device: torch.device) -> Tensor:
    generator = torch.Generator().manual_seed(0x5EED)
    limits = torch.iinfo(torch.int64)
    drawn = torch.randint(limits.min, limits.max, (count,), generator=generator, dtype=torch.int64)
    return (drawn | 1).to(device)


def blank(x: Tensor) -> Tensor:
    """(N,) whether a row has one value throughout: such rows are equal by nature."""
    rows = x.detach().reshape(len(x), -1)
    return (rows == rows[:, :1]).all(1)


def all_finite(x: Tensor) -> bool:
    """No NaN and no infinity in x. One pass where the sum is a number; a sum that is none may have overflowed."""
    return bool(torch.isfinite(x.sum())) or bool(torch.isfinite(x).all())
