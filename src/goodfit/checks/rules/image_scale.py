"""image-scale: images reach the net as 0..255, or were divided by 255 once too often.

What it checks
    The first convolution or linear layer gets whole numbers up to 255, or values that are all within 0..1/128. Or in
    each channel of a batch of images the values differ by less than a twentieth and lie far from 0: they were divided
    by 255, and then standardised by a mean and deviation of 0..255.

Why it hurts
    Initial weights are made for inputs of about size 1. At 0..255 the first steps are 100 times too large, at 0..0.004
    the net sees next to nothing.

Example
    x = torch.tensor(images).float()               # 0..255

Instead
    x = torch.tensor(images).float() / 255         # once

When it is a false alarm
    Counts or depths that are really such numbers, in a net made for them.

Cost
    Smallest and largest value of one input in the first steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import number

CALLS_COMPARED = 2
FLAT_AT_MOST = 0.05  # standard deviation of a channel
OFFSET_AT_LEAST = 1.0  # size of a channel's mean
VALUES_AT_LEAST = 64  # of a row: fewer are no image
LARGEST_AFTER_TWO_DIVISIONS = 1 / 128  # 255 / 255 / 255 is 1 / 255
LARGEST_OF_RAW_AT_LEAST = 100


class ImageScale(LiveRule):
    code, level = "GF104", Level.WARNING
    layers = (nn.Conv2d, nn.Linear)

    def start(self) -> None:
        self.scales: weakref.WeakKeyDictionary[nn.Module, list[str]] = weakref.WeakKeyDictionary()

    def on_call(self, event: Call) -> Iterator[Finding]:
        if not isinstance(event.module, (nn.Conv2d, nn.Linear)) or not event.inputs or not event.grad:
            return
        x = event.inputs[0]
        if x.grad_fn is not None or not x.is_floating_point() or not x.numel() or not _like_images(x, event.module):
            return
        scales = self.scales.setdefault(event.module, [])
        if len(scales) >= CALLS_COMPARED:
            return
        scales.append(_scale(x))
        if len(scales) == CALLS_COMPARED and scales[0] and len(set(scales)) == 1:
            if scales[0] == "flat":
                yield self.finding(
                    f"the values of each channel of the images are nearly equal: from {number(float(x.min()), 3)} to "
                    f"{number(float(x.max()), 3)} in all",
                    "Standardise by the mean and deviation of the values as they are: of 0..255, or of 0..1",
                )
                return
            raw = scales[0] == "raw"
            low, high = float(x.min()), float(x.max())
            yield self.finding(
                f"images reach the first layer {'as whole numbers from' if raw else 'with values from'} "
                f"{number(low)} to "
                f"{number(high)}",
                "Divide by 255 once, where the images are read" if raw else "Divide by 255 once, not twice",
            )


def _like_images(x: Tensor, module: nn.Module) -> bool:
    if isinstance(module, nn.Conv2d):
        return x.dim() == 4 and module.in_channels in (1, 3, 4)
    return x.dim() == 2 and x.shape[1] >= VALUES_AT_LEAST


def _scale(x: Tensor) -> str:
    low, high = float(x.min()), float(x.max())
    if x.dim() == 4 and len(x) > 1 and low < high:
        channels = x.detach().float().transpose(0, 1).flatten(1)
        if float(channels.std(1).max()) < FLAT_AT_MOST and float(channels.mean(1).abs().min()) > OFFSET_AT_LEAST:
            return "flat"
    if low < 0 or high == 0:
        return ""
    if LARGEST_OF_RAW_AT_LEAST < high <= 255 and bool((x == x.round()).all()):
        return "raw"
    return "twice" if high <= LARGEST_AFTER_TWO_DIVISIONS else ""
