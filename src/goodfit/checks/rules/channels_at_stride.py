"""channels-at-stride: a convolution halves the image and does not widen the channels.

What it checks
    A convolution of stride 2 or more, behind others, gives no more channels than it takes.

Why it hurts
    A quarter of the positions with as many channels holds a quarter of the numbers: the layer throws away most of what
    the layers before it computed. ResNets double the channels where they halve the image.

Example
    nn.Conv2d(64, 64, 3, stride=2)

Instead
    nn.Conv2d(64, 128, 3, stride=2)

When it is a false alarm
    Stems, and nets made for little memory. It is advice, never an error.

Cost
    Shapes, once a convolution.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import Call
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import counted

STEM_CHANNELS_BELOW = 16


class ChannelsAtStride(LiveRule):
    code, level = "GF701", Level.NOTICE
    layers = (nn.Conv2d,)

    def start(self) -> None:
        self.examined: weakref.WeakSet[nn.Module] = weakref.WeakSet()

    def on_call(self, event: Call) -> Iterator[Finding]:
        module = event.module
        if not isinstance(module, nn.Conv2d) or module in self.examined or not isinstance(event.output, Tensor):
            return
        self.examined.add(module)
        strided = min(module.stride) >= 2 and module.groups == 1
        if not strided or module.in_channels < STEM_CHANNELS_BELOW or module.out_channels > module.in_channels:
            return
        before, after = event.inputs[0][0].numel(), event.output[0].numel()
        yield self.finding(
            f"a convolution of stride {module.stride[0]} takes {tuple(event.inputs[0].shape[1:])} to "
            f"{tuple(event.output.shape[1:])}: {after / before:.0%} of the numbers are left",
            f"Widen it: {counted(2 * module.in_channels, 'channel')} at half the size",
        )
