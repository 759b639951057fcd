"""What sources of images with a partner image each have in common: masks, clean images."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from goodfit.data.images.cache import ImageCache, load_images
from goodfit.data.images.encoded import Settings
from goodfit.data.images.image_source import ImageSource
from goodfit.data.images.listing import Listing
from goodfit.data.images.pair_orientation import ORIENTATION as ORIENTATION
from goodfit.data.images.pair_orientation import check_pairs, choose_turns
from goodfit.data.images.pairing import in_parts
from goodfit.data.source import DenseSource, Unreadable

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    import numpy as np
    from torch import Tensor

Place = str | PathLike[str]


class PairedSource(ImageSource, DenseSource):
    """Images, and of each a partner that is the target.

    Args:
        partners: one an image, in the same order; None for data to predict.
    """

    partner: ClassVar[str]  # what messages call a partner: "mask"
    option: ClassVar[str]  # by which the user gives them

    def __init__(
        self, listing: Listing, partners: Sequence[Path] | None, settings: Mapping[str, Any], name: str
    ) -> None:
        super().__init__(listing, settings, name)
        self._partners = partners
        self._orientation: str | None = None  # how partners are turned whose shape does not tell
        self._pairs = check_pairs(listing.paths, partners, self.option) if partners is not None else []
        self._partner_cache: ImageCache | None = None

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """As `ImageSource.prepare`, and the partners with the images.

        Raises:
            DataError: over 10% of the images or partners are broken (training data only), or a partner is not as it
                has to be.
        """
        turns = self._turns(schema)
        super().prepare(schema, accelerator=accelerator, cache=cache, progress=progress)
        if self._partners is None:
            return
        settings = self.partner_settings(schema)
        self._partner_cache = load_images(self._partners, settings, turns=turns, folder=cache, progress=progress)
        counted = {item.row for item in self.unreadable}
        self.unreadable += [
            Unreadable(row, self.keys[row], f"its {self.partner} {self._partners[row].name}: {why}")
            for row, why in sorted(self._partner_cache.unreadable.items())
            if row not in counted
        ]
        if schema is None:
            self.refuse_many_unreadable()
        self.targets = self.as_targets(self._partner_cache.pixels, schema)

    def _turns(self, schema: Mapping[str, Any] | None) -> list[int | None]:
        """The orientation that each partner is turned by, None: by its own."""
        fitted = (schema or {}).get("orientation")
        given = ORIENTATION.checked(self._settings.get("orientation"))
        turns = choose_turns(self._pairs, self._listing.paths, self.partner, given, fitted)
        self._orientation = turns.chosen or fitted
        if turns.note is not None:
            self.notes.append(turns.note)
        return turns.turns

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "orientation": self._orientation}

    @abstractmethod
    def partner_settings(self, schema: Mapping[str, Any] | None) -> Settings:
        """How the partners are decoded: chosen from them, or as the schema of a run says."""

    @abstractmethod
    def as_targets(self, pixels: np.ndarray, schema: Mapping[str, Any] | None) -> Tensor:
        """Decoded partners (N, H, W, C) uint8 as targets, without a copy."""

    def paths(self) -> Sequence[Path]:
        """Where each image is, to be read at its own size."""
        return self._listing.paths

    def release(self) -> None:
        super().release()
        self._partner_cache, self.targets = None, None


def find_in_parts(
    path: Place,
    partners: Place | None,
    option: str,
    *,
    valid: tuple[Place | None, Place | None],
    test: tuple[Place | None, Place | None],
) -> tuple[Listing, list[Path] | None]:
    """The images of all parts and their partners; `valid` and `test` are (images, partners) that lie apart."""

    def place(given: Place | None) -> Path | None:
        return Path(given) if given is not None else None

    apart = {part: (place(images), place(beside)) for part, (images, beside) in (("valid", valid), ("test", test))}
    return in_parts(Path(path), place(partners), apart, option)
