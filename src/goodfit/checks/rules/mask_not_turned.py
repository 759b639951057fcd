"""mask-not-turned: an image is mirrored at random, and its mask stays as it is.

What it checks
    A loader gives images (C, H, W) with masks of their height and width. The same row came again mirrored, to the last
    bit, and its mask was not, though mirroring would change it; or the mask was, and the image was not. Six times.

Why it hurts
    Half of the masks lie where nothing is. The net learns blurred shapes, symmetric to the middle.

Example
    if random() < 0.5: image = image.flip(-1)          # in __getitem__; the mask is returned as it was

Instead
    if random() < 0.5: image, mask = image.flip(-1), mask.flip(-1)

When it is a false alarm
    Targets that do not depend on where things are.

Cost
    Fingerprints of images of the batches examined, up to two million values a batch.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

from torch import Tensor

from goodfit.checks.engine.events import Batch
from goodfit.checks.engine.fingerprints import fingerprints
from goodfit.checks.finding import Finding, Level
from goodfit.checks.rule import LiveRule

TIMES_AT_LEAST = 6
VALUES_AT_MOST = 2_000_000
ROWS_KEPT = 2_000
SIDE_AT_LEAST = 4
MIRRORS = (-1, -2)  # dimensions


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

    def on_batch(self, event: Batch) -> Iterator[Finding]:
        pair = _image_and_mask(event.tensors)
        if pair is None or event.indices is None or self.times >= TIMES_AT_LEAST:
            return
        image, mask = pair
        numbers = [index for index in event.indices if isinstance(index, int)]
        if len(numbers) != len(image) or image.numel() + mask.numel() > VALUES_AT_MOST:
            return
        kept = self.rows.setdefault(event.loader, {})
        images, masks = fingerprints(image), fingerprints(mask)
        known = [at for at, number in enumerate(numbers) if number in kept]
        for at in known:
            self.times += _turned_apart(kept[numbers[at]], images[at], masks[at])
        if self.times >= TIMES_AT_LEAST:
            yield self.finding(
                "images of the loader came mirrored while their masks stayed as they were, or the other way round, "
                f"{self.times} times",
                "Mirror both by one random number",
            )
        elif len(known) < len(numbers) and len(kept) < ROWS_KEPT:
            mirrored = [(fingerprints(image.flip(dim)), fingerprints(mask.flip(dim))) for dim in MIRRORS]
            for at, number in enumerate(numbers):
                others = tuple(each[0][at] for each in mirrored), tuple(each[1][at] for each in mirrored)
                kept.setdefault(number, Seen(images[at], masks[at], *others))


def _turned_apart(seen: Seen, image: int, mask: int) -> bool:
    """Whether one of the two came mirrored and the other did not, where that makes a difference."""
    for image_mirrored, mask_mirrored in zip(seen.images, seen.masks, strict=True):
        if image_mirrored == seen.image or mask_mirrored == seen.mask:
            continue  # symmetric
        if (image, mask) in ((image_mirrored, seen.mask), (seen.image, mask_mirrored)):
            return True
    return False


def _image_and_mask(given: Any) -> tuple[Tensor, Tensor] | None:
    """Images (N, C, H, W) and their masks, (N, H, W) or (N, K, H, W), where a batch is those two."""
    if len(given) != 2 or given[0].dim() != 4 or given[1].dim() not in (3, 4):
        return None
    image, mask = given
    same = len(image) == len(mask) and image.shape[-2:] == mask.shape[-2:]
    return (image, mask) if same and min(image.shape[-2:]) >= SIDE_AT_LEAST else None
