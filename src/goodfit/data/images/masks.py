"""Masks: the class of every pixel, from index, palette or colour PNGs; never interpolated."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.data.images.decode import DAMAGED, UnreadableImage, damage, open_encoded, resize_box
from goodfit.errors import DataError

LARGEST_CLASS = 255  # that a mask of 8 bits holds; by custom (Pascal VOC) it marks the pixels to ignore
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class MaskSettings:
    """How masks are read.

    Attributes:
        form: values (a pixel's value is its class), binary (anything above 0 is class 1), or colours.
        colours: of the classes in their order, for colour masks.
    """

    height: int
    width: int
    resize: str = "crop"
    form: str = "values"
    colours: tuple[Colour, ...] = ()
    channels: int = 1

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Codes:
    """Names of the classes, and their colours where the file has them."""

    names: tuple[str, ...]
    colours: tuple[Colour, ...] = ()


def read_codes(path: Path) -> Codes:
    """A file with a line for each class: its name alone, or its name and three numbers for its colour, in any order.

    Raises:
        DataError: no such file, or a line that is neither.
    """
    if not path.is_file():
        raise DataError("no such file", where=path, fix="Check --codes")
    names: list[str] = []
    colours: list[Colour] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        cells = [cell for cell in re.split(r"[,;\t ]+", line.strip()) if cell]
        values = [int(cell) for cell in cells if cell.isdigit()]
        words = [cell for cell in cells if not cell.isdigit()]
        if not cells or (number == 1 and [word.lower() for word in words][:1] in (["name"], ["class"], ["r"])):
            continue  # an empty line, or the names of the columns
        if len(values) not in (0, 3) or not words or max(values, default=0) > 255:
            raise DataError(
                f"'{line.strip()}' is not a class",
                where=f"{path}, line {number}",
                fix="Write a name alone, or name,red,green,blue with numbers from 0 to 255",
            )
        names.append(" ".join(words))
        if values:
            colours.append((values[0], values[1], values[2]))
    if not names or (colours and len(colours) != len(names)):
        raise DataError("some of its classes have no colour" if names else "no classes in it", where=path)
    return Codes(tuple(names), tuple(colours))


def decode_mask(data: bytes, settings: MaskSettings) -> np.ndarray:
    """(height, width, 1) uint8 classes of an encoded mask, resized by taking the nearest pixel.

    Raises:
        UnreadableImage: damaged, or a colour that is no class.
    """
    from PIL import Image

    try:
        image = open_encoded(data)
        image = resize_box(image, settings, Image.Resampling.NEAREST)
        if settings.form == "colours":
            return _by_colour(np.asarray(image.convert("RGB")), settings.colours)[..., None]
        if image.mode not in ("L", "P", "1", "LA", "PA") and not image.mode.startswith("I"):
            raise UnreadableImage(f"a mask of colours (mode {image.mode}) among masks of numbers")
        if image.mode in ("LA", "PA"):
            image = image.getchannel(0)
        values = np.asarray(image)
        if settings.form == "binary":
            return (values > 0).astype(np.uint8)[..., None]
        if values.size and int(values.max()) > LARGEST_CLASS:
            raise UnreadableImage(f"class {int(values.max())}: more than 255 classes are not read")
        return values.astype(np.uint8)[..., None]
    except DAMAGED as error:
        raise damage(error, len(data)) from error


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


def _keys(pixels: np.ndarray) -> Any:
    return pixels[..., 0] * 65_536 + pixels[..., 1] * 256 + pixels[..., 2]


@dataclass(frozen=True)
class MaskFacts:
    """What a sample of the masks shows."""

    coloured: bool  # the pixels are colours, not numbers
    values: tuple[int, ...]  # that occur, for masks of numbers
    palette: tuple[Colour, ...]  # of the first mask that has one


def inspect_masks(paths: Sequence[Path], at_most: int = 100) -> MaskFacts:
    """Read some of the masks, spread evenly, at their own size."""
    values: set[int] = set()
    palette: tuple[Colour, ...] = ()
    coloured = False
    for path in paths[:: max(1, len(paths) // at_most)]:
        try:
            image = open_encoded(path.read_bytes())
            image.load()
        except (UnreadableImage, *DAMAGED):
            continue  # listed when it is decoded
        if image.mode in ("RGB", "RGBA", "CMYK", "YCbCr"):
            coloured = True
            continue
        if image.mode == "P" and not palette:
            numbers = image.getpalette() or []
            palette = tuple((r, g, b) for r, g, b in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=False))
        values |= set(np.unique(np.asarray(image)).tolist())
    return MaskFacts(coloured, tuple(sorted(int(value) for value in values)), palette)


def usual_palette(count: int) -> tuple[Colour, ...]:
    """Colours that differ: nine hues, then the same paler and darker, and so on; the first class is dark."""
    colours: list[Colour] = [(40, 40, 40)]
    for number in range(count - 1):
        around = number // 9
        hue = (0.11 + (4 * number % 9) / 9 + around / 27) % 1
        red, green, blue = colorsys.hsv_to_rgb(hue, (0.75, 0.4, 0.95)[around % 3], (0.95, 0.85, 0.55)[around % 3])
        colours.append((round(255 * red), round(255 * green), round(255 * blue)))
    return tuple(colours[:count])


def codes_from_json(values: Mapping[str, Any]) -> Codes:
    return Codes(tuple(values["names"]), tuple((r, g, b) for r, g, b in values["colours"]))
