"""The net whose maps a feature loss compares: the backbone of a run of ours, or published weights; frozen."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import torch
from torch import nn

from goodfit.data.normalise import Normalise
from goodfit.errors import UsageError
from goodfit.formatting import counted
from goodfit.nets import architecture, build
from goodfit.nets.weights import load_pretrained
from goodfit.run import load
from goodfit.tasks.feature_loss import FeatureNet

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # of published weights; as torchvision and timm document them
CLASSES, SIDE = 1000, 224


def feature_net(where: str, channels: int, device: torch.device) -> FeatureNet:
    """The net for `--feature-net`.

    Args:
        where: the folder of a run with images as its input, or ARCH:WEIGHTS such as resnet18:weights.safetensors.
        channels: of the images.

    Raises:
        UsageError: a net that has no maps, or takes other images.
    """
    if ":" in where and not Path(where).exists():
        arch, _, weights = where.partition(":")
        net = build(arch, (channels, SIDE, SIDE), CLASSES)
        load_pretrained(net, weights, head=architecture(arch).head)
        if channels == len(IMAGENET[0]):
            mean, deviation = (torch.tensor(each).view(-1, 1, 1) for each in IMAGENET)
        else:
            mean, deviation = (torch.tensor(each).mean().view(1, 1, 1) for each in IMAGENET)
    else:
        run = load(where, device=device.type)
        net = cast(nn.Module, getattr(run.net, "encoder", run.net))
        normalise = run.model.normalise or Normalise.shares(channels)
        mean, deviation = normalise.mean / 255, normalise.deviation / 255
        if run.record.net.in_shape[0] != channels:
            raise UsageError(
                f"this net takes images of {counted(mean.numel(), 'channel')}, not {channels}", where=where
            )
    if not hasattr(net, "features"):
        raise UsageError("this net has no maps to compare", where=where, fix="Give a run of a resnet or densenet")
    return FeatureNet(net, mean, deviation).to(device)
