"""Small plain convolutional nets: what learns most from images in few minutes without a GPU.

A whitened first layer, then pairs of 3x3 convolutions, each pair at half the side: the net of Jordan 2024 ("94% on
CIFAR-10 in 3.29 seconds on a single GPU", section 3), narrower. The first convolution of a pair is pooled before its
norm, so that all that follows works on a quarter of the pixels.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.nets.architecture import Architecture, Recipe

WIDTH = 32  # channels of the first pair
PAIRS_AT_LEAST = 3
SMALLEST_POOLED = 6  # px: maps of fewer are not halved
WIDEST = 8  # times the width of the first pair: larger images take more pairs, not ever wider ones
LARGE, PHOTO = 48, 96  # px, from which the first layer looks at every second, or every fourth, pixel
IMAGES_WHITENED_BY, PATCHES_WHITENED_BY = 1_000, 200_000
DIRECTIONS_AT_MOST = 16
SMALLEST_VARIANCE = 5e-4  # beside that of a direction: one without any does not become noise (Jordan 2024)


class Whitening(nn.Module):
    """x: (N, C, H, W) -> (N, 2 * D, ...): patches of k x k pixels in D directions that vary alike, and these negated;
    then a bias, which is learnt, and ReLU.

    The directions are the principal ones of patches of training images, each divided by its deviation: all C * k * k,
    or the first 16 (99% of the variance of 4 x 4 pixels of two sets of photos). They are not trained: the layers above
    need not learn first that neighbouring pixels are alike. Before `measure` they are random.

    Args:
        channels: of the images.
        side: k, in pixels.
        stride: in pixels.
    """

    def __init__(self, channels: int, side: int, stride: int) -> None:
        super().__init__()
        self.side, self.stride = side, stride
        numbers = channels * side * side
        self.kept = min(numbers, DIRECTIONS_AT_MOST)
        self.directions = nn.Buffer(torch.randn(2 * self.kept, channels, side, side) / numbers**0.5)
        self.bias = nn.Parameter(torch.zeros(2 * self.kept))

    def measure(self, x: Tensor) -> None:
        """Set the directions from images (N, C, H, W) as the net is given them."""
        size = self.side
        patches = x.unfold(2, size, size).unfold(3, size, size).permute(0, 2, 3, 1, 4, 5).flatten(0, 2).flatten(1)
        patches = patches[:: -(-len(patches) // PATCHES_WHITENED_BY)].double()
        variances, directions = torch.linalg.eigh(patches.T @ patches / len(patches))
        scaled = directions.T / (variances + SMALLEST_VARIANCE).sqrt()[:, None]
        weight = scaled.flip(0)[: self.kept].view(-1, *self.directions.shape[1:]).float()
        self.directions.copy_(torch.cat([weight, -weight]))

    def forward(self, x: Tensor) -> Tensor:
        x = functional.conv2d(x, self.directions.to(x.dtype), self.bias, self.stride)
        return functional.relu(x, inplace=True)


class Pair(nn.Module):
    """Two 3x3 convolutions, each with norm and ReLU; where `pooled`, the first is max-pooled to half the side."""

    def __init__(self, channels_in: int, channels: int, *, pooled: bool) -> None:
        super().__init__()
        self.pooled = pooled
        self.conv1 = nn.Conv2d(channels_in, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        if self.pooled:
            x = functional.max_pool2d(x, 2)
        x = functional.relu(self.bn1(x), inplace=True)
        return functional.relu(self.bn2(self.conv2(x)), inplace=True)


class ConvNet(nn.Module):
    """x: (N, C, H, W) -> (N, outputs); the features are the largest value of each map of the last pair.

    Args:
        in_shape: (C, H, W) of the images.
        outputs: width of the head.
        width: channels of the first pair; each later pair has twice those of the one before, up to eight times these.
    """

    def __init__(self, in_shape: tuple[int, ...], outputs: int, *, width: int = WIDTH) -> None:
        super().__init__()
        if width < 1:
            raise ValueError(f"width {width}")
        channels, side = in_shape[0], min(in_shape[1:])
        patch, stride = first_layer(side)
        self.whiten = Whitening(channels, patch, stride)
        side = (side - patch) // stride + 1
        before, self.pairs = 2 * self.whiten.kept, nn.ModuleList()
        while len(self.pairs) < PAIRS_AT_LEAST or side >= SMALLEST_POOLED:
            after, pooled = width * min(2 ** len(self.pairs), WIDEST), side >= SMALLEST_POOLED
            self.pairs.append(Pair(before, after, pooled=pooled))
            before, side = after, side // 2 if pooled else side
        self.fc = nn.Linear(before, outputs)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    @torch.no_grad()
    def measure(self, x: Tensor) -> None:
        """Whiten the first layer by training images (N, C, H, W), in any unit: it is given their z-scores."""
        x = x[:: -(-len(x) // IMAGES_WHITENED_BY)].float()
        deviation, mean = torch.std_mean(x, dim=(0, 2, 3), correction=0, keepdim=True)
        self.whiten.measure((x - mean) / deviation.where(deviation > 0, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.whiten(x)
        for pair in self.pairs:
            x = pair(x)
        return cast(Tensor, self.fc(x.amax((2, 3))))


def first_layer(side: int) -> tuple[int, int]:
    """Side of the patches and stride of the first layer, for images of this side, in pixels."""
    if side < LARGE:
        return min(2, side), 1
    return (2, 2) if side < PHOTO else (4, 4)


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, ConvNet)
    return [[net.whiten], *([pair] for pair in net.pairs), [net.fc]]


MUON = Recipe(learning_rate=1e-2, weight_decay=0.05, batch_size=64, optimiser="muon")
ARCHITECTURES = (
    Architecture(
        "convnet",
        ConvNet,
        input_dims=3,
        stages=_stages,
        head="fc",
        looks_again=True,
        recipes=dict.fromkeys(("classes", "labels", "numbers"), MUON),
    ),
)
