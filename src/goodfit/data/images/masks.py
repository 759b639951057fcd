"""Masks: the class of every pixel, from index, palette, grey or colour images; never interpolated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.decode import is_deep, orientation, turned
from goodfit.data.images.formats import LOSSY_FORMATS
from goodfit.data.images.mask_codes import LARGEST_CLASS, Colour
from goodfit.data.images.opening import DAMAGED, IN_WORK, UnreadableImage, damage, open_encoded
from goodfit.data.images.resize import resize_box

if TYPE_CHECKING:
    from PIL import Image

NEAR_COLOUR = 64.0  # of 255, in which JPEG leaves most pixels of a colour; edges between two are farther
FAR_AT_MOST = 0.25  # of the pixels
LOSSY_GREY = 24  # by which the channels of a grey pixel may differ after JPEG


@dataclass(frozen=True)
class MaskSettings:
    """How masks are read.

    Attributes:
        form: values (a pixel's value is its class), binary (from a threshold on it is class 1), levels (each grey value
            is the class that `levels` says), or colours.
        colours: of the classes in their order, for colour masks.
        threshold: of binary masks, in their own values.
        levels: (grey value, class), for masks of levels.
    """

    height: int
    width: int
    resize: str = "crop"
    form: str = "values"
    colours: tuple[Colour, ...] = ()
    channels: int = 1
    threshold: int = 1
    levels: tuple[tuple[int, int], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def decode_mask(data: bytes, settings: MaskSettings, turn: int | None = None) -> np.ndarray:
    """(height, width, 1) uint8 classes of an encoded mask, resized by taking the nearest pixel.

    Args:
        turn: the orientation of EXIF to turn it by, in place of its own.

    Raises:
        UnreadableImage: damaged, or a pixel whose value is not a class.
    """
    from PIL import Image

    try:
        image = open_encoded(data)
        lossy = image.format in LOSSY_FORMATS
        with IN_WORK.room_for(image):
            image = turned(image, orientation(image) if turn is None else turn)
            image = resize_box(image, settings, Image.Resampling.NEAREST)
        if settings.form == "colours":
            by_colour = _by_nearest_colour if lossy else _by_colour
            return by_colour(np.asarray(image.convert("RGB")), settings.colours)[..., None]
        if settings.form == "binary":
            return _binary(image, settings.threshold)[..., None]
        values = grey_values(image)
        if settings.form == "levels":
            return _by_level(values, settings.levels)[..., None]
        if values.size and int(values.max()) > LARGEST_CLASS:
            raise UnreadableImage(f"class {int(values.max())}: more than 255 classes are not read")
        return values.astype(np.uint8)[..., None]
    except DAMAGED as error:
        raise damage(error, len(data)) from error


def grey_values(image: Image.Image) -> np.ndarray:
    """(H, W) the numbers that a mask's pixels are.

    Raises:
        UnreadableImage: they are colours, or no whole numbers from 0 on.
    """
    if image.mode in ("LA", "PA"):
        image = image.getchannel(0)
    values = np.asarray(image)
    if values.ndim == 3:
        values = np.asarray(image.convert("RGB"))
        if (values != values[..., :1]).any():
            raise UnreadableImage(f"a mask of colours (mode {image.mode}) among masks of numbers")
        return values[..., 0]
    if image.mode == "F" and not (np.isfinite(values) & (values == np.floor(values))).all():
        raise UnreadableImage("its pixels are fractions, not class numbers")
    if is_deep(image.mode) and values.size and values.min() < 0:
        raise UnreadableImage(f"class {int(values.min())} is below 0")
    return values


def _binary(image: Image.Image, threshold: int) -> np.ndarray:
    """(H, W) uint8: 1 from the threshold on; images of one bit have it already."""
    if image.mode == "1":
        return np.asarray(image).astype(np.uint8)
    if not is_deep(image.mode) and image.mode not in ("L", "P"):
        image = image.getchannel(0) if image.mode in ("LA", "PA") else image.convert("RGB").convert("L")
    classes: np.ndarray = (np.asarray(image) >= threshold).astype(np.uint8)
    return classes


def _by_level(values: np.ndarray, levels: Sequence[tuple[int, int]]) -> np.ndarray:
    """(H, W) grey values -> (H, W) classes."""
    table = np.full(max(int(values.max(initial=0)), max(grey for grey, _ in levels)) + 1, -1)
    for grey, number in levels:
        table[grey] = number
    classes: np.ndarray = table[values.astype(np.int64)]
    if (classes < 0).any():
        row, column = np.argwhere(classes < 0)[0]
        raise UnreadableImage(f"value {values[row, column]} (row {row}, column {column}) is not in the codes file")
    return classes.astype(np.uint8)


def _by_colour(pixels: np.ndarray, colours: Sequence[Colour]) -> np.ndarray:
    """(H, W, 3) -> (H, W) number of the colour."""
    keys = _keys(pixels.astype(np.int64))
    known = np.array([_keys(np.array(colour, dtype=np.int64)) for colour in colours])
    order = np.argsort(known)
    at = np.minimum(np.searchsorted(known[order], keys), len(known) - 1)
    codes: np.ndarray = order[at]
    wrong = known[codes] != keys
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        shown = ",".join(str(value) for value in pixels[row, column])
        raise UnreadableImage(f"colour {shown} (row {row}, column {column}) is not in the codes file")
    classes: np.ndarray = codes.astype(np.uint8)
    return classes


def _by_nearest_colour(pixels: np.ndarray, colours: Sequence[Colour]) -> np.ndarray:
    """(H, W, 3) of a JPEG -> (H, W) number of the nearest colour.

    Raises:
        UnreadableImage: many pixels are near none.
    """
    known = np.array(colours, dtype=np.float32)
    classes = np.zeros(pixels.shape[:2], dtype=np.uint8)
    nearest = np.full(pixels.shape[:2], np.inf, dtype=np.float32)
    for number, colour in enumerate(known):  # one after the other: a mask may have millions of pixels
        away = np.square(pixels.astype(np.float32) - colour).sum(axis=2)
        classes[away < nearest] = number
        nearest = np.minimum(nearest, away)
    far = float((nearest > NEAR_COLOUR**2).mean())
    if far > FAR_AT_MOST:
        raise UnreadableImage(f"{100 * far:.0f}% of its pixels are near no colour of the codes file")
    return classes


def _keys(pixels: np.ndarray) -> Any:
    return pixels[..., 0] * 65_536 + pixels[..., 1] * 256 + pixels[..., 2]
