"""Densely connected nets (Huang et al. 2017, "Densely connected convolutional networks"), with timm's parameter names.

Each layer of a block reads the maps of all layers before it and adds `growth` of its own. features.conv0,
features.denseblock1.denselayer1.norm1, ..., classifier: published weights of densenet121, densenet169 and densenet201
load by name. A side of odd length is halved upwards, so that no pixel is lost; even ones as in the paper.

What a block keeps for backward grows with the square of its depth, for each layer joins all maps anew. With
`checkpointing` what is joined or normalised is made a second time in backward instead, and the outputs of convolutions
alone are kept (Pleiss et al. 2017, "Memory-efficient implementation of DenseNets", section 3): bench/dense_memory.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from goodfit.errors import UsageError
from goodfit.nets.architecture import Architecture
from goodfit.nets.resnet import SMALL

BOTTLENECK = 4  # maps of a layer's 1x1 convolution for each map of its 3x3 one (section 3, "Bottleneck layers")


class StatisticsHeld(AbstractContextManager[None]):
    """While it is open, a norm goes on normalising by the batch and leaves its running statistics as they are.

    It can be opened again: backward recomputes once for each time that it goes through the graph.
    """

    def __init__(self, norm: nn.BatchNorm2d) -> None:
        self.norm = norm

    def __enter__(self) -> None:
        self.kept = self.norm.momentum, self.norm.num_batches_tracked
        self.norm.momentum, self.norm.num_batches_tracked = 0.0, None

    def __exit__(self, *_: object) -> None:
        self.norm.momentum, self.norm.num_batches_tracked = self.kept


def joined(maps: Sequence[Tensor], norm: nn.BatchNorm2d, conv: nn.Conv2d, *, checkpointing: bool) -> Tensor:
    """All maps as one, norm, ReLU, convolution: what dense layers are made of.

    Args:
        maps: (N, C_i, H, W) each; the sum of C_i is what norm and conv take.
        checkpointing: keep `maps` alone for backward, and join and normalise them again there. The convolution itself
            is not run again, as backward needs nothing that comes after its input; nor are the norm's running
            statistics moved a second time.
    """

    def run(*maps: Tensor) -> Tensor:
        x = maps[0] if len(maps) == 1 else torch.cat(maps, dim=1)
        return cast(Tensor, conv(functional.relu(norm(x), inplace=True)))

    def contexts() -> tuple[AbstractContextManager[None], AbstractContextManager[None]]:
        return nullcontext(), StatisticsHeld(norm)

    if not checkpointing or not torch.is_grad_enabled():
        return run(*maps)
    # nothing in it is random, so that the state of the generators need not be kept
    return cast(Tensor, checkpoint(run, *maps, use_reentrant=False, preserve_rng_state=False, context_fn=contexts))


class DenseLayer(nn.Module):
    """maps (N, C_i, H, W) -> (N, growth, H, W): 1x1 to four times the growth, then 3x3 (DenseNet-B, section 3)."""

    def __init__(self, channels_in: int, growth: int, *, dropout: float = 0.0, checkpointing: bool = False) -> None:
        super().__init__()
        self.dropout, self.checkpointing = dropout, checkpointing
        self.norm1 = nn.BatchNorm2d(channels_in)
        self.conv1 = nn.Conv2d(channels_in, BOTTLENECK * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(BOTTLENECK * growth)
        self.conv2 = nn.Conv2d(BOTTLENECK * growth, growth, 3, padding=1, bias=False)

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        x = joined(maps, self.norm1, self.conv1, checkpointing=self.checkpointing)
        x = joined([x], self.norm2, self.conv2, checkpointing=self.checkpointing)
        return functional.dropout(x, self.dropout, self.training) if self.dropout else x


class DenseBlock(nn.Module):
    """x: (N, C, H, W) -> [x, then the (N, growth, H, W) of each layer].

    Args:
        layer: layer(channels_in) -> a module that takes all maps before it.
        layers: how many.
        channels_in: of x.
        growth: maps of each layer.
    """

    def __init__(self, layer: Callable[[int], nn.Module], layers: int, channels_in: int, growth: int) -> None:
        super().__init__()
        for number in range(layers):
            self.add_module(f"denselayer{number + 1}", layer(channels_in + number * growth))

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = [x]
        for layer in self.children():
            maps.append(layer(maps))
        return maps


class Transition(nn.Module):
    """(N, C, H, W) -> (N, C / 2, H / 2, W / 2): norm, ReLU, 1x1, mean over 2x2 (DenseNet-C, section 3)."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels_in)
        self.conv = nn.Conv2d(channels_in, channels, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(functional.relu(self.norm(x), inplace=True))
        return functional.avg_pool2d(x, 2, ceil_mode=min(x.shape[-2:]) < 2)  # a side of one pixel stays one


class Features(nn.Module):
    """All but the head. x: (N, C, H, W) -> the maps (N, channels[i], ...) from the finest to the coarsest resolution.

    One for each resolution: the photo stem before its max-pool, each block before its transition, the last after the
    norm and ReLU that close the net.
    """

    def __init__(
        self,
        blocks: tuple[int, ...],
        in_channels: int,
        *,
        growth: int,
        width: int,
        small: bool,
        dropout: float,
        checkpointing: bool,
    ) -> None:
        super().__init__()
        self.small = small
        self.conv0 = (
            nn.Conv2d(in_channels, width, 3, 1, 1, bias=False)
            if small
            else nn.Conv2d(in_channels, width, 7, 2, 3, bias=False)
        )
        self.norm0 = nn.BatchNorm2d(width)
        layer = partial(DenseLayer, growth=growth, dropout=dropout, checkpointing=checkpointing)
        channels, each = width, []
        self.levels: list[tuple[str, str]] = []  # names of each block and of what comes after it
        for number, layers in enumerate(blocks, start=1):
            self.add_module(f"denseblock{number}", DenseBlock(layer, layers, channels, growth))
            channels += layers * growth
            each.append(channels)
            last = number == len(blocks)
            self.levels.append((f"denseblock{number}", "norm5" if last else f"transition{number}"))
            if not last:
                self.add_module(f"transition{number}", Transition(channels, channels // 2))
                channels //= 2
        self.norm5 = nn.BatchNorm2d(channels)  # timm's name, however many blocks there are
        self.channels = tuple(each if small else [width, *each])

    def forward(self, x: Tensor) -> list[Tensor]:
        x = functional.relu(self.norm0(self.conv0(x)), inplace=True)
        maps = []
        if not self.small:
            maps.append(x)
            x = functional.max_pool2d(x, 3, 2, 1)
        for block, after in self.levels:
            x = torch.cat(self.get_submodule(block)(x), dim=1)
            if after == "norm5":
                x = functional.relu(self.norm5(x), inplace=True)
            maps.append(x)
            if after != "norm5":
                x = self.get_submodule(after)(x)
        return maps


class DenseNet(nn.Module):
    """x: (N, C, H, W) -> (N, outputs). `features(x)` gives the maps: (N, feature_channels[i], ...).

    Args:
        blocks: how many layers in each block.
        in_channels: of the images.
        outputs: width of the head.
        growth: maps that each layer adds.
        width: channels of the first convolution; None: twice the growth, as in the paper (section 3).
        small: the 3x3 stem for small images instead of the 7x7 one with max-pool.
        dropout: share of each layer's maps that is dropped (section 4.2).
        checkpointing: less memory, more time, the same numbers.
    """

    def __init__(
        self,
        blocks: tuple[int, ...],
        in_channels: int,
        outputs: int,
        *,
        growth: int = 32,
        width: int | None = None,
        small: bool = False,
        dropout: float = 0.0,
        checkpointing: bool = False,
    ) -> None:
        super().__init__()
        width = 2 * growth if width is None else width
        check(growth=growth, width=width, dropout=dropout)
        self.small = small
        self.features = Features(
            blocks,
            in_channels,
            growth=growth,
            width=width,
            small=small,
            dropout=dropout,
            checkpointing=checkpointing,
        )
        self.feature_channels = self.features.channels
        self.classifier = nn.Linear(self.feature_channels[-1], outputs)
        nn.init.zeros_(self.classifier.bias)
        for module in self.features.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)  # He et al. 2015, section 2.2, by fan-in

    def forward(self, x: Tensor) -> Tensor:
        maps: list[Tensor] = self.features(x)
        return cast(Tensor, self.classifier(maps[-1].mean((2, 3))))


def check(*, growth: int, width: int, dropout: float) -> None:
    """ValueError for options that a net of dense blocks cannot have."""
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout {dropout} is not a share below 1")
    if growth < 1:
        raise ValueError(f"growth {growth}")
    if width < 1:
        raise ValueError(f"width {width}")


def _build(
    blocks: tuple[int, ...],
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    growth: int = 32,
    width: int | None = None,
    stem: str = "auto",
    dropout: float = 0.0,
    checkpointing: bool = False,
) -> nn.Module:
    if stem not in ("auto", "small", "photo"):
        raise UsageError(f"the stem '{stem}' is not known", fix="Choose auto, small or photo")
    small = max(in_shape[1:]) <= SMALL if stem == "auto" else stem == "small"
    return DenseNet(
        blocks,
        in_shape[0],
        outputs,
        growth=growth,
        width=width,
        small=small,
        dropout=dropout,
        checkpointing=checkpointing,
    )


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, DenseNet)
    part = net.features
    levels = [[part.get_submodule(name) for name in level] for level in part.levels]
    return [[part.conv0, part.norm0], *levels, [net.classifier]]


def _entry(name: str, blocks: tuple[int, ...]) -> Architecture:
    return Architecture(name, partial(_build, blocks), input_dims=3, stages=_stages, head="classifier")


ARCHITECTURES = (
    _entry("densenet121", (6, 12, 24, 16)),
    _entry("densenet169", (6, 12, 32, 32)),
    _entry("densenet201", (6, 12, 48, 32)),
)
