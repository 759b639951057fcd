"""Bringing one image to the size that a net sees: crop, squash, pad, or the middle cut out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from PIL import Image


class Shape(Protocol):
    """The size that an image is brought to, and how."""

    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def resize(self) -> str: ...


def resize_box(image: Image.Image, settings: Shape, resampling: Image.Resampling) -> Image.Image:
    """The image in its new size: bilinear smooths when it makes smaller, nearest takes values as they are."""
    from PIL import ImageOps

    size = (settings.width, settings.height)
    width, height = image.size
    if image.size == size:
        image.load()
        return image
    if settings.resize == "cut":
        return (
            image.crop(middle(width, height, size)) if width >= size[0] and height >= size[1] else _padded(image, size)
        )
    gap = 2.0 if image.mode not in ("P", "1") else None
    if settings.resize == "squash":
        return image.resize(size, resampling, reducing_gap=gap)
    if settings.resize == "pad":
        return ImageOps.pad(image, size, resampling)
    scale = min(width / size[0], height / size[1])
    # rounded, the product may be a hair larger than the side, and Pillow refuses a box that begins outside
    crop_width, crop_height = min(width, scale * size[0]), min(height, scale * size[1])
    left, top = (width - crop_width) / 2, (height - crop_height) / 2
    return image.resize(size, resampling, box=(left, top, left + crop_width, top + crop_height), reducing_gap=gap)


def middle(width: int, height: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) of this size in the middle of an image."""
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    return left, top, left + size[0], top + size[1]


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of the image as far as there is one, mirrored over its edges up to the size."""
    from PIL import Image

    pixels = np.asarray(image)
    for axis, wanted in ((0, size[1]), (1, size[0])):
        have = pixels.shape[axis]
        if have < wanted:
            widths = [(0, 0)] * pixels.ndim
            widths[axis] = ((wanted - have) // 2, wanted - have - (wanted - have) // 2)
            pixels = np.pad(pixels, widths, mode="symmetric")
        else:
            start = (have - wanted) // 2
            pixels = pixels.take(range(start, start + wanted), axis=axis)
    return Image.fromarray(pixels)
