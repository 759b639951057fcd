"""A net over an image of any size: whole where it fits, else in overlapping tiles that are blended without a seam."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

WHOLE = 1024 * 1024  # pixels that go through the net at once
TILE, MARGIN, RAMP = 768, 96, 96  # px: side of a tile, what is thrown away at its borders, what is blended within
STEP = 32  # tiles begin at multiples of it, so that a net of strides sees the same grid in each


def over_tiles(
    net: Callable[[Tensor], Tensor],
    x: Tensor,
    *,
    whole: int = WHOLE,
    tile: int = TILE,
    margin: int = MARGIN,
    ramp: int = RAMP,
) -> Tensor:
    """(1, K, H, W) of a net that gives (1, K, h, w) for (1, C, h, w).

    A tile's border of `margin` pixels, where the net lacks what lies outside, is thrown away except at the image's
    own border; over the next `ramp` pixels neighbouring tiles are blended linearly. Away from all that each pixel is
    what the net gives for the whole image, as far as the net looks no further than the margin.

    Args:
        net: in eval mode.
        x: one image, normalised.
        whole: images of at most so many pixels go through at once.
    """
    high, wide = x.shape[-2:]
    if high * wide <= whole:
        return net(x)
    total: Tensor | None = None
    weights = torch.zeros(high, wide, device=x.device)
    for top, bottom in _spans(high, tile, margin, ramp):
        for left, right in _spans(wide, tile, margin, ramp):
            out = net(x[..., top:bottom, left:right]).float()
            if total is None:
                total = torch.zeros(1, out.shape[1], high, wide, device=x.device)
            down = _weight(top, bottom, high, margin, ramp)
            across = _weight(left, right, wide, margin, ramp)
            weight = (down[:, None] * across[None, :]).to(x.device)
            total[..., top:bottom, left:right] += out * weight
            weights[top:bottom, left:right] += weight
    assert total is not None
    return total / weights


def _spans(size: int, tile: int, margin: int, ramp: int) -> list[tuple[int, int]]:
    """(start, end) of the tiles along one side: they overlap by two margins and a ramp."""
    step = max(STEP, (tile - 2 * margin - ramp) // STEP * STEP)
    spans = []
    start = 0
    while True:
        end = min(size, start + tile)
        spans.append((start, end))
        if end == size:
            return spans
        start += step


def _weight(start: int, end: int, size: int, margin: int, ramp: int) -> Tensor:
    """(end - start,) from 0 over the margin up to 1 over the ramp; 1 up to the image's own borders."""
    at = torch.arange(end - start, dtype=torch.float32)
    weight = torch.ones(end - start)
    if start > 0:
        weight = torch.minimum(weight, ((at - margin + 1) / (ramp + 1)).clamp(0, 1))
    if end < size:
        weight = torch.minimum(weight, (((end - start - 1) - at - margin + 1) / (ramp + 1)).clamp(0, 1))
    return weight
