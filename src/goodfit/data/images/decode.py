"""Reading one image, whatever its format, safely: (H, W, C) uint8 of the size asked for, or a reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.opening import DAMAGED as DAMAGED
from goodfit.data.images.opening import IN_WORK, PIXELS_DECODED_ALONE, damage, open_encoded, open_header
from goodfit.data.images.opening import UnreadableImage as UnreadableImage
from goodfit.data.images.opening import without_pillows_warnings as without_pillows_warnings
from goodfit.data.images.resize import resize_box
from goodfit.data.images.stored import ImagePlace

if TYPE_CHECKING:
    from PIL import Image

EXIF_ORIENTATION = 0x0112
UPRIGHT = 1  # the orientation of an image that is stored as it is meant to be seen
PIXELS_A_BAND = 4_000_000  # of a large image, that are converted at once
GreyRange = tuple[float, float]


@dataclass(frozen=True)
class ImageSettings:
    """How images are brought to one shape.

    Attributes:
        channels: 1 (grey) or 3 (colour).
        resize: crop (the middle, as much of it as fits), squash (both sides to the size) or pad (all of it, on black);
            cut takes the middle without resizing, mirrored over the edges where the image is smaller.
        grey_range: the values of images of more than 8 bits that become 0 and 255, one pair for the whole set; None:
            16 bits are divided by 256, others are stretched from their own least to their own most.
    """

    height: int
    width: int
    channels: int
    resize: str = "crop"
    grey_range: GreyRange | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ImageSettings:
        given = values.get("grey_range")
        return cls(**{**values, "grey_range": None if given is None else (float(given[0]), float(given[1]))})


@dataclass(frozen=True)
class ImageFacts:
    """What a header says; sides as the image is meant to be seen.

    Attributes:
        orientation: as the camera wrote it down, 1 (upright) to 8; from 5 on the sides change places.
        deep: whether the pixels have more than 8 bits.
        pages: whether there are several pages or frames, of which the first is read.
    """

    width: int
    height: int
    colour: bool
    orientation: int = UPRIGHT
    deep: bool = False
    pages: bool = False

    @property
    def stored(self) -> tuple[int, int]:
        """Width and height as they lie in the file."""
        return (self.height, self.width) if self.orientation >= 5 else (self.width, self.height)


SEVERAL_SIZES = ("MPO", "ICO", "ICNS")  # formats whose further images are the same, smaller or from another side


def is_deep(mode: str) -> bool:
    """Whether Pillow's mode has one channel of more than 8 bits."""
    return mode in ("I", "F") or mode.startswith("I;16")


def probe(path: ImagePlace) -> ImageFacts:
    """Size and colour from the header alone.

    Raises:
        UnreadableImage: no image, or one too large.
    """
    try:
        with open_header(path) as image:
            width, height = image.size
            turn = orientation(image)
            if turn >= 5:
                width, height = height, width
            colour = image.mode not in ("1", "L", "LA", "La") and not is_deep(image.mode)
            if image.mode == "P":
                palette = np.array(image.getpalette() or [0, 0, 0]).reshape(-1, 3)
                colour = bool((palette != palette[:, :1]).any())
            pages = image.format not in SEVERAL_SIZES and bool(getattr(image, "is_animated", False))
            return ImageFacts(width, height, colour, turn, is_deep(image.mode), pages)
    except DAMAGED as error:
        raise damage(error) from error


