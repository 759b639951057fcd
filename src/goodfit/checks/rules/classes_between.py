"""classes-between: masks hold classes that exist only where two others meet: they were interpolated.

What it checks
    Of the target maps (N, H, W) that cross_entropy gets: nearly all pixels of a class have a lower and a higher class
    within two pixels, and that between lower classes of different numbers. In three calls.

Why it hurts
    A mask of numbers that is resized bilinearly has their means along its edges: between class 0 and class 3 a line of
    class 1 or 2. The net learns outlines of things that are not there.

Example
    F.interpolate(mask, size=size, mode="bilinear").long(); Resize(size)(mask)

Instead
    F.interpolate(mask, size=size, mode="nearest").long(); Resize(size, interpolation=InterpolationMode.NEAREST)(mask)

When it is a false alarm
    A class of thin lines between others whose numbers happen to lie on both sides of its own.

Cost
    Smallest and largest class around each pixel, in the first calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d

from goodfit.checks.engine.events import Loss
from goodfit.checks.engine.user_frame import Place, user_place
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.formatting import agreeing, listed

CALLS_AT_LEAST = 3
REACH = 2  # pixels around one
SHARE_AT_LEAST = 0.95  # of a class's pixels, between two others
PIXELS_AT_LEAST = 30  # of a class in a call
PAIR_AT_LEAST = 0.05  # of these pixels, above a lower class: there have to be two such classes
CLASSES_AT_LEAST, CLASSES_AT_MOST = 4, 64  # of a batch


class ClassesBetween(LiveRule):
    code, level = "GF238", Level.WARNING

    def start(self) -> None:
        self.calls: Counter[tuple[Place, int]] = Counter()
        self.looks: Counter[Place] = Counter()

    def on_loss(self, event: Loss) -> Iterator[Finding]:
        target = event.target.detach()
        if event.name != "cross_entropy" or not event.grad or target.dim() != 3 or target.is_floating_point():
            return
        place = user_place()
        self.looks[place] += 1
        if self.looks[place] > CALLS_AT_LEAST:
            return
        for each in _between(target, event.options.get("ignore_index")):
            self.calls[(place, each)] += 1
        if self.looks[place] == CALLS_AT_LEAST:
            found = sorted(
                each for (where, each), count in self.calls.items() if where == place and count == CALLS_AT_LEAST
            )
            if found:
                yield self.finding(
                    f"{agreeing(len(found), 'class', 'classes')} {listed(map(str, found))} "
                    f"{agreeing(len(found), 'is', 'are')} seen only where a lower and a higher class meet: the "
                    "masks were interpolated when they were resized or turned",
                    'Resize masks with the nearest pixel: mode="nearest", InterpolationMode.NEAREST',
                )


def _between(target: Tensor, ignored: int | None) -> Iterator[int]:
    """Classes of (N, H, W) whose pixels lie between two others."""
    numbers = target.float()[:, None]
    valid = torch.ones_like(target, dtype=torch.bool) if ignored is None else target != ignored
    classes = torch.unique(target[valid]).tolist()
    if not CLASSES_AT_LEAST <= len(classes) <= CLASSES_AT_MOST:
        return
    low, high = float(classes[0]), float(classes[-1])
    kernel = 2 * REACH + 1
    hidden = ~valid[:, None]
    lowest = -max_pool2d(-numbers.masked_fill(hidden, high), kernel, 1, REACH)[:, 0]
    highest = max_pool2d(numbers.masked_fill(hidden, low), kernel, 1, REACH)[:, 0]
    for each in classes[1:-1]:
        here = (target == each) & valid
        pixels = int(here.sum())
        between = here & (lowest < each) & (highest > each)
        if pixels < PIXELS_AT_LEAST or int(between.sum()) < SHARE_AT_LEAST * pixels:
            continue
        _, counts = torch.unique(lowest[between], return_counts=True)
        if int((counts >= PAIR_AT_LEAST * pixels).sum()) > 1:
            yield int(each)
