"""EfficientNet-Lite (Google 2020; Tan and Le 2019, "EfficientNet"), with timm's parameter names, for phones and CPUs.

EfficientNet without squeeze-and-excitation and with ReLU6: 4.7 million parameters and 0.4 billion multiply-adds of a
photo of 224 px. conv_stem, bn1, blocks.0.0.conv_dw, ..., conv_head, bn2, classifier: timm's tf_efficientnet_lite0.
Padding is TensorFlow's SAME, as the published weights were trained with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from goodfit.errors import UsageError
from goodfit.nets.architecture import Architecture

SMALL = 64  # px: up to here an image has no pixels to lose in the stem
STEM, HEAD = 32, 1280  # channels
EPSILON = 1e-3  # of the norms; TensorFlow's, as the published weights have it
STEPS_OF_CHANNELS = 8
# repeats, kernel, stride, expansion, channels of each stage (github.com/tensorflow/tpu, efficientnet/lite)
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# A head on the late stages as well: things that ImageNet has no name for differ in earlier maps, and hardly in the last
# ones. With its weights a mean of a channel deviates by so much over photos of many kinds, and one of the last maps by
# DEVIATION; each stage together varies by SHARE of what these do (docs/decisions/051-photo-sets-of-many-kinds.md).
LATE_DEVIATIONS = {3: 2.0, 4: 1.4, 5: 2.1, 6: 1.3}
DEVIATION, SHARE = 0.33, 0.5


class SameConv2d(nn.Conv2d):
    """A convolution whose output has ceil(side / stride) pixels: odd padding goes below and to the right."""

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        down, right = (max(0, (-(-side // stride) - 1) * stride + kernel - side) for side in x.shape[-2:])
        if down % 2 or right % 2:
            x = functional.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
            return functional.conv2d(x, self.weight, None, self.stride, 0, 1, self.groups)
        return functional.conv2d(x, self.weight, None, self.stride, (down // 2, right // 2), 1, self.groups)


def convolution(channels_in: int, channels: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """Without a bias: a norm follows."""
    return SameConv2d(channels_in, channels, kernel, stride, groups=groups, bias=False)


def norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=EPSILON)


def relu6(x: Tensor) -> Tensor:
    return functional.relu6(x, inplace=True)


class Separable(nn.Module):
    """(N, C, H, W) -> (N, channels, H, W): a convolution of each channel, then 1x1 (the first block)."""

    def __init__(self, channels_in: int, channels: int, kernel: int) -> None:
        super().__init__()
        self.conv_dw = convolution(channels_in, channels_in, kernel, groups=channels_in)
        self.bn1 = norm(channels_in)
        self.conv_pw = convolution(channels_in, channels)
        self.bn2 = norm(channels)
        self.shortcut = channels_in == channels

    def forward(self, x: Tensor) -> Tensor:
        kept = x
        x = relu6(self.bn1(self.conv_dw(x)))
        x = self.bn2(self.conv_pw(x))
        return x + kept if self.shortcut else x


class InvertedResidual(nn.Module):
    """1x1 to more channels, a convolution of each (which has the stride), 1x1 to `channels`; the shortcut where the
    shape stays (Sandler et al. 2018, "MobileNetV2", section 3.3)."""

    def __init__(self, channels_in: int, channels: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = channels_in * expansion
        self.conv_pw = convolution(channels_in, wide)
        self.bn1 = norm(wide)
        self.conv_dw = convolution(wide, wide, kernel, stride, groups=wide)
        self.bn2 = norm(wide)
        self.conv_pwl = convolution(wide, channels)
        self.bn3 = norm(channels)
        self.shortcut = stride == 1 and channels_in == channels

    def forward(self, x: Tensor) -> Tensor:
        kept = x
        x = relu6(self.bn1(self.conv_pw(x)))
        x = relu6(self.bn2(self.conv_dw(x)))
        x = self.bn3(self.conv_pwl(x))
        return x + kept if self.shortcut else x


class EfficientNetLite(nn.Module):
    """x: (N, C, H, W) -> (N, outputs). `features(x)` gives the maps: (N, feature_channels[i], ...).

    Attributes:
        last_features: so many of what the head is given come from the last maps; they are the first ones.

    Args:
        in_channels: of the images.
        outputs: width of the head.
        width: channels of the first convolution; all others in proportion.
        small: the first convolution has stride 1, for small images.
        dropout: share of the features dropped before the head.
        late_stages: the head is also given the means of the last stages' maps.
    """

    def __init__(
        self,
        in_channels: int,
        outputs: int,
        *,
        width: int = STEM,
        small: bool = False,
        dropout: float = 0.2,
        late_stages: bool = False,
    ) -> None:
        super().__init__()
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout {dropout} is not a share below 1")
        if width < 1:
            raise ValueError(f"width {width}")
        self.small, self.dropout = small, dropout
        self.conv_stem = convolution(in_channels, width, 3, 1 if small else 2)
        self.bn1 = norm(width)
        stages, channels_in, each = [], width, []
        for number, (repeats, kernel, stride, expansion, usual) in enumerate(STAGES):
            channels = scaled(usual, width / STEM)
            stage: list[nn.Module] = []
            for at in range(repeats):
                stage.append(
                    Separable(channels_in, channels, kernel)
                    if expansion == 1
                    else InvertedResidual(channels_in, channels, kernel, stride if at == 0 else 1, expansion)
                )
                channels_in = channels
            stages.append(nn.Sequential(*stage))
            if number + 1 < len(STAGES) and STAGES[number + 1][2] == 2:
                each.append(channels)
        self.blocks = nn.Sequential(*stages)
        head = scaled(HEAD, min(1.0, width / STEM))
        self.conv_head = convolution(channels_in, head)
        self.bn2 = norm(head)
        self.feature_channels = (*each, head)
        late = {at: scaled(STAGES[at][4], width / STEM) for at in LATE_DEVIATIONS if late_stages}
        self.late = {at: SHARE * DEVIATION / LATE_DEVIATIONS[at] * (head / wide) ** 0.5 for at, wide in late.items()}
        self.last_features = head
        self.classifier = nn.Linear(head + sum(late.values()), outputs)
        nn.init.zeros_(self.classifier.bias)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")  # He et al. 2015, section 2.2
                if module.groups > 1:
                    module.weight.data.mul_(module.groups**0.5)  # torch counts the outputs of all groups

    def features(self, x: Tensor) -> list[Tensor]:
        """The maps (N, feature_channels[i], ...) from the finest to the coarsest, one for each resolution."""
        maps = []
        for number, each in self._stages(x):
            if number + 1 < len(STAGES) and STAGES[number + 1][2] == 2:
                maps.append(each)
        return [*maps, self._last(each)]

    def _stages(self, x: Tensor) -> Iterator[tuple[int, Tensor]]:
        """The number and the maps of each stage."""
        x = relu6(self.bn1(self.conv_stem(x)))
        for number, stage in enumerate(self.blocks):
            x = stage(x)
            yield number, x

    def _last(self, x: Tensor) -> Tensor:
        return relu6(self.bn2(self.conv_head(x)))

    def forward(self, x: Tensor) -> Tensor:
        means = []
        for number, each in self._stages(x):
            if number in self.late:
                means.append(each.mean((2, 3), dtype=torch.float32) * self.late[number])
        x = self._last(each).mean((2, 3))
        x = torch.cat([x, *means], dim=1) if means else x
        if self.dropout:
            x = functional.dropout(x, self.dropout, self.training)
        return cast(Tensor, self.classifier(x))


def scaled(channels: int, factor: float) -> int:
    """So many times the channels, as a multiple of 8 that is not below 90% of that."""
    wanted = channels * factor
    steps = max(STEPS_OF_CHANNELS, int(wanted + STEPS_OF_CHANNELS / 2) // STEPS_OF_CHANNELS * STEPS_OF_CHANNELS)
    return steps if steps >= 0.9 * wanted else steps + STEPS_OF_CHANNELS


def _build(
    in_shape: tuple[int, ...],
    outputs: int,
    *,
    width: int | None = None,
    stem: str = "auto",
    dropout: float = 0.2,
    late_stages: bool = False,
) -> nn.Module:
    if stem not in ("auto", "small", "photo"):
        raise UsageError(f"the stem '{stem}' is not known", fix="Choose auto, small or photo")
    small = max(in_shape[1:]) <= SMALL if stem == "auto" else stem == "small"
    return EfficientNetLite(
        in_shape[0],
        outputs,
        width=STEM if width is None else width,
        small=small,
        dropout=dropout,
        late_stages=late_stages,
    )


def _stages(net: nn.Module) -> list[list[nn.Module]]:
    assert isinstance(net, EfficientNetLite)
    return [
        [net.conv_stem, net.bn1],
        *([stage] for stage in net.blocks),
        [net.conv_head, net.bn2],
        [net.classifier],
    ]


ARCHITECTURES = (Architecture("efficientnet_lite0", _build, input_dims=3, stages=_stages, head="classifier"),)
