"""precision-ignored: autocast is used, and matrix products still run in float32.

What it checks
    An autocast region that torch cannot honour on this machine, with linear or convolution layers inside that gave
    float32; or regions of autocast in which no net ran, while its layers gave float32 outside.

Why it hurts
    Memory and time are those of float32, while you believe that the lower precision is used.

Example
    with torch.autocast("cuda", dtype=torch.bfloat16): out = net(x)          # on a machine without CUDA

Instead
    with torch.autocast(x.device.type, dtype=torch.bfloat16): out = net(x)

When it is a false alarm
    A region that is meant to hold the loss alone.

Cost
    The type of the outputs of linear and convolution layers, in the first steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd

from goodfit.checks.engine.events import Autocast, Call, WatchEnds
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

REGIONS_AT_LEAST = 3
LAYERS_AT_LEAST = 3


class PrecisionIgnored(LiveRule):
    code, level = "GF603", Level.ERROR
    layers = (nn.Linear, _ConvNd)

    def start(self) -> None:
        self.regions = self.refused = self.full = self.lower = 0
        self.device = ""
        self.place: Place | None = None

    def on_autocast(self, event: Autocast) -> None:
        self.regions += 1
        self.place = self.place or user_place()
        if not event.works:
            self.refused += 1
            self.device = str(event.region.device)

    def on_call(self, event: Call) -> None:
        if (
            not self.regions
            or not isinstance(event.module, (nn.Linear, _ConvNd))
            or not isinstance(event.output, Tensor)
        ):
            return
        if event.output.dtype in (torch.float16, torch.bfloat16):
            self.lower += 1
        elif event.grad and event.root.training:
            self.full += 1

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if self.regions < REGIONS_AT_LEAST or self.lower or self.full < LAYERS_AT_LEAST or self.place is None:
            return
        why = (
            f"autocast for '{self.device}' does nothing for tensors elsewhere"
            if self.refused
            else "the net runs outside of the autocast regions, or on tensors that autocast does not change"
        )
        yield self.finding(
            f"autocast was used {self.regions} times, and {self.full} linear and convolution layers still "
            f"returned float32: {why}",
            "Name the device of the net: torch.autocast(x.device.type, dtype=torch.bfloat16), around net(x)",
            file=self.place.file,
            line=self.place.line,
        )
