"""U-Nets (Ronneberger et al. 2015): a backbone on the way down, upsampling with its maps beside on the way up.

Any backbone with `features` is an encoder. A picture of any size gives an output of its exact size: each map is made
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
from goodfit.nets import densenet, resnet
from goodfit.nets.architecture import Architecture, Recipe

FINEST, WIDEST = 32, 256  # channels of the way up: where the output is made, and at most
RECIPE = Recipe(
    learning_rate=3e-3, weight_decay=0.05, batch_size=8, rows_to_see={"segmentation": 18_500, "restoration": 11_000}
)


class Double(nn.Module):
    """(N, C, H, W) -> (N, channels, 2H, 2W) by pixel shuffle: four pictures' worth of channels become one of twice
    the side (Shi et al. 2016). All four start alike, so that a fresh net shows no checkerboard (Aitken et al. 2017).
    """

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, 4 * channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(4 * channels)
        nn.init.kaiming_normal_(self.conv.weight[::4], nonlinearity="relu")
        with torch.no_grad():
            self.conv.weight.copy_(self.conv.weight[::4].repeat_interleave(4, dim=0))

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

    Args:
        encoder: a backbone with `features` and `feature_channels`.
        in_channels: of the pictures.
        outputs: channels of the output.
        residual: the output is a change of the picture, which is added to it: for restoration, outputs = in_channels.
    """

    def __init__(self, encoder: nn.Module, in_channels: int, outputs: int, *, residual: bool = False) -> None:
        super().__init__()
        self.encoder, self.residual = encoder, residual
        beside = list(cast("tuple[int, ...]", encoder.feature_channels))
        channels = beside.pop()
        self.ups = nn.ModuleList()
        if _stride(encoder) > 1:
            beside.insert(0, 0)
        for width in reversed(beside):
            self.ups.append(Up(channels, width or in_channels, min(width or FINEST, WIDEST)))
            channels = min(width or FINEST, WIDEST)
        self.head = nn.Conv2d(channels, outputs, 1)
        if residual:
            nn.init.zeros_(self.head.weight)  # a fresh net gives the picture back
            nn.init.zeros_(cast(Tensor, self.head.bias))

    def forward(self, picture: Tensor) -> Tensor:
        maps: list[Tensor] = cast(Any, self.encoder).features(picture)
        x = maps.pop()
        if len(maps) < len(self.ups):
            maps.insert(0, picture)
        for up in self.ups:
            x = up(x, maps.pop())
        x = self.head(x)
        return picture + x if self.residual else cast(Tensor, x)


def _stride(encoder: nn.Module) -> int:
    """How much smaller the finest map is than the picture."""
    return 1 if getattr(encoder, "small", False) else 2


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
        raise UsageError(f"--checkpointing is for dense nets, and {backbone.name} is none", mend="Leave it out")
    dense = {"checkpointing": True} if checkpointing else {}
    if stem == "auto" and residual:
        stem = "small"  # what is to be restored is fine: no pixel is lost on the way in
    encoder = backbone.build(in_shape, 1, width=width, stem=stem, **dense)
    setattr(encoder, backbone.head, nn.Identity())
    if residual and outputs != in_shape[0]:
        raise UsageError(
            f"a residual U-Net adds to its pictures: {outputs} outputs for {in_shape[0]} channels",
            mend="Leave residual out",
        )
    return UNet(encoder, in_shape[0], outputs, residual=residual)


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
        recipe=RECIPE,
        dense=True,
    )


ARCHITECTURES = tuple(_entry(backbone) for backbone in (*resnet.ARCHITECTURES, *densenet.ARCHITECTURES))
