"""Examples of a task whose output is an image: input, truth, prediction and error side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from goodfit.analysis.example_rows import parted
from goodfit.data.images.masks import Colour

SIDE = 360  # px of the longer side as it stands on the page
WRONG, VOID = (214, 69, 65), (150, 150, 150)
ENLARGED_ERROR = 4  # differences of a restored image are shown so many times as large


@dataclass(frozen=True)
class Example:
    """One scored image.

    Attributes:
        kind: worst, middle or best.
        caption: its score in words.
        panels: name -> (H, W, 3) uint8, in the order of the page.
        slider: whether the first panel and the prediction are laid over each other, to be drawn apart.
    """

    kind: str
    key: str
    caption: str
    panels: Mapping[str, np.ndarray]
    slider: bool = False

    @property
    def uris(self) -> dict[str, str]:
        """The panels as data: addresses."""
        return {name: image_uri(panel) for name, panel in self.panels.items()}


def kinds(count: int) -> list[str]:
    """What the rows of `goodfit.analysis.example_rows.typical_rows` are."""
    worst, each = parted(count)
    return ["worst"] * worst + ["middle"] * each + ["best"] * each


def mask_example(
    given: np.ndarray, truth: np.ndarray, said: np.ndarray, colours: Sequence[Colour], void: int | None
) -> dict[str, np.ndarray]:
    """Panels of an image (H, W, C), its mask (H, W) and the predicted one; what is wrong in red over the image."""
    given = np.broadcast_to(given, (*given.shape[:2], 3))
    wrong = given // 2 + 64
    wrong = np.where((said != truth)[..., None], np.array(WRONG, dtype=np.uint8), wrong.astype(np.uint8))
    if void is not None:
        wrong = np.where((truth == void)[..., None], np.array(VOID, dtype=np.uint8), wrong)
    return {
        "input": given,
        "truth": coloured(truth, colours),
        "prediction": coloured(said, colours),
        "wrong": wrong,
    }


def coloured(mask: np.ndarray, colours: Sequence[Colour]) -> np.ndarray:
    """(H, W, 3) of classes (H, W); what is no class is grey."""
    table = np.full((256, 3), VOID, dtype=np.uint8)
    table[: len(colours)] = np.array(colours, dtype=np.uint8)
    return np.asarray(table[mask])


def restored_example(given: np.ndarray, truth: np.ndarray, said: np.ndarray) -> dict[str, np.ndarray]:
    """Panels of a degraded image (H, W, C), the clean one and the restored one; the difference left, enlarged."""
    error = np.abs(said.astype(np.int16) - truth.astype(np.int16)) * ENLARGED_ERROR
    found = {"degraded": given, "clean": truth, "restored": said}
    found[f"difference left, {ENLARGED_ERROR} times"] = np.clip(error, 0, 255).astype(np.uint8)
    return {name: np.broadcast_to(each, (*each.shape[:2], 3)) for name, each in found.items()}


def image_uri(pixels: np.ndarray) -> str:
    """(H, W, 3) uint8 as a data: address: a PNG where it has few colours, else a JPEG."""
    from PIL import Image

    image: Any = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8))
    few = image.getcolors(64) is not None
    image.thumbnail((SIDE, SIDE), Image.Resampling.NEAREST if few else Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if few:
        image.quantize(64).save(buffer, format="PNG", optimize=True)
    else:
        image.save(buffer, format="JPEG", quality=88)
    kind = "png" if few else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
