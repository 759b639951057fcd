"""A linear model on fixed features of images: histograms of oriented gradients (Dalal and Triggs 2005), and of colours.

Nothing but the head is learnt, and that to the optimum: of few images without pretrained weights it makes more than a
net that learns its features from them (docs/decisions/023-photos.md). It is the rival of every net for images.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.errors import UsageError
from goodfit.nets.architecture import Architecture

SIDE = 64  # px, of the longer side: finer edges are noise to a linear model
SMALLEST_SIDE = 3  # px, in which there is an edge
BYTES = 255.0
CELLS, COARSE_CELLS = 8, 4  # along a side
ORIENTATIONS = 9  # bins of half a turn, of a whole one in coarse cells (Dalal and Triggs, section 6.3)
LARGEST = 0.6  # of a bin after its block is normalised
COLOUR_CELLS = 4
COLOUR_LEVELS, GREY_LEVELS = 4, 16  # of each channel in the joint histogram; of a channel alone
SMALLEST = 1e-4  # beside the energy of a block: noise in flat areas does not become an edge
# of a number in each group of features, over the images of three sets: one penalty for all needs one scale
DEVIATIONS = {"edges": 0.17, "coarse edges": 0.17, "cell colours": 0.13, "colours": 0.065}
SHARES = {"edges": 1.0, "coarse edges": 1.0, "cell colours": 0.5, "colours": 0.5}


class HandMadeFeatures(nn.Module):
    """x: (N, C, H, W) in 0..1 -> (N, D): edges by place and direction, colours by place, colours of the whole.

    Args:
        channels: of the images.
        side: the longer one, in pixels.
        orientations: bins of half a turn.
    """

    def __init__(self, channels: int, side: int, orientations: int) -> None:
        super().__init__()
        self.channels, self.orientations = channels, orientations
        self.cells = max(2, min(CELLS, side // 3))
        self.coarse_cells, self.colour_cells = max(1, self.cells // 2), min(COLOUR_CELLS, self.cells)
        levels = COLOUR_LEVELS**channels if channels == 3 else GREY_LEVELS * channels
        self.sizes = {
            "edges": 4 * orientations * self.cells**2,
            "coarse edges": 4 * orientations * self.coarse_cells**2,
            "cell colours": 2 * channels * self.colour_cells**2,
            "colours": levels,
        }

    @property
    def width(self) -> int:
        """D."""
        return sum(self.sizes.values())

    def forward(self, x: Tensor) -> Tensor:
        x = x.float().clamp(0, 1)
        longest = max(x.shape[-2:])
        if longest > SIDE:
            high, wide = (max(1, round(side * SIDE / longest)) for side in x.shape[-2:])
            x = functional.adaptive_avg_pool2d(x, (high, wide))
        gradient = gradients(x)
        groups = {
            "edges": edges(gradient, self.cells, self.orientations, turn=1),
            "coarse edges": edges(gradient, self.coarse_cells, self.orientations, turn=2),
            "cell colours": cell_colours(x, self.colour_cells),
            "colours": colours(x),
        }
        return torch.cat([each * self._scale(name) for name, each in groups.items()], dim=1)

    def _scale(self, name: str) -> float:
        """So that the numbers of a group together vary by its share, however many they are."""
        return SHARES[name] / DEVIATIONS[name] * math.sqrt(self.sizes["edges"] / self.sizes[name])


def gradients(x: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 1, H, W) length and angle, in turns, of the gradient of each pixel: that of its strongest channel, of square
    roots of the brightness.

    Args:
        x: (N, C, H, W) in 0..1.
    """
    x = x.sqrt()
    down = functional.pad(x[:, :, 2:] - x[:, :, :-2], (0, 0, 1, 1)) if x.shape[2] > 2 else torch.zeros_like(x)
    right = functional.pad(x[..., 2:] - x[..., :-2], (1, 1, 0, 0)) if x.shape[3] > 2 else torch.zeros_like(x)
    square = down * down + right * right
    if x.shape[1] > 1:
        strongest = square.argmax(1, keepdim=True)
        down, right, square = (each.gather(1, strongest) for each in (down, right, square))
    return square.sqrt(), torch.atan2(down, right) / (2 * math.pi)


