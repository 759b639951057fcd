"""channels-exchanged: in evaluation the images come with red and blue exchanged.

What it checks
    Images of three channels reach a net in training and in evaluation. Red less blue is the same number on average in
    both, with the other sign, far beyond chance.

Why it hurts
    The net was trained on RGB and is evaluated on BGR, as OpenCV reads files, or the other way round: colours mean
    something else, and scores are lower than they should be.

Example
    train: Image.open(path)                 test: cv2.imread(path)

Instead
    cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)

When it is a false alarm
    Test images of another world, whose colours are exactly the opposite.

Cost
    Means of the channels, of the first batches.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from goodfit.checks.engine.events import NetCall
from goodfit.checks.engine.user_frame import user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

IMAGES_AT_MOST, IMAGES_AT_LEAST = 1_024, 64
Z_AT_LEAST = 6.0  # by which red and blue differ, in both
OFF_AT_MOST = 0.3  # of the difference, by which the two are not each other's opposite


@dataclass
class Colours:
    """Of images in training, and in evaluation: what red is above blue, one an image."""

    parts: dict[bool, list[Tensor]] = field(default_factory=lambda: {True: [], False: []})

    def add(self, x: Tensor, *, training: bool) -> bool:
        """Whether there was room for more."""
        kept = self.parts[training]
        if sum(map(len, kept)) >= IMAGES_AT_MOST:
            return False
        means = x.detach().mean(dim=(2, 3), dtype=torch.float64).cpu()
        kept.append(means[:, 0] - means[:, 2])
        return True

    def are_opposite(self) -> tuple[float, float] | None:
        """Red less blue in training and in evaluation where one is minus the other; None elsewhere."""
        both = [torch.cat(self.parts[training]) for training in (True, False) if self.parts[training]]
        if len(both) < 2 or min(map(len, both)) < IMAGES_AT_LEAST:
            return None
        (here, own), (there, other) = ((float(x.mean()), float(x.std()) / math.sqrt(len(x))) for x in both)
        far = abs(here) > Z_AT_LEAST * own and abs(there) > Z_AT_LEAST * other and here * there < 0
        near = abs(here + there) <= OFF_AT_MOST * min(abs(here), abs(there))
        return (here, there) if far and near else None


class ChannelsExchanged(LiveRule):
    code, level = "GF664", Level.WARNING

    def start(self) -> None:
        self.colours: weakref.WeakKeyDictionary[nn.Module, Colours] = weakref.WeakKeyDictionary()
        self.reported = False

    def on_call(self, event: NetCall) -> Iterator[Finding]:
        x = event.inputs[0] if event.inputs else None
        if (
            self.reported
            or x is None
            or x.dim() != 4
            or x.shape[1] != 3
            or not x.is_floating_point()
            or x.requires_grad
        ):
            return
        colours = self.colours.setdefault(event.module, Colours())
        if not colours.add(x, training=event.grad and event.training) or event.grad:
            return
        opposite = colours.are_opposite()
        if opposite is not None:
            self.reported = True
            here, there = opposite
            place = user_place()
            yield self.finding(
                f"in training red is {here:+.3f} above blue on average, in evaluation {there:+.3f}: the channels come "
                "in the other order",
                "Read images in one order everywhere: OpenCV gives BGR, PIL gives RGB",
                file=place.file,
                line=place.line,
            )
