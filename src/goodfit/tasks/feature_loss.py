"""The net whose maps the feature loss compares: a frozen backbone, its maps weighted alike."""

from __future__ import annotations

from typing import Any, cast

from torch import Tensor, nn

SMALLEST_SIZE = 1e-6  # mean size of a map that is divided by


class FeatureNet(nn.Module):
    """Images in shares of 255 -> the maps of a backbone.

    Args:
        net: gives its maps as `features(x)`; it is frozen here.
        mean, deviation: (C, 1, 1), of the images that the net was fitted on, in shares of 255.
    """

    def __init__(self, net: nn.Module, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.net = net.eval().requires_grad_(False)
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def features(self, x: Tensor) -> list[Tensor]:
        """(N, C, H, W) in 0..1 -> maps from the finest to the coarsest, divided by their mean size in each image.

        In each image, not over the batch: an image's loss is then the same whatever images it is beside.
        """
        maps = cast(Any, self.net).features((x - cast(Tensor, self.mean)) / cast(Tensor, self.deviation))
        return [
            values / values.detach().abs().mean((1, 2, 3), keepdim=True).clamp_min(SMALLEST_SIZE) for values in maps
        ]
