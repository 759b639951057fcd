"""Examples of a task whose output is an image: input, truth, prediction and error side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from goodfit.tasks.example_rows import parted

PANEL_SIDE = 360  # px of the longer side as it stands on the page
PALETTE_COLOURS = 64  # up to so many an image is a PNG
BYTES_AT_MOST = 32_000  # of a panel: 16 examples of 4 are then 2.7 MB as text, whatever they show
QUALITIES = (88, 70, 45, 20)  # of a JPEG, the next where one is too large


@dataclass(frozen=True)
class Example:
    """One scored image.

    Attributes:
        kind: worst, middle or best.
        caption: its score in words.
        panels: name -> (H, W, 3) uint8, in the order of the page.
        slider: two panels that are laid over each other, to be drawn apart.
    """

    kind: str
    key: str
    caption: str
    panels: Mapping[str, np.ndarray]
    slider: tuple[str, str] | None = None

    @property
    def is_small(self) -> bool:
        """Whether its panels are drawn larger than they are; masks then keep the edges of their pixels."""
        return all(max(panel.shape[:2]) < PANEL_SIDE for panel in self.panels.values())

    @property
    def uris(self) -> dict[str, str]:
        """The panels as data: addresses."""
        return {name: image_uri(panel) for name, panel in self.panels.items()}


def kinds(count: int) -> list[str]:
    """What the rows of `goodfit.tasks.example_rows.typical_rows` are."""
    worst, quarter = parted(count)
    return ["worst"] * worst + ["middle"] * quarter + ["best"] * quarter


def image_uri(pixels: np.ndarray) -> str:
    """(H, W, 3) uint8 as a data: address: a PNG where it has few colours, else a JPEG."""
    from PIL import Image

    image: Any = Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8))
    flat = image.getcolors(PALETTE_COLOURS) is not None
    image.thumbnail((PANEL_SIDE, PANEL_SIDE), Image.Resampling.NEAREST if flat else Image.Resampling.LANCZOS)
    if flat:
        content = _written(image.quantize(PALETTE_COLOURS), format="PNG", optimize=True)
        if len(content) <= BYTES_AT_MOST:
            return _uri("png", content)
    for quality in QUALITIES:
        content = _written(image, format="JPEG", quality=quality)
        if len(content) <= BYTES_AT_MOST:
            break
    return _uri("jpeg", content)


def _written(image: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **options)
    return buffer.getvalue()


def _uri(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64," + base64.b64encode(content).decode("ascii")
