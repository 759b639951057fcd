"""Making images worse on purpose: the input half of training pairs for restoration."""

from __future__ import annotations

import hashlib
import io
import os
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from goodfit.data.images.decode import UnreadableImage, decode_whole, without_pillows_warnings
from goodfit.data.images.find import images_in
from goodfit.data.images.grey_range import inspect_deep
from goodfit.data.images.opening import read_image_file
from goodfit.errors import DataError, UsageError
from goodfit.store.files import replacing

Image = np.ndarray  # (H, W, 3) uint8
LETTERS = np.array(list(string.ascii_letters))


@dataclass(frozen=True)
class Degradation:
    """A way of making an image worse.

    Attributes:
        make: (image, strength, random) -> the encoded file.
        strength: the usual one; None: it has none.
        lowest, highest: strengths that make sense.
        unit: what the strength is, in words.
    """

    make: Callable[[Image, float, np.random.Generator], bytes]
    strength: float | None
    lowest: float
    highest: float
    unit: str
    ending: str = ".png"


@dataclass(frozen=True)
class Degraded:
    """How many images were written, and which could not be read, with the reason."""

    written: int
    unreadable: list[tuple[Path, str]]


def _png(image: Image) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image).save(file, format="PNG", compress_level=3)
    return file.getvalue()


def _jpeg(image: Image, quality: float, random: np.random.Generator) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image).save(file, format="JPEG", quality=round(quality))
    return file.getvalue()


def _noise(image: Image, deviation: float, random: np.random.Generator) -> bytes:
    noisy = image + random.normal(0, deviation, image.shape)
    return _png(noisy.round().clip(0, 255).astype(np.uint8))


def _blur(image: Image, radius: float, random: np.random.Generator) -> bytes:
    from scipy.ndimage import gaussian_filter

    blurred = gaussian_filter(image.astype(np.float32), sigma=(radius, radius, 0), mode="reflect")
    return _png(blurred.round().clip(0, 255).astype(np.uint8))


def _downscale(pixels: Image, factor: float, random: np.random.Generator) -> bytes:
    """Smaller by the mean over areas, and back to its size by bicubic interpolation."""
    from PIL import Image

    image = Image.fromarray(pixels)
    small = (max(1, round(image.width / factor)), max(1, round(image.height / factor)))
    shrunk = image.resize(small, Image.Resampling.BOX)
    return _png(np.asarray(shrunk.resize(image.size, Image.Resampling.BICUBIC)))


def _text(pixels: Image, lines: float, random: np.random.Generator) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    for _ in range(round(lines)):
        letters = "".join(random.choice(LETTERS, int(random.integers(4, 16))))
        font = ImageFont.load_default(size=max(6.0, float(random.uniform(0.05, 0.12)) * min(image.size)))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        place = (float(random.uniform(-0.1, 0.7)) * image.width, float(random.uniform(0, 0.9)) * image.height)
        draw.text(place, letters, fill=colour, font=font)
    return _png(np.asarray(image))


def _grey(image: Image, _: float, random: np.random.Generator) -> bytes:
    """The luma of ITU-R 601, in all three channels."""
    from PIL import Image

    return _png(np.asarray(Image.fromarray(image).convert("L").convert("RGB")))


KINDS = {
    "jpeg": Degradation(_jpeg, 10, 1, 95, "quality", ".jpg"),
    "noise": Degradation(_noise, 25, 0.1, 255, "standard deviation, in 0..255"),
    "blur": Degradation(_blur, 2, 0.1, 50, "standard deviation, px"),
    "downscale": Degradation(_downscale, 2, 1.01, 32, "factor"),
    "text": Degradation(_text, 5, 1, 100, "lines"),
    "grey": Degradation(_grey, None, 0, 0, ""),
}


