"""What sources over image files have in common: every image is decoded once, and read from the mapped cache."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.cache import ImageCache, load_images
from goodfit.data.images.decode import ImageSettings
from goodfit.data.images.find import Listing
from goodfit.data.images.sizes import given_size, sample_shapes
from goodfit.data.source import Source, Unreadable
from goodfit.errors import DataError
from goodfit.options import Option

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

UNREADABLE_SHARE_AT_MOST = 0.1  # with more, the paths or the data are wrong, not a few files

RESIZE = Option(
    "resize",
    str,
    "How images of another shape are brought to the size: crop (the middle), squash or pad [crop].",
    "Images",
    choices=("crop", "squash", "pad"),
)


class ImageSource(Source):
    """A source over image files.

    Args:
        listing: the files.
        settings: size and resize as the user gave them, None where not; further ones are for the subclass.
        name: names the run folder.
    """

    noun = "image"
    images = True

    def __init__(
        self, listing: Listing, settings: Mapping[str, Any], name: str, *, targets: Sequence[Any] | None = None
    ) -> None:
        groups = [group or key for group, key in zip(listing.groups, listing.keys, strict=True)]
        super().__init__(
            name, listing.keys, targets=targets, parts=listing.parts, groups=groups if any(listing.groups) else None
        )
        self._listing = listing
        self._settings = dict(settings)
        self.image: ImageSettings | None = None
        self.cache: ImageCache | None = None
        self._pixels: Tensor | None = None  # (N, H, W, C) uint8 over the mapped cache

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
        import torch

        if schema is not None:
            self.image = ImageSettings.from_json(schema["picture"])
        else:
            self.image = self.choose_settings(accelerator)
        self.cache = load_images(self._listing.paths, self.image, folder=cache, progress=progress)
        self.unreadable = [Unreadable(row, self.keys[row], why) for row, why in sorted(self.cache.unreadable.items())]
        if schema is None:
            self.refuse_many_unreadable()
        self._pixels = torch.from_numpy(self.cache.pixels)

    def refuse_many_unreadable(self) -> None:
        """Stop where too many images are broken for it to be by chance."""
        if len(self.unreadable) > UNREADABLE_SHARE_AT_MOST * len(self):
            first = self.unreadable[0]
            raise DataError(
                f"{len(self.unreadable)} of {len(self)} images cannot be read; the first: {first.reason}",
                where=first.key,
                fix="Remove the broken files, or fix the paths",
            )

    @abstractmethod
    def usual_size(self, shapes: np.ndarray, accelerator: bool) -> tuple[tuple[int, int], str]:
        """Width and height for images of these (n, 2) widths and heights, and why."""

    def choose_settings(self, accelerator: bool) -> ImageSettings:
        """How images are read where no run says it; the choice is noted."""
        shapes, channels = sample_shapes(self._listing.paths)
        given = given_size(self._settings.get("size"))
        (width, height), why = (given, "given") if given else self.usual_size(shapes, accelerator)
        resize = RESIZE.checked(self._settings.get("resize")) or "crop"
        size = f"{width}" if width == height else f"{width}x{height}"
        self.notes.append(("size", f"{size} px, {'colour' if channels == 3 else 'grey'}", why))
        return ImageSettings(height=height, width=width, channels=channels, resize=resize)

    def read(self, rows: Tensor) -> Tensor:
        """(n, C, H, W) uint8, channels last in memory, as they lie in the cache."""
        assert self._pixels is not None, "prepare() comes first"
        return self._pixels.index_select(0, rows).permute(0, 3, 1, 2)

    def whole(self) -> Tensor:
        """All images, (N, C, H, W) uint8 over the mapped cache."""
        assert self._pixels is not None, "prepare() comes first"
        return self._pixels.permute(0, 3, 1, 2)

    def schema(self) -> dict[str, Any]:
        """What is needed to read new images in the same way."""
        assert self.image is not None, "prepare() comes first"
        return {"kind": self.kind, "picture": self.image.to_json()}

    def digests(self) -> Sequence[str] | None:
        """Content digest of every row: equal for equal files."""
        return self.cache.digests if self.cache is not None else None

    def thumbnail(self, row: int) -> np.ndarray | None:
        """(H, W, C) uint8, the image as the net sees it before augmentation."""
        return np.asarray(self.cache.pixels[row]) if self.cache is not None else None

    def release(self) -> None:
        """Let go of the mapped cache."""
        self.cache, self._pixels = None, None
