"""Images: class folders, with or without train/valid/test above them, or a CSV of path,label."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.cache import ImageCache, load_images
from goodfit.data.images.decode import ImageSettings, UnreadableImage, probe, without_pillows_warnings
from goodfit.data.images.find import Listing, find, image_endings
from goodfit.data.options import SourceOption
from goodfit.data.unreadable import Unreadable
from goodfit.errors import DataError, UsageError

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

BROKEN_SHARE = 0.1  # more broken images than this is a mistake in the data, not a few bad files

OF_OTHERS = {"target", "user", "item", "masks", "clean"}  # who names a column has a table, who names masks has those

OPTIONS = (
    SourceOption(
        "size", str, "Side of the images in pixels, or WIDTHxHEIGHT, as the net sees them [chosen from them]."
    ),
    SourceOption("resize", str, "How images of other shapes become square: crop, squash or pad [crop]."),
    SourceOption("group", str, "Keep images of one group in one part: a CSV column, or a pattern such as '{group}/*'."),
)


class Images:
    """A source of images; see `images`."""

    kind = "images"
    arch: str | None = None
    task: str | None = None
    repeats = False
    block: int | None = None
    times: np.ndarray | None = None

    def __init__(self, listing: Listing, settings: Mapping[str, Any], name: str) -> None:
        self.name = name
        self._listing = listing
        self._settings = dict(settings)
        self.keys: Sequence[str] = listing.keys
        labelled = [label is not None for label in listing.labels]
        self.targets: Sequence[Any] | None = listing.labels if all(labelled) else None
        grouped = [group or key for group, key in zip(listing.groups, listing.keys, strict=True)]
        self.groups: Sequence[str] | None = grouped if any(listing.groups) else None
        self.parts = listing.parts
        self.unreadable: list[Unreadable] = []
        self.image: ImageSettings | None = None
        self.cache: ImageCache | None = None
        self.notes: list[tuple[str, str, str]] = []  # choices made: name, value, why

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def in_shape(self) -> tuple[int, ...]:
        assert self.image is not None, "prepare() comes first"
        return (self.image.channels, self.image.height, self.image.width)

    @property
    def decoded(self) -> int:
        """Images decoded by this object so far: 0 when the cache had them all."""
        return self.cache.decoded if self.cache is not None else 0

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Choose the size (or take it from a run's schema), decode every image once and map the result.

        Raises:
            DataError: over 10% of the images are broken (training data only).
        """
        if schema is not None:
            self.image = ImageSettings.from_json(schema["picture"])
        else:
            self.image = self._choose_settings(accelerator)
        self.cache = load_images(self._listing.paths, self.image, folder=cache, progress=progress)
        self.unreadable = [Unreadable(row, self.keys[row], why) for row, why in sorted(self.cache.unreadable.items())]
        if schema is None:
            self.refuse_many_broken()
        import torch

        self._pixels = torch.from_numpy(self.cache.pixels)

    def refuse_many_broken(self) -> None:
        """Stop where too many images are broken for it to be by chance."""
        if len(self.unreadable) > BROKEN_SHARE * len(self):
            first = self.unreadable[0]
            raise DataError(
                f"{len(self.unreadable)} of {len(self)} images cannot be read; the first: {first.reason}",
                where=first.key,
                fix="Take the broken files away, or fix the paths",
            )

    def learn(self, rows: Tensor) -> None:
        """Nothing: the rows are as they are."""

    def net_options(self) -> dict[str, Any]:
        return {}

    def fixed(self) -> Mapping[str, Any]:
        return {}

    def read(self, rows: Tensor) -> Tensor:
        """(n, C, H, W) uint8, channels last in memory, as they lie in the cache."""
        return self._pixels.index_select(0, rows).permute(0, 3, 1, 2)

    def whole(self) -> Tensor:
        """All images, (N, C, H, W) uint8 over the mapped cache."""
        return self._pixels.permute(0, 3, 1, 2)

    def schema(self) -> dict[str, Any]:
        """What is needed to read new images in the same way."""
        assert self.image is not None, "prepare() comes first"
        return {"kind": self.kind, "picture": self.image.to_json()}

    def remarks(self) -> dict[str, list[str | None]]:
        return {}

    def columns(self) -> Mapping[str, np.ndarray]:
        return {}

    def digests(self) -> Sequence[str] | None:
        """Content digest of every row: equal for equal files."""
        return self.cache.digests if self.cache is not None else None

    def thumbnail(self, row: int) -> np.ndarray | None:
        """(H, W, C) uint8, the image as the net sees it before augmentation."""
        return np.asarray(self.cache.pixels[row]) if self.cache is not None else None

    def release(self) -> None:
        """Let go of the mapped cache."""
        self.cache = None
        if hasattr(self, "_pixels"):
            del self._pixels

    def _choose_settings(self, accelerator: bool) -> ImageSettings:
        shapes, channels = sample_shapes(self._listing.paths)
        given = given_size(self._settings.get("size"))
        (wide, high), why = (given, "given") if given else self._usual_size(shapes, accelerator)
        resize = self._settings.get("resize") or "crop"
        if resize not in ("crop", "squash", "pad"):
            raise UsageError(f"--resize {resize} is not known", fix="Choose crop, squash or pad")
        size = f"{wide}" if wide == high else f"{wide}x{high}"
        self.notes.append(("size", f"{size} px, {'colour' if channels == 3 else 'grey'}", why))
        return ImageSettings(height=high, width=wide, channels=channels, resize=resize)

    def _usual_size(self, shapes: np.ndarray, accelerator: bool) -> tuple[tuple[int, int], str]:
        """Width and height for images of these (width, height), and why."""
        typical = int(np.median(shapes.min(axis=1)))
        if typical <= 64:
            size = max(typical, 16)
            return (size, size), f"the images are about {typical} px"
        most = 224 if accelerator else 128
        size = min(most, typical // 32 * 32)
        return (size, size), f"the images are about {typical} px; {most} is the most by default on this device"


def sample_shapes(paths: Sequence[Path]) -> tuple[np.ndarray, int]:
    """(n, 2) widths and heights of up to 500 images, spread evenly, and 3 channels where one has colours, else 1."""
    shapes: list[tuple[int, int]] = []
    colour = False
    with without_pillows_warnings():
        for path in paths[:: max(1, len(paths) // 500)]:
            try:
                facts = probe(path)
            except UnreadableImage:
                continue  # counted and listed when the whole folder is decoded
            shapes.append((facts.width, facts.height))
            colour = colour or facts.colour
    return np.array(shapes or [(32, 32)]), 3 if colour else 1


def given_size(text: str | int | None) -> tuple[int, int] | None:
    """Width and height of `96` or `240x180`.

    Raises:
        UsageError: neither, or a side out of range.
    """
    if text is None:
        return None
    sides = str(text).lower().split("x")
    if len(sides) > 2 or not all(side.isdigit() for side in sides):
        raise UsageError(f"--size {text} is no size", fix="Give a side in pixels such as 96, or WIDTHxHEIGHT")
    wide, high = int(sides[0]), int(sides[-1])
    if not (8 <= wide <= 4096 and 8 <= high <= 4096):
        raise UsageError(f"--size {text} is out of range", fix="Give sides from 8 to 4096 pixels")
    return wide, high


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
        resize: crop (the middle), squash or pad.
        group: images of one group stay in one part: a column of the CSV, or a pattern with {group} matched against
            the end of the path, such as "{group}/*" (the image's own folder) or "{group}_*.jpg".

    Raises:
        DataError: nothing to read there.
    """
    root = Path(path)
    listing = find(root, group)
    for part, place in (("valid", valid), ("test", test)):
        if place is None:
            continue
        listing.join(find(Path(place), group), part, valid_given=valid is not None)
    return Images(listing, {"size": size, "resize": resize}, name=root.resolve().stem)


def accepts(path: Path, given: Mapping[str, Any]) -> bool:
    """Whether this place looks like images: a folder, an image, or a CSV whose first column names images."""
    if OF_OTHERS & given.keys():
        return False
    if path.is_dir():
        return not any(path.glob("*.parquet"))  # that is a table in several files
    if path.suffix.lower() in image_endings():
        return True
    if path.suffix.lower() not in (".csv", ".tsv"):
        return False
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        next(rows, None)
        first = next(rows, None)
    return bool(first) and any(Path(cell).suffix.lower() in image_endings() for cell in first or [])


def open_path(path: Path, *, valid: Path | None = None, test: Path | None = None, **options: Any) -> Images:
    """`images`, by the name under which every source file offers its opening function to the command line."""
    return images(path, valid=valid, test=test, **options)