def decode(data: bytes, settings: ImageSettings, turn: int | None = None) -> np.ndarray:
    """(height, width, channels) uint8 of an encoded image.

    Alpha is laid over white; high ranges are brought to 8 bits as the settings say; the first frame of an animation;
    turned as the camera wrote down, or by `turn`, another orientation of EXIF.

    Raises:
        UnreadableImage: empty, damaged, truncated, no image, or too large.
    """
    try:
        image = open_encoded(data)
        turn = orientation(image) if turn is None else turn
        if image.format == "JPEG" and settings.resize != "cut":
            # decodes at 1/2, 1/4 or 1/8 where that is enough: up to 3 times as fast
            image.draft(None, (2 * settings.width, 2 * settings.height))
        from PIL import Image

        with IN_WORK.room_for(image):
            grey_range = _own_range(image, settings.grey_range)
            image = _reduced(image, settings, grey_range, turn)
            image = turned(eight_bits(image, _mode(settings.channels), grey_range), turn)
            pixels = np.asarray(resize_box(image, settings, Image.Resampling.BILINEAR))
        return pixels.reshape(settings.height, settings.width, settings.channels)
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def decode_whole(data: bytes, channels: int, grey_range: GreyRange | None = None) -> np.ndarray:
    """(H, W, channels) uint8 of an encoded image at its own size; else as `decode`."""
    try:
        image = open_encoded(data)
        turn = orientation(image)
        with IN_WORK.room_for(image):
            grey_range = _own_range(image, grey_range)
            pixels = np.empty((image.height, image.width, channels), dtype=np.uint8)
            for top, band in _bands(image, 1):
                rows = np.asarray(eight_bits(band, _mode(channels), grey_range))
                pixels[top : top + len(rows)] = rows.reshape(*rows.shape[:2], channels)
        return pixels if turn == UPRIGHT else np.ascontiguousarray(turned_pixels(pixels, turn))
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; reading it costs 20 us, so that formats and files without EXIF are let off."""
    if "exif" not in image.info and image.format not in ("TIFF", "MPO", "WEBP", "AVIF", "HEIF"):
        return UPRIGHT
    value = image.getexif().get(EXIF_ORIENTATION, UPRIGHT)
    return value if isinstance(value, int) and 1 <= value <= 8 else UPRIGHT


def turned(image: Image.Image, turn: int) -> Image.Image:
    """The image upright, of one that is stored in this orientation of EXIF."""
    if turn == UPRIGHT:
        return image
    from PIL.Image import Transpose

    methods = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(methods[turn])


def turned_pixels(pixels: np.ndarray, turn: int) -> np.ndarray:
    """`turned`, of (H, W, ...) pixels; a view."""
    if turn >= 5:
        pixels = pixels.swapaxes(0, 1)
    mirrored = {2: (1, -1), 3: (-1, -1), 4: (-1, 1), 6: (1, -1), 7: (-1, -1), 8: (-1, 1)}
    down, across = mirrored.get(turn, (1, 1))
    return pixels[::down, ::across]


def eight_bits(image: Image.Image, mode: str, grey_range: GreyRange | None = None) -> Image.Image:
    """The image in mode L or RGB."""
    from PIL import Image

    if image.mode == mode:
        return image
    if is_deep(image.mode):
        return Image.fromarray(_grey(np.asarray(image), grey_range)).convert(mode)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert(mode)
    return image.convert(mode)


def _grey(values: np.ndarray, grey_range: GreyRange | None) -> np.ndarray:
    """(H, W) uint8 of one deep channel."""
    if values.dtype.kind == "u":  # of either byte order
        values = values.astype(np.uint16, copy=False)
        return _table(*grey_range)[values] if grey_range is not None else (values >> 8).astype(np.uint8)
    assert grey_range is not None
    low, high = grey_range
    values = np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low)
    return ((values - low) / max(high - low, 1e-12) * 255).clip(0, 255).astype(np.uint8)


@lru_cache(maxsize=4)
def _table(low: float, high: float) -> np.ndarray:
    """(65536,) uint8: what each value of 16 bits becomes."""
    values = (np.arange(65_536) - low) / max(high - low, 1e-12) * 255
    table: np.ndarray = values.clip(0, 255).astype(np.uint8)
    return table


def _own_range(image: Image.Image, grey_range: GreyRange | None) -> GreyRange | None:
    """The range that is given; or, of numbers of 32 bits, from the least to the most of the image."""
    if grey_range is not None or image.mode not in ("I", "F"):
        return grey_range
    image.load()
    low, high = _extrema(image)
    if image.mode == "I" and low >= 0 and high <= 65_535:  # 16 bits that Pillow opened as 32
        return (0.0, 255.0) if high <= 255 else (0.0, 65_280.0)
    return low, high


def _extrema(image: Image.Image) -> GreyRange:
    values = np.asarray(image)
    finite = values[np.isfinite(values)] if image.mode == "F" else values
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def _mode(channels: int) -> str:
    return "L" if channels == 1 else "RGB"


def _bands(image: Image.Image, multiple: int) -> Iterator[tuple[int, Image.Image]]:
    """The image from top to bottom in bands of a few million pixels: the row at which each begins, and the band."""
    image.load()
    if image.width * image.height <= PIXELS_A_BAND:
        yield 0, image
        return
    height = max(1, PIXELS_A_BAND // (image.width * multiple)) * multiple
    for top in range(0, image.height, height):
        yield top, image.crop((0, top, image.width, min(top + height, image.height)))


def _reduced(image: Image.Image, settings: ImageSettings, grey_range: GreyRange | None, turn: int) -> Image.Image:
    """A large image at a fraction of its size, no less than twice what is wanted; converted band by band.

    What Pillow keeps of 176 megapixels are 0.2 to 0.7 GB; their conversion as a whole took 3.5 GB.
    """
    pixels = image.width * image.height
    if pixels < PIXELS_DECODED_ALONE or settings.resize == "cut":
        return image
    height, width = (settings.width, settings.height) if turn >= 5 else (settings.height, settings.width)
    factor = min(image.width // (2 * width), image.height // (2 * height))
    if factor < 2:
        return image
    from PIL import Image

    mode = _mode(settings.channels)
    small = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top, band in _bands(image, factor):
        small.paste(eight_bits(band, mode, grey_range).reduce(factor), (0, top // factor))
    return small
