"""How bright, how varied and how coloured images are: new ones unlike those of training are named.

Grey images for a run of photos in colour, black ones of a camera with its cap on, or of 16 bits read as 8: each gets a
prediction, and it is said. As of columns of numbers, an image lies outside of a range that 20 images or more span.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from goodfit.data.tables.unlike_training import ROWS_THAT_PROVE, where
from goodfit.formatting import number

if TYPE_CHECKING:
    from torch import Tensor

TRAITS = ("brightness", "contrast", "colour")
NO_COLOUR = 1.0  # of 255: what JPEG leaves of none
SLACK = 2.0  # of 255, that another size or quality of JPEG makes


@dataclass(frozen=True)
class Appearance:
    """low and high of each of TRAITS among images of the training rows, from 0 to 255."""

    low: list[float]
    high: list[float]

    @classmethod
    def measure(cls, images: Sequence[Tensor]) -> Self | None:
        """Of images (H, W, C) uint8; None of fewer than are needed for a range."""
        if len(images) < ROWS_THAT_PROVE:
            return None
        traits = _traits(images)
        return cls(traits.min(axis=0).tolist(), traits.max(axis=0).tolist())

    def notes(self, images: Sequence[Tensor], all_images: int) -> list[tuple[str, str, str]]:
        """What is to be said of new images, where these were looked at."""
        if len(images) < ROWS_THAT_PROVE:
            return []
        traits, found = _traits(images), []
        for at, name in enumerate(TRAITS):
            low, high, values = self.low[at], self.high[at], traits[:, at]
            beyond = np.maximum(low - values, values - high)
            outside, far = int((beyond > SLACK).sum()), int((beyond > high - low + SLACK).sum())
            _, count = where(outside, far, len(values), one_value=bool(np.ptp(values) <= SLACK))
            if not count:
                continue
            looked_at = f"{len(images):,} images" + (" looked at" if len(images) < all_images else "")
            ends = f"those that the run was fitted on ({number(low, 3)} to {number(high, 3)})"
            why = f"such as {number(float(values[beyond.argmax()]), 3)} of 255, outside of {ends}"
            if name == "colour" and np.median(values) <= NO_COLOUR < low:
                why = "they are grey, and all that the run was fitted on have colours"
            found.append(("doubtful", f"{name}: {count:,} of {looked_at}", f"{why}: are they of the same kind?"))
        return found

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)


def _traits(images: Sequence[Tensor]) -> np.ndarray:
    """(N, 3): mean and deviation of the pixels, and how far apart the channels are on average."""
    found = []
    for image in images:
        pixels = image.numpy()
        apart = pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)
        found.append((pixels.mean(), pixels.std(), apart.mean()))
    return np.array(found, dtype=np.float64).reshape(-1, len(TRAITS))
