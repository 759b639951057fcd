"""One scale for all images of more than 8 bits: the values of the set that become 0 and 255."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.data.images.decode import DAMAGED, GreyRange, UnreadableImage, is_deep
from goodfit.data.images.opening import open_encoded, read_image_file
from goodfit.data.images.stored import ImagePlace

VALUES_SAMPLED = 40_000  # of an image, for the share of values that lie far out
OUTLYING_SHARE = 0.0005  # of the values on either side, that may be single bright or dead pixels
LEVELS_LEFT = 16  # of 256: with fewer for all but the outlying values, these are cut off


@dataclass(frozen=True)
class DeepFacts:
    """What images of more than 8 bits hold.

    Attributes:
        grey_range: the values that become 0 and 255.
        low, high: the least and the most that occurs.
    """

    grey_range: GreyRange
    low: float
    high: float

    @property
    def cut(self) -> bool:
        """Whether values beyond the range are cut off."""
        return self.grey_range != (self.low, self.high)


def inspect_deep(paths: Sequence[ImagePlace]) -> DeepFacts | None:
    """The range of the images of more than 8 bits among these; None: there are none."""
    low, high = np.inf, -np.inf
    samples: list[np.ndarray] = []
    for path in paths:
        try:
            image = open_encoded(read_image_file(path))
            if not is_deep(image.mode):
                continue
            image.load()
        except (UnreadableImage, *DAMAGED):
            continue  # listed when it is decoded
        values = np.asarray(image).reshape(-1)
        if values.dtype.kind == "f":
            values = values[np.isfinite(values)]
        if not len(values):
            continue
        low, high = min(low, float(values.min())), max(high, float(values.max()))
        samples.append(values[:: max(1, len(values) // VALUES_SAMPLED)].astype(np.float64))
    if not samples:
        return None
    inner = np.quantile(np.concatenate(samples), (OUTLYING_SHARE, 1 - OUTLYING_SHARE))
    inner_low, inner_high = float(inner[0]), float(inner[1])
    if inner_low < inner_high and (inner_high - inner_low) * 256 < LEVELS_LEFT * (high - low):
        return DeepFacts((inner_low, inner_high), low, high)
    return DeepFacts((low, high), low, high)