def degrade(
    clean: Path,
    output: Path,
    kind: str,
    *,
    strength: float | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Degraded:
    """Write a worse copy of every image of a folder, of the same name and in the same place.

    Args:
        clean: a folder of images, with or without folders in it.
        output: the folder to make.
        kind: jpeg, noise, blur, downscale, text or grey.
        strength: the quality of jpeg (10), the standard deviation of noise (25) or blur (2 px), the factor of downscale
            (2), the lines of text (5).
        seed: an image's noise is a function of the seed and its place in the folder alone.
        progress: called with (images done, images).

    Raises:
        UsageError: no such kind, or a strength that it cannot have.
        DataError: no images, two that would be written under one name, or files in the way.
        DiskError: no room or no permission.
    """
    if kind not in KINDS:
        raise UsageError(f"--kind {kind} is not known", fix=f"Choose one of {', '.join(KINDS)}")
    degradation = KINDS[kind]
    if strength is not None and degradation.strength is None:
        raise UsageError(f"{kind} has no strength", fix="Leave --strength out")
    if strength is not None and not degradation.lowest <= strength <= degradation.highest:
        raise UsageError(
            f"--strength {strength:g} is out of range for {kind}",
            fix=f"Give the {degradation.unit}, {degradation.lowest:g} to {degradation.highest:g}",
        )
    amount = strength if strength is not None else degradation.strength or 0.0
    if not clean.is_dir():
        raise DataError("no such folder", where=clean, fix="Give a folder of clean images")
    inside = output.resolve()
    if inside == clean.resolve() or clean.resolve() in inside.parents:
        raise DataError("it lies in the folder of clean images", where=output, fix="Choose another -o")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        what = "holds files already" if output.is_dir() else "is a file"
        raise DataError(
            f"this place {what}; degraded images need a folder of their own", where=output, fix="Choose another -o"
        )
    paths = images_in(clean)
    if not paths:
        raise DataError("no images in it", where=clean, fix="Give a folder of clean images")
    with without_pillows_warnings():
        deep = inspect_deep(paths)  # on one scale, by which a fit reads the clean images as well
    grey_range = deep.grey_range if deep is not None else None
    targets = _targets(clean, output, paths, degradation.ending)

    def write_degraded(path: Path) -> str | None:
        """The reason where it cannot be read."""
        try:
            image = decode_whole(read_image_file(path), 3, grey_range)
        except UnreadableImage as error:
            return str(error)
        except OSError as error:
            return (error.strerror or str(error)).lower()
        place = path.relative_to(clean).with_suffix("").as_posix()
        key = hashlib.sha256(f"{seed}/{place}".encode()).digest()
        random = np.random.default_rng(int.from_bytes(key[:8], "little"))
        data = degradation.make(image, amount, random)
        with replacing(targets[path]) as temporary:
            temporary.write_bytes(data)
        return None

    unreadable: list[tuple[Path, str]] = []
    with without_pillows_warnings(), ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(write_degraded, path) for path in paths]
        try:
            for done, (path, future) in enumerate(zip(paths, waiting, strict=True), start=1):
                reason = future.result()
                if reason is not None:
                    unreadable.append((path, reason))
                if progress is not None:
                    progress(done, len(paths))
        except BaseException:  # Ctrl-C as well: what is under way is finished, the rest is not begun
            pool.shutdown(cancel_futures=True)
            raise
    if len(unreadable) == len(paths):
        raise DataError(f"not one image can be read; the first: {unreadable[0][1]}", where=unreadable[0][0])
    return Degraded(len(paths) - len(unreadable), unreadable)


def _targets(clean: Path, output: Path, paths: list[Path], ending: str) -> dict[Path, Path]:
    """Where each image goes; nothing is written over."""
    targets: dict[Path, Path] = {}
    taken: dict[Path, Path] = {}
    for path in paths:
        target = output / path.relative_to(clean).with_suffix(ending)
        if target in taken:
            raise DataError(
                f"it and {taken[target].name} would both be written as {target.name}", where=path, fix="Rename one"
            )
        if target.exists():
            raise DataError("there is a file already", where=target, fix="Choose another -o")
        taken[target] = path
        targets[path] = target
    return targets
