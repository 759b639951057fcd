"""An image, small enough to stand inside a page."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

THUMBNAIL_SIDE = 128  # pixels of the longer side
THUMBNAIL_BYTES = 16_000  # beyond, a palette of 256 colours: 24 images of noise are then 0.5 MB, not 1.6


def thumbnail_uri(pixels: np.ndarray | None) -> str | None:
    """An image as a data: address of a PNG of 128 pixels at most.

    Args:
        pixels: (H, W, C) uint8 with C 1, 3 or 4, or None.
    """
    if pixels is None:
        return None
    from PIL import Image

    array = np.ascontiguousarray(pixels, dtype=np.uint8)
    image = Image.fromarray(array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    content = _png(image)
    if len(content) > THUMBNAIL_BYTES:
        content = _png(image.convert("RGB").quantize(256))
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
