"""Residual nets (He et al. 2016, "Deep residual learning"), with timm's parameter names.

conv1, bn1, layer1.0.conv1, ..., fc: published weights of resnet18, resnet34 and resnet50 load by name. Images up to
64 px get a stem of one 3x3 convolution; larger ones the 7x7 stem with stride 2 and the max-pool of the paper. The
channels double where the stride is 2, so that a stage loses resolution and not capacity.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from goodfit.errors import UsageError
from goodfit.nets.architecture import Architecture

SMALL = 64  # px: up to here an image has no pixels to lose in the stem


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and the shortcut (He et al. 2016, figure 5 left)."""

    expansion = 1

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = shortcut(channels_in, channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        x = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        x = self.bn2(self.conv2(x))
        return functional.relu(x + kept, inplace=True)


class Bottleneck(nn.Module):
    """1x1, 3x3 (which has the stride), 1x1 to four times the channels, and the shortcut (figure 5 right)."""

    expansion = 4

    def __init__(self, channels_in: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels * self.expansion)
        self.downsample = shortcut(channels_in, channels * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        x = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        x = functional.relu(self.bn2(self.conv2(x)), inplace=True)
        x = self.bn3(self.conv3(x))
        return functional.relu(x + kept, inplace=True)


def shortcut(channels_in: int, channels: int, stride: int) -> nn.Sequential | None:
    """A 1x1 projection where the shape changes, else nothing (option B of the paper's section 3.3)."""
    if stride == 1 and channels_in == channels:
        return None
    return nn.Sequential(nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))


class ResNet(nn.Module):
    """x: (N, C, H, W) -> (N, outputs).

    Args:
        block: BasicBlock or Bottleneck.
        blocks: how many in each stage.
        in_channels: of the images.
        outputs: width of the head.
        width: channels of the first stage; each later stage has twice those of the one before.
        small: the 3x3 stem for small images instead of the 7x7 one with max-pool.
        dropout: share of the features dropped before the head.
        zero_init: each block starts as its shortcut (Goyal et al. 2017, section 5.1: its last norm's scale is zero).
    """

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        blocks: tuple[int, ...],
        in_channels: int,
        outputs: int,
        *,
        width: int = 64,
        small: bool = False,
        dropout: float = 0.0,
        zero_init: bool = True,
    ) -> None:
        super().__init__()
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout {dropout} is not a share below 1")
        if width < 1:
            raise ValueError(f"width {width}")
        self.small, self.dropout = small, dropout
        self.conv1 = (
            nn.Conv2d(in_channels, width, 3, 1, 1, bias=False)
            if small
            else nn.Conv2d(in_channels, width, 7, 2, 3, bias=False)
        )
        self.bn1 = nn.BatchNorm2d(width)
        channels_in = width
        widths = [width * 2**number * block.expansion for number in range(len(blocks))]
        self.feature_channels = tuple(widths if small else [width, *widths])
        self.stage_names = [f"layer{number}" for number in range(1, len(blocks) + 1)]
        for number, (name, count) in enumerate(zip(self.stage_names, blocks, strict=True)):
            channels = width * 2**number
            stage = []
            for at in range(count):
                stage.append(block(channels_in, channels, 2 if at == 0 and number > 0 else 1))
                channels_in = channels * block.expansion
            self.add_module(name, nn.Sequential(*stage))
        self.fc = nn.Linear(channels_in, outputs)
        self._initialise(zero_init)

    def _initialise(self, zero_init: bool) -> None:
        """He et al. 2015 ("Delving deep into rectifiers", section 2.2), by fan-out."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif zero_init and isinstance(module, BasicBlock):
                nn.init.zeros_(module.bn2.weight)
            elif zero_init and isinstance(module, Bottleneck):
                nn.init.zeros_(module.bn3.weight)

    def features(self, x: Tensor) -> list[Tensor]:
        """The maps (N, feature_channels[i], ...) from the finest to the coarsest, one for each resolution."""
        x = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        maps = []
        if not self.small:
            maps.append(x)
            x = functional.max_pool2d(x, 3, 2, 1)
        for name in self.stage_names:
            x = self.get_submodule(name)(x)
            maps.append(x)
        return maps

    def forward(self, x: Tensor) -> Tensor:
        x = self.features(x)[-1].mean((2, 3))
        if self.dropout:
            x = functional.dropout(x, self.dropout, self.training)
        return cast(Tensor, self.fc(x))


def _build(
    block: type[BasicBlock | Bottleneck],
    blocks: tuple[int, ...],
    usual_width: int,
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    width: int | None = None,
    stem: str = "auto",
    dropout: float = 0.0,
    zero_init: bool = True,
) -> nn.Module:
    if stem not in ("auto", "small", "photo"):
        raise UsageError(f"the stem '{stem}' is not known", fix="Choose auto, small or photo")
    small = max(in_shape[1:]) <= SMALL if stem == "auto" else stem == "small"
    return ResNet(
        block,
        blocks,
        in_shape[0],
        outputs,
        width=usual_width if width is None else width,
        small=small,
        dropout=dropout,
        zero_init=zero_init,
    )


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, ResNet)
    return [[net.conv1, net.bn1], *([net.get_submodule(name)] for name in net.stage_names), [net.fc]]


def _entry(name: str, block: type[BasicBlock | Bottleneck], blocks: tuple[int, ...], width: int = 64) -> Architecture:
    maker: Callable[..., nn.Module] = partial(_build, block, blocks, width)
    return Architecture(name, maker, input_dims=3, stages=_stages, head="fc")


ARCHITECTURES = (
    _entry("resnet10", BasicBlock, (1, 1, 1, 1), width=32),
    _entry("resnet18", BasicBlock, (2, 2, 2, 2)),
    _entry("resnet34", BasicBlock, (3, 4, 6, 3)),
    _entry("resnet50", Bottleneck, (3, 4, 6, 3)),
)
