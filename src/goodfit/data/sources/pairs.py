"""Degraded images with clean ones: image in, image out."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.data.images.cache import ImageCache, load_images
from goodfit.data.images.decode import ImageSettings
from goodfit.data.images.find import Listing
from goodfit.data.images.pairing import in_parts
from goodfit.data.options import SourceOption
from goodfit.data.sources.images import Images, given_size, sample_shapes
from goodfit.data.unreadable import Unreadable
from goodfit.errors import UsageError

MOST_SIDE = 512  # px: more of the middle of an image is not cut out, where the user does not say
SMALL_SHARE = 0.1  # of the images may be smaller than what is cut out; they are mirrored over their edges

OPTIONS = (
    SourceOption("clean", str, "Clean images of the same names: the net learns to restore them."),
    SourceOption("valid_clean", str, "Clean images of the validation part that came apart."),
    SourceOption("test_clean", str, "Clean images of the test part that came apart."),
    SourceOption("size", str, "Side of the middle that is cut out of the images, or WIDTHxHEIGHT [up to 512]."),
)


class Pairs(Images):
    """A source of degraded and clean images; see `pairs`. Targets are (N, C, H, W) uint8."""

    kind = "pairs"
    task: str | None = "restoration"

    def __init__(
        self, listing: Listing, partners: Sequence[Path] | None, settings: Mapping[str, Any], name: str
    ) -> None:
        super().__init__(listing, settings, name)
        self.targets: Any = None
        self._partners = partners
        self._clean: ImageCache | None = None

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """As `Images.prepare`, and the clean images beside them."""
        super().prepare(schema, accelerator=accelerator, cache=cache, progress=progress)
        if self._partners is None:
            return
        assert self.image is not None
        self._clean = load_images(self._partners, self.image, folder=cache, progress=progress)
        known = {item.row for item in self.unreadable}
        self.unreadable += [
            Unreadable(row, self.keys[row], f"its clean image {self._partners[row].name}: {why}")
            for row, why in sorted(self._clean.unreadable.items())
            if row not in known
        ]
        if schema is None:
            self.refuse_many_broken()
        import torch

        self.targets = torch.from_numpy(self._clean.pixels).permute(0, 3, 1, 2)

    def task_options(self) -> dict[str, Any]:
        return {}

    def paths(self) -> Sequence[Path]:
        """Where each image is, to be read at its own size."""
        return self._listing.paths

    def release(self) -> None:
        super().release()
        self._clean, self.targets = None, None

    def _choose_settings(self, accelerator: bool) -> ImageSettings:
        """The middle of the images, never resized: that would take away what is to be restored."""
        shapes, channels = sample_shapes(self._listing.paths)
        if self._partners is not None:
            channels = max(channels, sample_shapes(self._partners)[1])
        given = given_size(self._settings.get("size"))
        if given:
            (wide, high), why = given, "given"
        else:
            wide, high = (min(MOST_SIDE, int(np.quantile(sides, SMALL_SHARE))) for sides in shapes.T)
            typical = "x".join(str(int(side)) for side in np.median(shapes, axis=0))
            why = f"of images of about {typical}"
        if wide < 16 or high < 16:
            raise UsageError(f"images of {wide}x{high} px are too small to restore", fix="Give larger ones")
        self.notes.append(("size", f"the middle {wide}x{high} px, {'colour' if channels == 3 else 'grey'}", why))
        return ImageSettings(height=high, width=wide, channels=channels, resize="cut")


def pairs(
    path: str | os.PathLike[str],
    clean: str | os.PathLike[str] | None = None,
    *,
    valid: str | os.PathLike[str] | None = None,
    valid_clean: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    test_clean: str | os.PathLike[str] | None = None,
    size: int | str | None = None,
) -> Pairs:
    """Degraded images with a clean one each, for restoration: denoise, sharpen, colourise, undo JPEG or text.

    Args:
        path: a folder of degraded images; `goodfit degrade` makes one of clean ones.
        clean: the folder of the clean images, of the same names and sizes. None: images to restore.
        valid, valid_clean, test, test_clean: those parts, where they lie apart.
        size: side of the middle that is cut out of each image, or "240x180"; the images' own, up to 512.

    Raises:
        DataError: nothing to read, images without a clean one, or one of another size: each is named.
    """
    root = Path(path)
    further = {
        part: (Path(place) if place is not None else None, Path(beside) if beside is not None else None)
        for part, place, beside in (("valid", valid, valid_clean), ("test", test, test_clean))
    }
    listing, partners = in_parts(root, Path(clean) if clean is not None else None, further, "clean")
    return Pairs(listing, partners, {"size": size}, name=root.resolve().stem)


def accepts(path: Path, given: Mapping[str, Any]) -> bool:
    """Whoever names clean images has pairs."""
    return "clean" in given


def open_path(path: Path, *, valid: Path | None = None, test: Path | None = None, **options: Any) -> Pairs:
    return pairs(path, valid=valid, test=test, **options)
