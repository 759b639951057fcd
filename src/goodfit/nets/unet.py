"""U-Nets (Ronneberger et al. 2015): a backbone on the way down, upsampling with its maps beside on the way up.

Any backbone with `features` is an encoder. An image of any size gives an output of its exact size: each map is made
twice as large and cut to the map of the same level on the way down.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.errors import UsageError
from goodfit.formatting import counted
from goodfit.nets import densenet, efficientnet_lite, resnet
from goodfit.nets.architecture import Architecture, Recipe

WIDEST = 256  # channels of the way up, at most
FOLD = 2  # px: side of the squares that become channels where no pixel may be lost
RECIPES = {
    "segmentation": Recipe(learning_rate=2e-2, weight_decay=0.05, batch_size=4, rows_to_see=9_900, optimiser="muon"),
    "restoration": Recipe(learning_rate=3e-3, weight_decay=0.05, batch_size=4, rows_to_see=11_000),
}


def alike(weight: Tensor, phases: int) -> None:
    """Give the pixels that come from one the same weights (outputs * phases, ...): a fresh net shows no checkerboard
    (Aitken et al. 2017, "Checkerboard artifact free sub-pixel convolution")."""
    weight.copy_(weight[::phases].repeat_interleave(phases, dim=0))


class Double(nn.Module):
    """(N, C, H, W) -> (N, channels, 2H, 2W) by pixel shuffle: four images' worth of channels become one of twice
    the side (Shi et al. 2016).
    """

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, 4 * channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(4 * channels)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        with torch.no_grad():
            alike(self.conv.weight, 4)

    def forward(self, x: Tensor) -> Tensor:
        return functional.pixel_shuffle(functional.relu(self.norm(self.conv(x)), inplace=True), 2)


def convolution(channels_in: int, channels: int) -> nn.Sequential:
    """3x3, norm, ReLU."""
    conv = nn.Conv2d(channels_in, channels, 3, padding=1, bias=False)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return nn.Sequential(conv, nn.BatchNorm2d(channels), nn.ReLU(inplace=True))


class Up(nn.Module):
    """One level of the way up: twice as large, fitted to the map beside it, and two convolutions over both.

    A side that was halved upwards is cut, one that was halved downwards gets its last row or column twice.
    """

    def __init__(self, channels_in: int, beside: int, channels: int) -> None:
        super().__init__()
        self.larger = Double(channels_in, channels)
        self.mix = nn.Sequential(convolution(channels + beside, channels), convolution(channels, channels))

    def forward(self, x: Tensor, beside: Tensor) -> Tensor:
        high, wide = beside.shape[-2:]
        x = self.larger(x)[..., :high, :wide]
        if x.shape[-2:] != (high, wide):
            x = functional.pad(x, (0, wide - x.shape[-1], 0, high - x.shape[-2]), mode="replicate")
        return cast(Tensor, self.mix(torch.cat([x, beside], dim=1)))


class UNet(nn.Module):
    """x: (N, C, H, W) -> (N, outputs, H, W).

    The way up ends where the encoder's finest map is. Where that has half of the image's side, the head gives the
    values of four pixels as channels, and pixel shuffle lays them out: a level at the image's own side would cost
    more than all others together.

    Args:
        encoder: a backbone with `features` and `feature_channels`; of `fold`^2 times the channels of the images.
        outputs: channels of the output.
        fold: side of the squares of pixels that become channels on the way in (Shi et al. 2016, the inverse of pixel
            shuffle; Zhang et al. 2018, "FFDNet", section III.A): a smaller side, and no pixel is lost. 1: none.
        residual: the output is a change of the image, which is added to it: for restoration.
    """

    def __init__(self, encoder: nn.Module, outputs: int, *, fold: int = 1, residual: bool = False) -> None:
        super().__init__()
        self.encoder, self.fold, self.residual = encoder, fold, residual
        *beside, channels = cast("tuple[int, ...]", encoder.feature_channels)
        self.ups = nn.ModuleList()
        for width in reversed(beside):
            self.ups.append(Up(channels, width, min(width, WIDEST)))
            channels = min(width, WIDEST)
        self.step = fold * (1 if encoder.small else 2)
        self.head = nn.Conv2d(channels, self.step**2 * outputs, 1)
        with torch.no_grad():
            if residual:
                self.head.weight.zero_()  # a fresh net gives the image back
            else:
                alike(self.head.weight, self.step**2)
            cast(Tensor, self.head.bias).zero_()

    def forward(self, image: Tensor) -> Tensor:
        high, wide = image.shape[-2:]
        x = image
        if self.fold > 1:
            missing = (0, -wide % self.fold, 0, -high % self.fold)
            x = functional.pixel_unshuffle(functional.pad(x, missing, mode="replicate"), self.fold)
        maps: list[Tensor] = cast(Any, self.encoder).features(x)
        x = maps.pop()
        for up in self.ups:
            x = up(x, maps.pop())
        x = functional.pixel_shuffle(self.head(x), self.step)[..., :high, :wide]
        return image + x if self.residual else x


def _build(
    backbone: Architecture,
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    width: int | None = None,
    stem: str = "auto",
    residual: bool = False,
    checkpointing: bool = False,
) -> nn.Module:
    if checkpointing and "checkpointing" not in inspect.signature(backbone.build).parameters:
        raise UsageError(f"--checkpointing is for dense nets, and {backbone.name} is none", fix="Leave it out")
    if residual and outputs != in_shape[0]:
        raise UsageError(
            f"a residual U-Net adds to its images: {counted(outputs, 'output')} for {in_shape[0]} channels",
            fix="Leave residual out",
        )
    channels, high, wide = in_shape
    if stem == "auto" and residual:  # what is to be restored is fine: no pixel is lost on the way in
        carried = width is None or width >= channels * FOLD**2  # a narrower net would lose some of a square's values
        stem = "fold" if carried else "small"
    fold = FOLD if stem == "fold" else 1
    if fold > 1:
        channels, high, wide, stem = channels * fold**2, -(-high // fold), -(-wide // fold), "small"
    dense = {"checkpointing": True} if checkpointing else {}
    encoder = backbone.build((channels, high, wide), 1, width=width, stem=stem, **dense)
    setattr(encoder, backbone.head, nn.Identity())
    return UNet(encoder, outputs, fold=fold, residual=residual)


def _stages(backbone: Architecture, net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, UNet)
    return [*backbone.stages(net.encoder)[:-1], list(net.ups), [net.head]]


def _entry(backbone: Architecture) -> Architecture:
    maker: Callable[..., nn.Module] = partial(_build, backbone)
    return Architecture(
        f"unet-{backbone.name}",
        maker,
        input_dims=3,
        stages=partial(_stages, backbone),
        head="head",
        recipes=RECIPES,
        dense=True,
        body="encoder",
        body_head=backbone.head,
    )


ARCHITECTURES = tuple(
    _entry(backbone) for backbone in (*resnet.ARCHITECTURES, *densenet.ARCHITECTURES, *efficientnet_lite.ARCHITECTURES)
)
