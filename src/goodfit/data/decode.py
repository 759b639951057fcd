"""Reading one picture, whatever its format, safely: (H, W, C) uint8 of the size asked for, or a reason why not."""

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


class UnreadablePicture(Exception):
    """A picture that cannot be decoded; the text says why, in a few words."""


@dataclass(frozen=True)
class PictureSettings:
    """How pictures are brought to one shape.

    Attributes:
        channels: 1 (grey) or 3 (colour).
        resize: crop (the middle, as much of it as fits), squash (both sides to the size) or pad (all of it, on black);
            cut takes the middle without resizing, mirrored over the edges where the picture is smaller.
    """

    height: int
    width: int
    channels: int
    resize: str = "crop"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> PictureSettings:
        return cls(**values)


@dataclass(frozen=True)
class PictureFacts:
    """What a header says; sides as the picture is meant to be seen."""

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


def probe(path: Path) -> PictureFacts:
    """Size and colour from the header alone.

    Raises:
        UnreadablePicture: no picture, or one too large.
    """
    try:
        picture = open_encoded(path.read_bytes())
        width, height = picture.size
        if _orientation(picture) >= 5:
            width, height = height, width
        colour = picture.mode not in ("1", "L", "LA", "La", "I", "F") and not picture.mode.startswith("I;16")
        if picture.mode == "P":
            palette = np.array(picture.getpalette() or [0, 0, 0]).reshape(-1, 3)
            colour = bool((palette != palette[:, :1]).any())
        return PictureFacts(width, height, colour)
    except DAMAGED as error:
        raise damage(error) from error


def decode(data: bytes, settings: PictureSettings) -> np.ndarray:
    """(height, width, channels) uint8 of an encoded picture.

    Alpha is laid over white; 16-bit grey is divided by 256; other high ranges are stretched from least to most; the
    first frame of an animation; the orientation that the camera wrote down.

    Raises:
        UnreadablePicture: empty, damaged, truncated, no picture, or too large.
    """
    try:
        picture = open_encoded(data)
        if picture.format == "JPEG" and settings.resize != "cut":
            # decodes at 1/2, 1/4 or 1/8 where that is enough: up to 3 times as fast
            picture.draft(None, (2 * settings.width, 2 * settings.height))
        from PIL import Image

        picture = _upright(picture, settings.channels)
        pixels = np.asarray(resize_box(picture, settings, Image.Resampling.BILINEAR))
        return pixels.reshape(settings.height, settings.width, settings.channels)
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def decode_whole(data: bytes, channels: int) -> np.ndarray:
    """(H, W, channels) uint8 of an encoded picture at its own size; else as `decode`."""
    try:
        pixels = np.asarray(_upright(open_encoded(data), channels))
        return pixels.reshape(*pixels.shape[:2], channels)
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def _upright(picture: Image.Image, channels: int) -> Image.Image:
    """Grey or colour of eight bits, turned as the camera wrote down."""
    orientation = _orientation(picture)
    picture = _eight_bits(picture, "L" if channels == 1 else "RGB")
    if orientation > 1:
        from PIL import ImageOps

        picture.getexif()[EXIF_ORIENTATION] = orientation
        picture = ImageOps.exif_transpose(picture)
    return picture


def open_encoded(data: bytes) -> Image.Image:
    """The picture, not decoded yet; refused where it is empty, none, or too large."""
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise UnreadablePicture("empty file (0 bytes)")
    try:
        picture = Image.open(io.BytesIO(data))
    except UnidentifiedImageError as error:
        raise UnreadablePicture("not a picture") from error
    except Image.DecompressionBombError as error:
        raise UnreadablePicture(f"over the limit of {MAX_PIXELS // 1_000_000} megapixels") from error
    pixels = picture.size[0] * picture.size[1]
    if pixels > MAX_PIXELS:
        raise UnreadablePicture(f"{pixels // 1_000_000:,} megapixels, over the limit of {MAX_PIXELS // 1_000_000}")
    return picture


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; reading it costs 20 us, so that formats and files without EXIF are let off."""
    if "exif" not in picture.info and picture.format not in ("TIFF", "MPO", "WEBP", "AVIF", "HEIF"):
        return 1
    value = picture.getexif().get(EXIF_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _eight_bits(picture: Image.Image, mode: str) -> Image.Image:
    from PIL import Image

    if picture.mode == mode:
        return picture
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture).astype(np.uint16) >> 8).astype(np.uint8)).convert(mode)
    if picture.mode in ("I", "F"):
        values = np.asarray(picture).astype(np.float64)
        if picture.mode == "I" and values.min() >= 0 and values.max() <= 65_535:
            grey = values / 256 if values.max() > 255 else values  # 16 bits that Pillow opened as 32
        else:
            values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
            grey = (values - values.min()) / max(float(values.max() - values.min()), 1e-12) * 255
        return Image.fromarray(grey.astype(np.uint8)).convert(mode)
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert(mode)
    return picture.convert(mode)


class Shape(Protocol):
    """The size that a picture is brought to, and how."""

    @property
    def height(self) -> int: ...
    @property
    def width(self) -> int: ...
    @property
    def resize(self) -> str: ...


def resize_box(picture: Image.Image, settings: Shape, resampling: Image.Resampling) -> Image.Image:
    """The picture in its new size: bilinear smooths when it makes smaller, nearest takes values as they are."""
    from PIL import ImageOps

    size = (settings.width, settings.height)
    wide, high = picture.size
    if picture.size == size:
        picture.load()
        return picture
    if settings.resize == "cut":
        return picture.crop(middle(wide, high, size)) if wide >= size[0] and high >= size[1] else _padded(picture, size)
    gap = 2.0 if picture.mode not in ("P", "1") else None
    if settings.resize == "squash":
        return picture.resize(size, resampling, reducing_gap=gap)
    if settings.resize == "pad":
        return ImageOps.pad(picture, size, resampling)
    scale = min(wide / size[0], high / size[1])
    crop_wide, crop_high = scale * size[0], scale * size[1]
    left, top = (wide - crop_wide) / 2, (high - crop_high) / 2
    return picture.resize(size, resampling, box=(left, top, left + crop_wide, top + crop_high), reducing_gap=gap)


def middle(wide: int, high: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) of this size in the middle of a picture."""
    left, top = (wide - size[0]) // 2, (high - size[1]) // 2
    return left, top, left + size[0], top + size[1]


def _padded(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of the picture as far as there is one, mirrored over its edges up to the size."""
    from PIL import Image

    pixels = np.asarray(picture)
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


def damage(error: BaseException, size: int | None = None) -> UnreadablePicture:
    """What is wrong with a picture, in a few words."""
    return UnreadablePicture(_reason(error, size))


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
