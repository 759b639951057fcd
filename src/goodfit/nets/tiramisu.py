"""Fully convolutional dense nets (Jégou et al. 2017, "The one hundred layers Tiramisu"): a value for every pixel.

Dense blocks on the way down, each with its map kept; on the way up transposed convolutions double the maps of the last
block alone, and the kept map of that resolution is put beside them (section 3.2). Five halvings: a side that 32
does not divide is halved upwards, and on the way up cut to the kept map.

The convolutions have no biases, unlike those of the paper's own code: each runs into a norm, which takes them away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.nets.architecture import Architecture, Recipe
from goodfit.nets.densenet import DenseBlock, check, joined

RECIPES = {
    "segmentation": Recipe(
        learning_rate=1e-3, weight_decay=1e-4, batch_size=3, rows_to_see=14_000,
        why="as in Jégou et al. 2017, section 4.1",
    )
}  # fmt: skip


class Layer(nn.Module):
    """maps (N, C_i, H, W) -> (N, growth, H, W): norm, ReLU, 3x3, dropout (table 1, "Layer")."""

    def __init__(self, channels_in: int, growth: int, *, dropout: float, checkpointing: bool) -> None:
        super().__init__()
        self.dropout, self.checkpointing = dropout, checkpointing
        self.norm = nn.BatchNorm2d(channels_in)
        self.conv = nn.Conv2d(channels_in, growth, 3, padding=1, bias=False)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        x = joined(maps, self.norm, self.conv, checkpointing=self.checkpointing)
        return functional.dropout(x, self.dropout, self.training)


class Down(nn.Module):
    """(N, C, H, W) -> (N, C, H / 2, W / 2): norm, ReLU, 1x1, dropout, max-pool (table 1, "Transition Down")."""

    def __init__(self, channels: int, *, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.norm = nn.BatchNorm2d(channels)
        self.conv = nn.Conv2d(channels, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(functional.relu(self.norm(x), inplace=True))
        return functional.max_pool2d(functional.dropout(x, self.dropout, self.training), 2, ceil_mode=True)


class Up(nn.Module):
    """x: (N, C, h, w), beside: (N, B, H, W) -> (N, C + B, H, W), where 2h is H or H + 1 (table 1, "Transition Up")."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, channels, 3, stride=2, bias=False)

    def forward(self, x: Tensor, beside: Tensor) -> Tensor:
        high, wide = beside.shape[-2:]
        return torch.cat([self.conv(x)[..., :high, :wide], beside], dim=1)


class Tiramisu(nn.Module):
    """x: (N, C, H, W) -> (N, outputs, H, W), for any H and W.

    Args:
        blocks: layers of each block on the way down, the last of them at the bottom; the way up mirrors them.
        in_channels: of the images.
        outputs: values for each pixel.
        growth: maps that each layer adds.
        width: channels of the first convolution.
        dropout: share of the maps dropped after each convolution but the first, the transposed ones and the last.
        checkpointing: less memory, more time, the same numbers (Pleiss et al. 2017, as in DenseNet).
    """

    def __init__(
        self,
        blocks: tuple[int, ...],
        in_channels: int,
        outputs: int,
        *,
        growth: int = 16,
        width: int = 48,
        dropout: float = 0.2,
        checkpointing: bool = False,
    ) -> None:
        super().__init__()
        check(growth=growth, width=width, dropout=dropout)
        layer = partial(Layer, growth=growth, dropout=dropout, checkpointing=checkpointing)
        *down, bottom = blocks
        self.first = nn.Conv2d(in_channels, width, 3, padding=1, bias=False)
        self.down_blocks, self.downs = nn.ModuleList(), nn.ModuleList()
        self.ups, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        channels, beside = width, []
        for layers in down:
            self.down_blocks.append(DenseBlock(layer, layers, channels, growth))
            channels += layers * growth
            self.downs.append(Down(channels, dropout=dropout))
            beside.append(channels)
        self.bottom = DenseBlock(layer, bottom, channels, growth)
        channels, new = channels + bottom * growth, bottom * growth
        for layers in reversed(down):
            self.ups.append(Up(new))
            channels = beside.pop() + new
            self.up_blocks.append(DenseBlock(layer, layers, channels, growth))
            new = layers * growth
            channels += new
        self.head = nn.Conv2d(channels, outputs, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
                nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")  # section 4.1: HeUniform
        nn.init.zeros_(cast(Tensor, self.head.bias))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        beside = []
        for block, down in zip(self.down_blocks, self.downs, strict=True):
            beside.append(torch.cat(block(x), dim=1))
            x = down(beside[-1])
        maps: list[Tensor] = self.bottom(x)
        for up, block in zip(self.ups, self.up_blocks, strict=True):
            _, *new = maps
            maps = block(up(torch.cat(new, dim=1), beside.pop()))
        return cast(Tensor, self.head(torch.cat(maps, dim=1)))


def _build(
    blocks: tuple[int, ...],
    usual_growth: int,
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    growth: int | None = None,
    width: int = 48,
    dropout: float = 0.2,
    checkpointing: bool = False,
) -> nn.Module:
    return Tiramisu(
        blocks,
        in_shape[0],
        outputs,
        growth=usual_growth if growth is None else growth,
        width=width,
        dropout=dropout,
        checkpointing=checkpointing,
    )


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, Tiramisu)
    down = [list(level) for level in zip(net.down_blocks, net.downs, strict=True)]
    up = [list(level) for level in zip(net.ups, net.up_blocks, strict=True)]
    return [[net.first], *down, [net.bottom], *up, [net.head]]


def _entry(name: str, blocks: tuple[int, ...], growth: int) -> Architecture:
    maker: Callable[..., nn.Module] = partial(_build, blocks, growth)
    return Architecture(name, maker, input_dims=3, stages=_stages, head="head", recipes=RECIPES, dense=True)


ARCHITECTURES = (
    _entry("tiramisu56", (4,) * 6, growth=12),
    _entry("tiramisu67", (5,) * 6, growth=16),
    _entry("tiramisu103", (4, 5, 7, 10, 12, 15), growth=16),
)
