"""The images that rows are named after, small, for a page: a key such as photos/cat/3.jpg that is a file here."""

from __future__ import annotations

import os
from collections.abc import Sequence

from goodfit.data.images.decode import ImageSettings, UnreadableImage, decode, probe
from goodfit.data.images.formats import image_endings
from goodfit.data.images.opening import read_image_file
from goodfit.report.thumbnail import THUMBNAIL_SIDE, thumbnail_uri

IMAGES_SHOWN = 60  # of the rows that differ most: up to 1.3 MB as text


def row_images(keys: Sequence[str]) -> list[str | None]:
    """The image of each of the first rows as a data: address, as its file is now.

    Args:
        keys: of the rows that are shown, as predictions.csv has them: paths from the folder of the fit.

    Returns:
        None of a row whose key is not the path of an image that can be read, and of rows after the first 60.
    """
    return [_image(key) if at < IMAGES_SHOWN else None for at, key in enumerate(keys)]


def words_on_images(keys: Sequence[str], images: Sequence[str | None]) -> str:
    """What stands above the rows about their images; empty where rows are not named after images."""
    if not any(_is_named_image(key) for key in keys):
        return ""
    if not any(images):
        return " Their images are not shown: no file of these names is found from the folder of this command."
    if len(keys) > IMAGES_SHOWN:
        return f" The first {IMAGES_SHOWN} are shown with the images as the files are now."
    return " Images are shown as the files are now."


def _is_named_image(key: str) -> bool:
    return os.path.splitext(key)[1].lower() in image_endings()  # noqa: PTH122  # also of "a.zip!b.png"


def _image(key: str) -> str | None:
    from pathlib import Path

    path = Path(key)
    if "\0" in key or not _is_named_image(key) or not path.is_file():
        return None
    try:
        facts = probe(path)
        share = min(1.0, THUMBNAIL_SIDE / max(facts.height, facts.width))
        high, wide = (max(1, round(share * side)) for side in (facts.height, facts.width))
        return thumbnail_uri(decode(read_image_file(path), ImageSettings(high, wide, 3 if facts.colour else 1)))
    except UnreadableImage:  # was read when it was scored; the row stands there without
        return None
