"""Maps: a height over every place of a plane of two features, known at the crossings of a net of lines.

Between crossings a height is the mean of the four around it, each by how near it is (bilinear interpolation); beyond
the outermost line it is that of the line.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def heights_at(x: Tensor, planes: Sequence[tuple[int, int]], lines: Tensor, heights: Tensor) -> Tensor:
    """x: (N, D) -> (N, planes * kinds): for each plane the heights of all kinds.

    Args:
        planes: the two features of each.
        lines: (planes, 2, L) where lines cross the first and the second feature, ascending.
        heights: (planes, kinds, L, L) at the crossings.
    """
    kinds, count = heights.shape[1], heights.shape[-1]
    along = lines.flatten(0, 1)
    values = x[:, [feature for plane in planes for feature in plane]].t().contiguous()
    below, shares = _between(values, along)
    one, other = below[0::2], below[1::2]
    corner = (one * count + other)[:, None].expand(-1, kinds, -1)
    places = heights.flatten(2)

    def ahead(steps: int) -> Tensor:
        return places.gather(2, corner + steps)

    share, other_share = shares[0::2, None], shares[1::2, None]
    low = torch.lerp(ahead(0), ahead(count), share)
    high = torch.lerp(ahead(1), ahead(count + 1), share)
    return torch.lerp(low, high, other_share).permute(2, 0, 1).reshape(len(x), len(planes) * kinds)


def _between(values: Tensor, lines: Tensor) -> tuple[Tensor, Tensor]:
    """(F, N) the line below each value, and how far it is to the next, from 0 to 1; lines: (F, L)."""
    below = (torch.searchsorted(lines, values, right=True) - 1).clamp(0, lines.shape[1] - 2)
    start = lines.gather(1, below)
    return below, ((values - start) / (lines.gather(1, below + 1) - start)).clamp(0, 1)
