"""unet-for-classes: a net that upsamples to the image's size returns one label.

What it checks
    Transposed convolutions or upsamplings bring the maps back to the size of the input, and the output of the net is
    one vector an image.

Why it hurts
    Upsampling is for outputs that are images (masks, restored images). For one label it costs time and memory and adds
    nothing to a pooled encoder.

Example
    unet(x).mean((2, 3))

Instead
    The encoder alone, with pooling.

When it is a false alarm
    A net that also learns a mask. It is advice, never an error.

Cost
    Shapes, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from goodfit.checks.engine.events import Call, NetCall
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule


class UnetForClasses(LiveRule):
    code, level = "GF702", Level.NOTICE
    layers = (nn.ConvTranspose2d, nn.Upsample, nn.PixelShuffle)

    def start(self) -> None:
        self.up: tuple[int, int] | None = None  # size of the largest upsampled map of this call
        self.reported = False

    def on_call(self, event: Call) -> None:
        if isinstance(event.output, Tensor):
            size = (event.output.shape[-2], event.output.shape[-1])
            self.up = max(self.up or size, size)

    def on_net_call(self, event: NetCall) -> Iterator[Finding]:
        out = event.output
        up, self.up = self.up, None
        images = bool(event.inputs) and event.inputs[0].dim() == 4 and isinstance(out, Tensor) and out.dim() == 2
        if self.reported or not images or up is None or up < tuple(event.inputs[0].shape[-2:]):
            return
        self.reported = True
        yield self.finding(
            f"{type(event.module).__name__} upsamples to {up[0]} by {up[1]}, the size of the image, and returns "
            f"{tuple(out.shape)}: one vector per image",
            "To classify images, use the encoder alone, with pooling",
        )
