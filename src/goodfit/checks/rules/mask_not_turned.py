"""mask-not-turned: an image is mirrored at random, and its mask or boxes stay as they are.

What it checks
    A loader gives images (C, H, W) with masks of their height and width, or with boxes: four numbers each, as corners
    or as centre and size. The same row came again mirrored, to the last bit, and its mask or boxes were not, though
    mirroring would change them; or these were, and the image was not. Six times. Of masks also the program's source:
    the function that gives both draws by chance and mirrors, rotates or cuts what it gives as the one, and does nothing
    of the kind to the other; or it calls one function for each of them that draws anew, with no seed set. Of what is
    named boxes, corners or key points also the source: the picture is mirrored by chance, and they are not set again;
    or boxes are mirrored, and their two ends are not exchanged; or points are, and in a program whose points are called
    left_... and right_... no pair of them is exchanged: the left hand of the mirrored person was the right one.

Why it hurts
    Half of the masks or boxes lie where nothing is. The net learns blurred shapes, symmetric to the middle.

Example
    if random() < 0.5: image = image.flip(-1)          # in __getitem__; the mask is returned as it was

Instead
    if random() < 0.5: image, mask = image.flip(-1), mask.flip(-1)

When it is a false alarm
    Targets that do not depend on where things are.

Cost
    Fingerprints of images of the batches examined, up to two million values a batch; the files are parsed at the end.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from goodfit.checks.engine.events import Batch, WatchEnds
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.engine.mirrored_ends import ends_kept
from goodfit.checks.engine.moved_apart import boxes_left, not_moved
from goodfit.checks.engine.sides import not_swapped
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule
from goodfit.lazy_pattern import lazy_pattern

WORTH_PARSING = lazy_pattern(r"flip|rot|crop|affine|warp|perspective|elastic|mirror|::-1", re.IGNORECASE)
FIX = "Mirror both by one random number"
EXCHANGE = "Exchange the points of the left and of the right side after mirroring: points = points[flip_order]"
TIMES_AT_LEAST = 6
VALUES_AT_MOST = 2_000_000
ROWS_KEPT = 2_000
SIDE_AT_LEAST = 4
MIRRORS = (-1, -2)  # dimensions
BEYOND = 1e-4  # of an image's side, for rounding


class Seen(NamedTuple):
    """Fingerprints of a row's image and mask: as they are, and mirrored."""

    image: int
    mask: int
    images: tuple[int, ...]
    masks: tuple[int, ...]


class MaskNotTurned(LiveRule):
    code, level = "GF515", Level.WARNING

    def start(self) -> None:
        self.rows: weakref.WeakKeyDictionary[Any, dict[int, Seen]] = weakref.WeakKeyDictionary()
        self.times = 0
        self.has_masks = False  # 0 and 1, or classes of pixels

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        pair = _image_and_mask(event.tensors)
        if pair is None or event.indices is None or self.times >= TIMES_AT_LEAST:
            return
        image, mask = pair
        self.has_masks = self.has_masks or (mask.shape[-2:] == image.shape[-2:] and _is_mask(mask))
        numbers = [index for index in event.indices if isinstance(index, int)]
        if len(numbers) != len(image) or image.numel() + mask.numel() > VALUES_AT_MOST:
            return
        kept = self.rows.setdefault(event.loader, {})
        images, masks = fingerprints(image), fingerprints(_rounded(mask))
        known = [at for at, number in enumerate(numbers) if number in kept]
        for at in known:
            self.times += _turned_apart(kept[numbers[at]], images[at], masks[at])
        if self.times >= TIMES_AT_LEAST:
            what = "masks" if mask.shape[-2:] == image.shape[-2:] else "boxes"
            yield self.finding(
                f"images of the loader came mirrored while their {what} stayed as they were, or the other way round, "
                f"{self.times} times",
                FIX,
            )
        elif len(known) < len(numbers) and len(kept) < ROWS_KEPT:
            mirrored = [
                (fingerprints(image.flip(dim)), fingerprints(_rounded(_mirrored(mask, image.shape, dim))))
                for dim in MIRRORS
            ]
            for at, number in enumerate(numbers):
                others = tuple(each[0][at] for each in mirrored), tuple(each[1][at] for each in mirrored)
                kept.setdefault(number, Seen(images[at], masks[at], *others))

    def on_end(self, event: WatchEnds) -> Iterator[Finding]:
        if not self.program.steps:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for what, line in source.found(not_swapped):
                    yield self.finding(what, EXCHANGE, file=source.file, line=line)
                for name, line in source.found(ends_kept):
                    yield self.finding(
                        f"{name} is mirrored with its left end as the left one: x1 is then beyond x2",
                        "Exchange the ends: x1, x2 = width - x2, width - x1",
                        file=source.file,
                        line=line,
                    )
                for what, line in source.found(boxes_left) if self.times < TIMES_AT_LEAST else ():
                    yield self.finding(what, FIX, file=source.file, line=line)
        if not self.has_masks or self.times >= TIMES_AT_LEAST:
            return
        for source in self.program.source.files():
            if source.mentions(WORTH_PARSING):
                for what, line in source.found(not_moved):
                    yield self.finding(what, FIX, file=source.file, line=line)


