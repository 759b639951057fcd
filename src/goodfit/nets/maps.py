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
    read = []
    for plane, each_lines, each_heights in zip(planes, lines, heights, strict=True):
        (one, one_share), (other, other_share) = (
            _between(x[:, feature].contiguous(), along) for feature, along in zip(plane, each_lines, strict=True)
        )
        low = torch.lerp(each_heights[:, one, other], each_heights[:, one + 1, other], one_share)
        high = torch.lerp(each_heights[:, one, other + 1], each_heights[:, one + 1, other + 1], one_share)
        read.append(torch.lerp(low, high, other_share).t())
    return torch.cat(read, dim=1)


def _between(values: Tensor, lines: Tensor) -> tuple[Tensor, Tensor]:
    """(N,) the line below each value, and (N,) how far it is to the next, from 0 to 1."""
    below = (torch.searchsorted(lines, values, right=True) - 1).clamp(0, len(lines) - 2)
    start = lines[below]
    return below, ((values - start) / (lines[below + 1] - start)).clamp(0, 1)
