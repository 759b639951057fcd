"""The size at which a net sees images: as the user gives it, or chosen from a sample of the images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodfit.data.images.decode import UnreadableImage, probe, without_pillows_warnings
from goodfit.data.images.stored import ImagePlace
from goodfit.errors import UsageError

IMAGES_SAMPLED = 500
PHOTO_SIDE_AT_LEAST = 48  # px, of what is taken for a photo,
GREY_SIDE_AT_LEAST = 65  # and without colours: smaller ones are digits and letters, larger ones X-rays and surfaces
PHOTOS_AT_MOST = 50_000  # that a pretrained net sees in minutes
COLOUR_SHARE = 0.05  # of the images, from which colours are kept: the net sees all of a set in one way
CUT_OFF_AT_LEAST = 0.05  # of an image, from which its middle is not all of it
CUT_OFF_WORTH_SAYING = 0.05  # of the area of an image, as a mean
SMALLEST_SIDE, LARGEST_SIDE = 8, 4096  # px, of a size that is given
LONG, LONGEST = 1.6, 4.0  # times the shorter side: photos of cameras and screens are shorter (3:2), or hardly longer


@dataclass(frozen=True)
class ImageSample:
    """What the headers of up to 500 images say, spread evenly.

    Attributes:
        shapes: (n, 2) widths and heights.
        coloured: how many are stored in colour.
        deep: those whose pixels have more than 8 bits.
        read: how many could be read.
        pages: how many have several pages or frames.
    """

    shapes: np.ndarray
    coloured: int
    deep: tuple[ImagePlace, ...]
    read: int
    pages: int = 0

    @property
    def channels(self) -> int:
        """3 where more than a few are in colour, else 1: a scan in colour among X-rays says nothing of the others."""
        return 3 if self.coloured and self.coloured >= COLOUR_SHARE * self.read else 1


def are_photos(channels: int, side: int, count: int) -> bool:
    """Whether a net pretrained on photos suits images of these channels and this side in px, and so many of them."""
    return side >= (PHOTO_SIDE_AT_LEAST if channels == 3 else GREY_SIDE_AT_LEAST) and count <= PHOTOS_AT_MOST


def sample_images(paths: Sequence[ImagePlace]) -> ImageSample:
    """Look at the headers of some of the images."""
    shapes: list[tuple[int, int]] = []
    deep: list[ImagePlace] = []
    coloured, pages = 0, 0
    with without_pillows_warnings():
        for path in paths[:: max(1, len(paths) // IMAGES_SAMPLED)]:
            try:
                facts = probe(path)
            except UnreadableImage:
                continue  # counted and listed when the whole folder is decoded
            shapes.append((facts.width, facts.height))
            coloured += facts.colour
            pages += facts.pages
            if facts.deep:
                deep.append(path)
    return ImageSample(np.array(shapes or [(32, 32)]), coloured, tuple(deep), len(shapes), pages)


def given_size(text: str | int | None) -> tuple[int, int] | None:
    """Width and height of `96` or `240x180`.

    Raises:
        UsageError: neither, or a side out of range.
    """
    if text is None:
        return None
    sides = str(text).lower().split("x")
    if len(sides) > 2 or not all(side.isdigit() for side in sides):
        raise UsageError(
            f"--size {text} is not a valid size",
            fix="Give a side in pixels such as 96, or WIDTHxHEIGHT such as 240x180",
        )
    width, height = int(sides[0]), int(sides[-1])
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (width, height)):
        raise UsageError(
            f"--size {text} is out of range", fix=f"Give sides from {SMALLEST_SIDE} to {LARGEST_SIDE} pixels"
        )
    return width, height


def share_cut_off(shapes: np.ndarray, ratio: float) -> float:
    """The share of these images (n, 2) of which the largest middle with this ratio of width to height is not all."""
    ratios = shapes[:, 0] / shapes[:, 1] / ratio
    return float((np.minimum(ratios, 1 / ratios) < 1 - CUT_OFF_AT_LEAST).mean())


def mean_cut_off(shapes: np.ndarray, ratio: float) -> float:
    """The share of an image's area beyond that middle, as the mean of these images (n, 2)."""
    ratios = shapes[:, 0] / shapes[:, 1] / ratio
    return float((1 - np.minimum(ratios, 1 / ratios)).mean())


def long_shape(shapes: np.ndarray, side: int, largest: int) -> tuple[int, int]:
    """Width and height for a net that would see a square of this side.

    Where most of the images (n, 2) are long, such as lines of text and spectrograms, theirs: as many pixels as the
    square has where the images have more than that, so that they are seen whole.

    Args:
        side: of the square; largest: the side up to which images keep their own size.
    """
    ratio = float(np.median(shapes[:, 0] / shapes[:, 1]))
    length = min(max(ratio, 1 / ratio), LONGEST)
    if length < LONG:
        return side, side
    short = side if side <= largest else round(side / length**0.5)
    long = round(short * length)
    return (long, short) if ratio > 1 else (short, long)


def typical_shape(shapes: np.ndarray, longest_side: int, *, enlarge: bool = False) -> tuple[tuple[int, int], str]:
    """The median of (n, 2) shapes, its longer side at most so many pixels (or exactly), and the reason."""
    width, height = (int(side) for side in np.median(shapes, axis=0))
    scale = longest_side / max(width, height)
    are = "are" if len(np.unique(shapes, axis=0)) == 1 else "are about"
    why = f"the images {are} {width}x{height}"
    if scale < 1 or enlarge:
        width, height = max(8, round(width * scale)), max(8, round(height * scale))
        why += f"; the longer side is at most {longest_side} by default on this device"
    return (width, height), why
