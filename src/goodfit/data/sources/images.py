"""Images: class folders, with or without train/valid/test above them, or a CSV of path,label."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.data.images.find import find, image_endings
from goodfit.data.images.image_source import RESIZE, ImageSource
from goodfit.data.source import Claim, Strength
from goodfit.options import Option

SMALL_SIDE = 64  # px: images up to this side are kept at their own size
SMALLEST_SIDE = 16  # px, of the size that is chosen
LARGEST_SIDE, LARGEST_SIDE_ON_ACCELERATOR = 128, 224  # px, of the size that is chosen


class Images(ImageSource):
    """A source of images with labels; see `images`."""

    kind = "images"
    options = (
        Option(
            "size",
            str,
            "Side of the images in pixels, or WIDTHxHEIGHT, as the net sees them [chosen from them].",
            "Images",
        ),
        RESIZE,
        Option(
            "group",
            str,
            "Keep images of one group in one part: a column of the CSV, or a pattern such as '{group}/*'.",
            "Images",
        ),
    )

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Any folder, an image, or a CSV that lists images."""
        if path.is_dir():
            return Claim(Strength.GENERIC, "it is a folder")
        ending = path.suffix.lower()
        if ending in image_endings():
            return Claim(Strength.ENDING, f"its name ends in {ending}")
        if ending in (".csv", ".tsv") and _lists_images(path):
            return Claim(Strength.CONTENT, "its first row names an image")
        return None

    def usual_size(self, shapes: np.ndarray, accelerator: bool) -> tuple[tuple[int, int], str]:
        typical = int(np.median(shapes.min(axis=1)))
        if typical <= SMALL_SIDE:
            size = max(typical, SMALLEST_SIDE)
            return (size, size), f"the images are about {typical} px"
        largest = LARGEST_SIDE_ON_ACCELERATOR if accelerator else LARGEST_SIDE
        size = min(largest, typical // 32 * 32)
        return (size, size), f"the images are about {typical} px; at most {largest} by default on this device"


def _lists_images(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        next(lines, None)
        cells = next(lines, None) or []
    return any(Path(cell).suffix.lower() in image_endings() for cell in cells)


def images(
    path: str | os.PathLike[str],
    *,
    valid: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    size: int | str | None = None,
    resize: str | None = None,
    group: str | None = None,
) -> Images:
    """Images in class folders, or listed in a CSV of path,label.

    Args:
        path: a folder with a folder for each class; or with train/, valid/ (val/) and test/ above the classes; or a
            CSV whose first line names its columns (path and label, or the first two; several labels separated by `|`
            make a multi-label task; a column part or split names the part). A folder of images without class
            folders is data to predict.
        valid, test: further places of the same kind, whose images are the validation or test part.
        size: side in pixels, or "240x180", as the net sees them; chosen from the images when None.
        resize: crop (the middle), squash or pad, for images of another shape; crop when None.
        group: images of one group stay in one part: a column of the CSV, or a pattern with {group} matched against
            the end of the path, such as "{group}/*" (the image's own folder) or "{group}_*.jpg".

    Raises:
        DataError: nothing to read there.
    """
    root = Path(path)
    listing = find(root, group)
    for part, place in (("valid", valid), ("test", test)):
        if place is not None:
            listing.join(find(Path(place), group), part, valid_given=valid is not None)
    labelled = all(label is not None for label in listing.labels)
    settings = {"size": size, "resize": resize}
    return Images(listing, settings, root.resolve().stem, targets=listing.labels if labelled else None)