def edges(gradient: tuple[Tensor, Tensor], cells: int, bins: int, turn: int) -> Tensor:
    """(N, 4 * bins * cells^2) histograms of the directions of gradients, in each cell, each normalised by 2 x 2 cells
    in the four ways that it is part of some (Dalal and Triggs 2005, sections 6.2 to 6.4).

    Args:
        gradient: as `gradients` gives it.
        turn: 1: an edge from dark to light counts as one from light to dark; 2: they are two.
    """
    strength, angle = gradient
    at = (angle * (2 / turn) % 1.0) * bins
    lower = at.floor()
    share, low = at - lower, lower.long() % bins
    histogram = strength.new_zeros(len(strength), bins, *strength.shape[2:])
    histogram = histogram.scatter_add(1, low, strength * (1 - share))
    histogram = histogram.scatter_add(1, (low + 1) % bins, strength * share)
    histogram = functional.adaptive_avg_pool2d(histogram, cells)
    padded = functional.pad(histogram, (1, 1, 1, 1), mode="replicate")
    energy = functional.avg_pool2d((padded * padded).sum(1, keepdim=True), 2, 1)  # (N, 1, cells + 1, cells + 1)
    blocks = [
        histogram / (energy[:, :, top : top + cells, left : left + cells] + SMALLEST).sqrt()
        for top in (0, 1)
        for left in (0, 1)
    ]
    return torch.cat(blocks, dim=1).clamp(max=LARGEST).flatten(1)


def cell_colours(x: Tensor, cells: int) -> Tensor:
    """(N, 2 * C * cells^2) mean and standard deviation of each channel in each cell."""
    mean = functional.adaptive_avg_pool2d(x, cells)
    variance = functional.adaptive_avg_pool2d(x * x, cells) - mean * mean
    return torch.cat([mean.flatten(1), variance.clamp_min(0).sqrt().flatten(1)], dim=1)


def colours(x: Tensor) -> Tensor:
    """(N, bins) square roots of the shares of the pixels in each bin of colour, or of each channel alone where there
    are not three: distances of square roots are Hellinger's."""
    channels = x.shape[1]
    levels = COLOUR_LEVELS if channels == 3 else GREY_LEVELS
    level = (x * levels).long().clamp(max=levels - 1)
    if channels == 3:
        bins = (level[:, :1] * levels + level[:, 1:2]) * levels + level[:, 2:]
        count = levels**3
    else:
        bins = level + levels * torch.arange(channels, device=x.device).view(1, -1, 1, 1)
        count = levels * channels
    bins = bins.flatten(1)
    shares = x.new_zeros(len(x), count).scatter_add(1, bins, torch.ones_like(bins, dtype=x.dtype))
    return (shares / (x.shape[2] * x.shape[3])).sqrt()


class HogNet(nn.Module):
    """x: (N, C, H, W) -> (N, outputs).

    Args:
        channels: of the images.
        side: the longer one, in pixels.
        orientations: bins of half a turn.
        normalised: mean and deviation of each channel by which bytes were normalised for another net; x in 0..1 where
            None.
    """

    def __init__(
        self,
        channels: int,
        side: int,
        outputs: int,
        *,
        orientations: int = ORIENTATIONS,
        normalised: tuple[Sequence[float], Sequence[float]] | None = None,
    ) -> None:
        super().__init__()
        if orientations < 2:
            raise ValueError(f"{orientations} directions of edges")
        self.fixed = HandMadeFeatures(channels, side, orientations)
        self.fc = nn.Linear(self.fixed.width, outputs)
        self.normalised = normalised is not None
        if normalised is not None:
            mean, deviation = (torch.tensor(each, dtype=torch.float32).view(-1, 1, 1) / BYTES for each in normalised)
            self.mean, self.deviation = nn.Buffer(mean, persistent=False), nn.Buffer(deviation, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        # thousands of small products need all their digits; shapes alone (meta) have none
        with nullcontext() if x.is_meta else torch.autocast(x.device.type, enabled=False):
            x = x.float()
            if self.normalised:
                x = x * self.deviation + self.mean
            return cast(Tensor, self.fc(self.fixed(x)))


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    width: int | None = None,
    normalised: tuple[Sequence[float], Sequence[float]] | None = None,
) -> nn.Module:
    channels, side = in_shape[0], max(in_shape[1:])
    if side < SMALLEST_SIDE:
        raise UsageError(f"images of {in_shape[2]}x{in_shape[1]} px have no edges", fix="Choose another --arch")
    orientations = ORIENTATIONS if width is None else width
    return HogNet(channels, side, outputs, orientations=orientations, normalised=normalised)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, HogNet)
    return [[net.fixed], [net.fc]]


ARCHITECTURES = (
    Architecture("hog", _build, input_dims=3, stages=_stages, head="fc", large_products=False, fixed_features=True),
)
