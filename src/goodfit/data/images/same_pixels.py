"""Images that were saved in several formats: their files differ, and their pixels are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from math import prod
from pathlib import PurePath

import numpy as np

from goodfit.data.images.image_source import ImageSource
from goodfit.data.source import Source

VALUES_OF_A_MARK = 16_384  # of an image, in whole lines that are spread over it: enough that no other has them
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


def pixel_marks(source: Source) -> np.ndarray | None:
    """(N,) int64: equal for images of the same pixels as the net sees them, whatever their files are.

    None where images are not kept decoded, or the source holds none.
    """
    if not isinstance(source, ImageSource) or source.cache is None or source.streamed:
        return None
    pixels, broken = source.cache.pixels, source.cache.unreadable
    every = -(-prod(pixels.shape[1:]) // VALUES_OF_A_MARK)
    marks = np.empty(len(pixels), dtype=np.int64)
    for row, image in enumerate(pixels):
        content = f"no image {row}".encode() if row in broken else image[::every].tobytes()
        marks[row] = int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "little", signed=True)
    return marks


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
