"""Degraded images with clean ones: image in, image out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.decode import ImageSettings
from goodfit.data.images.encoded import Settings
from goodfit.data.images.paired_source import ORIENTATION, PairedSource, find_in_parts
from goodfit.data.images.sizes import ImageSample, given_size, sample_images
from goodfit.data.source import Claim, Strength
from goodfit.errors import UsageError
from goodfit.options import Option

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

LARGEST_SIDE = 512  # px: no larger middle of an image is cut out, where the user does not say
SMALLEST_SIDE = 16  # px
SMALLER_SHARE = 0.1  # of the images may be smaller than what is cut out; they are mirrored over their edges


class Pairs(PairedSource):
    """A source of degraded and clean images; see `pairs`. Targets are (N, C, H, W) uint8."""

    kind = "pairs"
    task = "restoration"
    partner = "clean image"
    option = "clean"
    options = (
        Option("clean", Path, "Clean images of the same names: the net learns to restore them.", "Restoration"),
        Option("valid_clean", Path, "Clean images of the separate validation part.", "Restoration"),
        Option("test_clean", Path, "Clean images of the separate test part.", "Restoration"),
        Option(
            "size",
            str,
            "Side in pixels, or WIDTHxHEIGHT, of the middle that is cut out of each image [theirs, up to 512].",
            "Restoration",
        ),
        replace(ORIENTATION, group="Restoration"),
    )

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Whatever comes with clean images."""
        return Claim(Strength.OPTION, "--clean is given") if "clean" in given else None

    def partner_settings(self, schema: Mapping[str, Any] | None) -> Settings:
        assert self.image is not None
        return self.image

    def as_targets(self, pixels: np.ndarray, schema: Mapping[str, Any] | None) -> Tensor:
        import torch

        return torch.from_numpy(pixels).permute(0, 3, 1, 2)

    def usual_size(self, sample: ImageSample, accelerator: bool) -> tuple[tuple[int, int], str]:
        shapes = sample.shapes
        width, height = (min(LARGEST_SIDE, int(np.quantile(sides, SMALLER_SHARE))) for sides in shapes.T)
        typical = "x".join(str(int(side)) for side in np.median(shapes, axis=0))
        return (width, height), f"of images of about {typical}"

    def choose_settings(self, accelerator: bool) -> ImageSettings:
        """The middle of the images, never resized: that would take away what is to be restored."""
        sample = sample_images(self._listing.paths)
        channels = 3 if sample.coloured else 1  # a single one in colour is to be given back in colour
        if self._partners is not None:
            clean = sample_images(self._partners)
            channels = 3 if clean.coloured else channels
            sample = replace(sample, deep=(*sample.deep, *clean.deep), read=sample.read + clean.read)
        given = given_size(self._settings.get("size"))
        (width, height), why = (given, "given") if given else self.usual_size(sample, accelerator)
        if min(width, height) < SMALLEST_SIDE:
            raise UsageError(f"images of {width}x{height} px are too small to restore", fix="Give larger ones")
        self.notes.append(("size", f"the middle {width}x{height} px, {'colour' if channels == 3 else 'grey'}", why))
        return ImageSettings(
            height=height, width=width, channels=channels, resize="cut", grey_range=self.choose_grey_range(sample)
        )


def pairs(
    path: str | os.PathLike[str],
    clean: str | os.PathLike[str] | None = None,
    *,
    valid: str | os.PathLike[str] | None = None,
    valid_clean: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    test_clean: str | os.PathLike[str] | None = None,
    orientation: str | None = None,
    size: int | str | None = None,
) -> Pairs:
    """Degraded images with a clean one each, for restoration: denoise, sharpen, colourise, undo JPEG or text.

    Args:
        path: a folder of degraded images; `goodfit degrade` makes one of clean ones.
        clean: the folder of the clean images, of the same names and sizes. None: images to restore.
        valid, valid_clean, test, test_clean: those parts, where they lie apart.
        orientation: upright where EXIF data turns degraded images and the clean ones are upright as they are, stored
            where both are to be turned; by their shapes when None.
        size: side of the middle that is cut out of each image, or "240x180"; the images' own, up to 512.

    Raises:
        DataError: nothing to read, images without a clean one, or one of another size: each is named.
    """
    listing, partners = find_in_parts(path, clean, "clean", valid=(valid, valid_clean), test=(test, test_clean))
    return Pairs(listing, partners, {"size": size, "orientation": orientation}, Path(path).resolve().stem)
