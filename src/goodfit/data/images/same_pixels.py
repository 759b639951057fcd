"""Images that were saved in several formats: their files differ, and their pixels are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from pathlib import PurePath

import numpy as np

from goodfit.data.images.image_source import ImageSource
from goodfit.data.source import Source

ONE_FORMAT = {".jpg": ".jpeg", ".jpe": ".jpeg", ".jfif": ".jpeg", ".tif": ".tiff"}


def twins(source: Source, *, inputs: bool = False) -> Sequence[str] | None:
    """The digests of a source, to look for copies: one for images of the same pixels in several formats."""
    files = source.digests(inputs=inputs)
    if files is None or not isinstance(source, ImageSource) or source.cache is None or source.streamed:
        return files
    broken = source.cache.unreadable
    if several_formats(source.keys):
        return with_same_pixels(files, source.cache.pixels, broken)
    return [f"{digest} {row}" if row in broken else digest for row, digest in enumerate(files)] if broken else files


def several_formats(keys: Sequence[str]) -> bool:
    """Whether these images, by the endings of their names, are of several formats."""
    endings = (PurePath(key).suffix.lower() for key in keys)
    return len({ONE_FORMAT.get(ending, ending) for ending in endings}) > 1


def with_same_pixels(digests: Sequence[str], pixels: np.ndarray, unreadable: Collection[int]) -> list[str]:
    """Digests of the files, of which those of the same pixels are one; a file that cannot be read is like no other.

    Args:
        pixels: (N, H, W, C) uint8, as the net sees them.
    """
    first: dict[bytes, str] = {}
    merged = []
    for row, digest in enumerate(digests):
        if row in unreadable:
            merged.append(f"{digest} {row}")
            continue
        content = hashlib.blake2b(pixels[row].tobytes(), digest_size=16).digest()
        merged.append(first.setdefault(content, digest))
    return merged