def _is_mask(target: Tensor) -> bool:
    """Classes of pixels, or 0 and 1."""
    return not target.is_floating_point() or bool(((target == 0) | (target == 1)).all())


def _turned_apart(seen: Seen, image: int, mask: int) -> bool:
    """Whether one of the two came mirrored and the other did not, where that makes a difference."""
    for image_mirrored, mask_mirrored in zip(seen.images, seen.masks, strict=True):
        if image_mirrored == seen.image or mask_mirrored == seen.mask:
            continue  # symmetric
        if (image, mask) in ((image_mirrored, seen.mask), (seen.image, mask_mirrored)):
            return True
    return False


def _image_and_mask(given: Any) -> tuple[Tensor, Tensor] | None:
    """Images (N, C, H, W) and their masks (N, H, W) or (N, K, H, W), or boxes, where a batch is those two."""
    if len(given) != 2 or given[0].dim() != 4 or min(given[0].shape[-2:]) < SIDE_AT_LEAST:
        return None
    image, target = given
    if len(image) != len(target) or not len(image):
        return None
    if target.dim() in (3, 4) and image.shape[-2:] == target.shape[-2:]:
        return image, target
    return (image, target) if _box_format(target, image.shape) else None


def _box_format(target: Tensor, image: torch.Size) -> str:
    """ "corners" or "centre" of boxes (N, 4) or (N, K, 4) within an image; "" of anything else."""
    if target.dim() not in (2, 3) or target.shape[-1] != 4 or not target.is_floating_point():
        return ""
    boxes = target.detach().reshape(-1, 4)
    boxes = boxes[(boxes != 0).any(1)]
    if len(boxes) < len(target) or bool((boxes < 0).any()) or bool((boxes == boxes[0]).all()):
        return ""
    first, second = boxes[:, :2], boxes[:, 2:]
    height, width = image[-2:]
    if bool((second > first).all()) and float(boxes.max()) <= max(height, width):
        return "corners"
    inside = (first - second / 2 >= -BEYOND) & (first + second / 2 <= 1 + BEYOND)
    return "centre" if bool(inside.all()) else ""


def _rounded(target: Tensor) -> Tensor:
    """Boxes without what a subtraction leaves behind: 1 - x / w is (w - x) / w but for the last bits."""
    return target.mul(1 / BEYOND).round() if target.shape[-1] == 4 and target.dim() in (2, 3) else target


def _mirrored(target: Tensor, image: torch.Size, dim: int) -> Tensor:
    """A mask, or boxes, mirrored along a dimension of the image."""
    if target.shape[-2:] == image[-2:]:
        return target.flip(dim)
    at = 0 if dim == -1 else 1
    size = 1.0 if float(target.max()) <= 1 else float(image[dim])
    result = target.clone()
    if _box_format(target, image) == "corners":
        result[..., at], result[..., at + 2] = size - target[..., at + 2], size - target[..., at]
    else:
        result[..., at] = size - target[..., at]
    return result
