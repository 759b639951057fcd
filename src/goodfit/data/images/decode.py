"""Reading one image, whatever its format, safely: (H, W, C) uint8 of the size asked for, or a reason why not."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 200_000_000  # decoded: a header that claims more is a bomb or a mistake
# What Pillow's readers raise on damaged files; anything else is a defect and shall be seen.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, IndexError, KeyError, OverflowError)
EXIF_ORIENTATION = 0x0112


class UnreadableImage(Exception):
    """An image that cannot be decoded; the text says why, in a few words."""


@dataclass(frozen=True)
class ImageSettings:
    """How images are brought to one shape.

    Attributes:
        channels: 1 (grey) or 3 (colour).
        resize: crop (the middle, as much of it as fits), squash (both sides to the size) or pad (all of it, on black);
            cut takes the middle without resizing, mirrored over the edges where the image is smaller.
    """

    height: int
    width: int
    channels: int
    resize: str = "crop"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ImageSettings:
        return cls(**values)


@dataclass(frozen=True)
class ImageFacts:
    """What a header says; sides as the image is meant to be seen."""

    width: int
    height: int
    colour: bool


@contextmanager
def without_pillows_warnings() -> Iterator[None]:
    """What Pillow finds odd in a file it can read is not the user's business; what it cannot read, we say ourselves.

    Python's list of filters belongs to the process: the thread that starts the readers enters this, never a reader.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


def probe(path: Path) -> ImageFacts:
    """Size and colour from the header alone.

    Raises:
        UnreadableImage: no image, or one too large.
    """
    try:
        image = open_encoded(path.read_bytes())
        width, height = image.size
        if _orientation(image) >= 5:
            width, height = height, width
        colour = image.mode not in ("1", "L", "LA", "La", "I", "F") and not image.mode.startswith("I;16")
        if image.mode == "P":
            palette = np.array(image.getpalette() or [0, 0, 0]).reshape(-1, 3)
            colour = bool((palette != palette[:, :1]).any())
        return ImageFacts(width, height, colour)
    except DAMAGED as error:
        raise damage(error) from error


def decode(data: bytes, settings: ImageSettings) -> np.ndarray:
    """(height, width, channels) uint8 of an encoded image.

    Alpha is laid over white; 16-bit grey is divided by 256; other high ranges are stretched from least to most; the
    first frame of an animation; the orientation that the camera wrote down.

    Raises:
        UnreadableImage: empty, damaged, truncated, no image, or too large.
    """
    try:
        image = open_encoded(data)
        if image.format == "JPEG" and settings.resize != "cut":
            # decodes at 1/2, 1/4 or 1/8 where that is enough: up to 3 times as fast
            image.draft(None, (2 * settings.width, 2 * settings.height))
        from PIL import Image

        image = _upright(image, settings.channels)
        pixels = np.asarray(resize_box(image, settings, Image.Resampling.BILINEAR))
        return pixels.reshape(settings.height, settings.width, settings.channels)
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def decode_whole(data: bytes, channels: int) -> np.ndarray:
    """(H, W, channels) uint8 of an encoded image at its own size; else as `decode`."""
    try:
        pixels = np.asarray(_upright(open_encoded(data), channels))
        return pixels.reshape(*pixels.shape[:2], channels)
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def _upright(image: Image.Image, channels: int) -> Image.Image:
    """Grey or colour of eight bits, turned as the camera wrote down."""
    orientation = _orientation(image)
    image = _eight_bits(image, "L" if channels == 1 else "RGB")
    if orientation > 1:
        from PIL import ImageOps

        image.getexif()[EXIF_ORIENTATION] = orientation
        image = ImageOps.exif_transpose(image)
    return image


def open_encoded(data: bytes) -> Image.Image:
    """The image, not decoded yet; refused where it is empty, none, or too large."""
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise UnreadableImage("empty file (0 bytes)")
    try:
        image = Image.open(io.BytesIO(data))
    except UnidentifiedImageError as error:
        raise UnreadableImage("not an image") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImage(f"over the limit of {MAX_PIXELS // 1_000_000} megapixels") from error
    pixels = image.size[0] * image.size[1]
    if pixels > MAX_PIXELS:
        raise UnreadableImage(f"{pixels // 1_000_000:,} megapixels, over the limit of {MAX_PIXELS // 1_000_000}")
    return image


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; reading it costs 20 us, so that formats and files without EXIF are let off."""
    if "exif" not in image.info and image.format not in ("TIFF", "MPO", "WEBP", "AVIF", "HEIF"):
        return 1
    value = image.getexif().get(EXIF_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _eight_bits(image: Image.Image, mode: str) -> Image.Image:
    from PIL import Image

    if image.mode == mode:
        return image
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)).convert(mode)
    if image.mode in ("I", "F"):
        values = np.asarray(image).astype(np.float64)
        if image.mode == "I" and values.min() >= 0 and values.max() <= 65_535:
            grey = values / 256 if values.max() > 255 else values  # 16 bits that Pillow opened as 32
        else:
            values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
            grey = (values - values.min()) / max(float(values.max() - values.min()), 1e-12) * 255
        return Image.fromarray(grey.astype(np.uint8)).convert(mode)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert(mode)
    return image.convert(mode)


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
    crop_width, crop_height = scale * size[0], scale * size[1]
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


def damage(error: BaseException, size: int | None = None) -> UnreadableImage:
    """What is wrong with an image, in a few words."""
    return UnreadableImage(_reason(error, size))


def _reason(error: BaseException, size: int | None = None) -> str:
    text = str(error).lower()
    if (
        "truncated" in text
        or isinstance(error, EOFError)
        or "unrecognized data stream" in text
        or "broken data" in text
    ):
        return f"truncated after {size:,} bytes" if size is not None else "truncated"
    if isinstance(error, OSError) and error.strerror:
        return "no such file" if isinstance(error, FileNotFoundError) else error.strerror.lower()
    return f"damaged ({str(error) or type(error).__name__})"
