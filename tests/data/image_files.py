"""Small image files for tests of what is found and how it is read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def noise(*shape: int, seed: int = 0, high: int = 256) -> np.ndarray:
    """Random bytes, or class numbers below `high`."""
    return np.random.default_rng(seed).integers(0, high, shape).astype(np.uint8)


def put(root: Path, *names: str, side: int = 12) -> Path:
    """A grey image of noise under each name, each its own; gives the folder back."""
    for number, name in enumerate(names):
        save(root / name, noise(side, side, seed=number))
    return root


def many(*folders: str, count: int = 2) -> list[str]:
    """Names of so many images in each folder: a/a-0.png, a/a-1.png."""
    return [f"{folder}/{folder.replace('/', '-')}-{number}.png" for folder in folders for number in range(count)]


def save(path: Path, pixels: np.ndarray, *, orientation: int | None = None, **options: Any) -> Path:
    """Write pixels as an image of the format that the name says, with an orientation of EXIF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if orientation is not None:
        options["exif"] = Image.Exif()
        options["exif"][0x0112] = orientation
    Image.fromarray(pixels).save(path, **options)
    return path


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()
