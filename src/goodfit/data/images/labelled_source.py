"""What sources of images with labels have in common: the size that suits them, wherever the images lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from goodfit.data.columns import Labels, present_of
from goodfit.data.images.image_source import ImageSource
from goodfit.data.images.label_numbers import LabelForm, LabelNumbers, in_numbers, label_form, label_numbers
from goodfit.data.images.listing import Listing
from goodfit.data.images.sizes import (
    CUT_OFF_WORTH_SAYING,
    ImageSample,
    are_photos,
    long_shape,
    mean_cut_off,
    share_cut_off,
)
from goodfit.data.images.stored import ImagePlace
from goodfit.data.packed import Chained, Made, Paths, Texts, alike
from goodfit.data.source import PhotoNet
from goodfit.data.tables.targets import NAMES_AT_LEAST, NAMES_SHARE
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.options import Option

SMALL_SIDE = 64  # px: images up to this side are kept at their own size
SMALLEST_SIDE = 16  # px, of the size that is chosen
PHOTOS_AT_THE_NETS_SIZE = 10_000  # more of them are seen smaller, at half the cost of a photo
PHOTOS_SEEN_LARGER = 2_000  # and fewer larger where they are so large, at five thirds of it
CUT_OFF_SHARE = 0.1  # of the images, of which the middle is not all, from which the way of resizing matters
LARGEST_SIDE, LARGEST_SIDE_ON_ACCELERATOR = 128, 224  # px, of the size that is chosen
SIZE = Option(
    "size",
    str,
    "Side of the images in pixels, or WIDTHxHEIGHT, as the net sees them [chosen from them].",
    "Images",
)


class LabelledImages(ImageSource):
    """A source of images with a label, several, or none each."""

    reads_for: ClassVar[str] = "images"
    streams = True
    _photo_net: PhotoNet | None = None
    _label_form: LabelForm | None = None
    _task: str | None = None  # that the labels say, where not by their kind

    def __init__(
        self, listing: Listing, settings: Mapping[str, Any], name: str, *, places: Sequence[ImagePlace] | None = None
    ) -> None:
        count = len(listing.keys)
        labels = alike(listing.labels)
        keys = Texts(listing.keys) if isinstance(listing.keys, list) else listing.keys
        if places is None:
            paths = listing.paths.texts if isinstance(listing.paths, Paths) else Texts(map(str, listing.paths))
            if all(key == path for key, path in zip(keys, paths, strict=True)):
                keys = paths  # once
            places = Made(count, lambda row: Path(paths[row]))
        packed = replace(listing, paths=[], keys=keys, labels=labels)
        labelled = present_of(labels).any()
        super().__init__(packed, settings, name, targets=labels if labelled else None, places=places)
        self._listing = replace(listing, paths=[], keys=[], labels=[], parts=[], groups=[])  # the rows are elsewhere

    @classmethod
    def of_places(
        cls,
        listed: Callable[[Path, str | None], tuple[Listing, Sequence[ImagePlace]]],
        data: Path,
        valid: Any,
        test: Any,
        target: str | None,
        settings: Mapping[str, Any],
    ) -> Self:
        """A source of images that lie in archives or files of many, with parts that may lie apart.

        Args:
            listed: the images of a place and what is known of them, by the target.
        """
        listing, first = listed(data, target)
        images = [first]
        for part, place in (("valid", valid), ("test", test)):
            if place is not None:
                more, further = listed(Path(place), target)
                listing.join(more, part, valid_given=valid is not None)
                images.append(further)
        return cls(listing, settings, data.resolve().stem, places=Chained(images) if len(images) > 1 else first)

    @property
    def task(self) -> str | None:
        return self._task

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """As of all images; labels that are numbers to predict make the task regression."""
        column = self._listing.label_column
        self._read_label_form(column, schema)
        if schema is None and isinstance(self.targets, Labels):
            taken = label_numbers(self.targets, column) if column is not None else LabelNumbers(measured=False)
            if not taken.measured:
                _refuse_names_of_images(self.targets, column)
            self._task = "regression" if taken.measured else None
            self.notes += [] if taken.note is None else [taken.note]
            self.doubts += taken.doubts
        super().prepare(schema, accelerator=accelerator, cache=cache, progress=progress)

    def _read_label_form(self, column: str | None, schema: Mapping[str, Any] | None) -> None:
        """Labels such as 12 kg as numbers: those of a fit where they are so, those of new data as the run's are."""
        if not isinstance(self.targets, Labels):
            return
        if schema is not None:
            self._label_form = LabelForm(*schema["labels"]) if "labels" in schema else None
        elif column is not None and (form := label_form(self.targets, column)) is not None:
            self._label_form = form
            self.notes.append(("labels", column, form.why))
        if self._label_form is not None:
            self.targets = in_numbers(self.targets, self._label_form)

    def schema(self) -> dict[str, Any]:
        form = self._label_form
        labels = {} if form is None else {"labels": [form.form, form.decimal]}
        cut_off = {"cut_off": round(self.cut_off, 3)} if self.cut_off >= CUT_OFF_WORTH_SAYING else {}
        return super().schema() | labels | cut_off

    def note_new(self, sample: ImageSample, schema: Mapping[str, Any]) -> None:
        """Also where more of them is cut off than of the images that the run was fitted on."""
        super().note_new(sample, schema)
        assert self.image is not None, "the schema says it"
        if self.image.resize != "crop":
            return
        share = mean_cut_off(sample.shapes, self.image.width / self.image.height)
        if share >= self.cut_off + CUT_OFF_WORTH_SAYING:
            size = f"{self.image.width}x{self.image.height}"
            why = f"they have another shape than those that the run was fitted on: it sees their middle, in {size} px"
            self.notes.append(("cut off", f"{share:.0%} of an image", why))

    def expect(self, photo_net: PhotoNet) -> None:
        self._photo_net = photo_net

    def usual_size(self, sample: ImageSample, accelerator: bool) -> tuple[tuple[int, int], str]:
        typical, net = _typical_side(sample), self._photo_net
        if net is not None and self._suit(net, sample):
            smaller, usual, larger = net.side * 5 // 7, net.side, net.side * 9 // 7
            side = usual if len(self) <= PHOTOS_AT_THE_NETS_SIZE else smaller
            side = larger if len(self) <= PHOTOS_SEEN_LARGER and typical >= larger else side
            return (side, side), f"the images are about {typical} px; the pretrained net takes {larger} px or less"
        if typical <= SMALL_SIDE:
            shape = long_shape(sample.shapes, max(typical, SMALLEST_SIDE), SMALL_SIDE)
            return shape, f"the images are about {_in_pixels(sample, shape)}"
        largest = LARGEST_SIDE_ON_ACCELERATOR if accelerator else LARGEST_SIDE
        shape = long_shape(sample.shapes, min(largest, typical // 32 * 32), SMALL_SIDE)
        most = f"at most {largest}{'' if shape[0] == shape[1] else f' x {largest}'} by default on this device"
        return shape, f"the images are about {_in_pixels(sample, shape)}; {most}"

    def usual_resizes(self, sample: ImageSample, ratio: float) -> tuple[str, ...]:
        if share_cut_off(sample.shapes, ratio) < CUT_OFF_SHARE:
            return ("crop",)
        whole = self._photo_net is not None and self._suit(self._photo_net, sample)
        return ("pad" if whole else "crop", "squash")

    def _suit(self, net: PhotoNet, sample: ImageSample) -> bool:
        """Whether the pretrained net will see these images."""
        return net.asked or are_photos(sample.channels, _typical_side(sample), len(self))


def _in_pixels(sample: ImageSample, shape: tuple[int, int]) -> str:
    """What the images usually have: the shorter side, or both where they are long."""
    if shape[0] == shape[1]:
        return f"{_typical_side(sample)} px"
    width, height = (round(float(side)) for side in np.median(sample.shapes, axis=0))
    return f"{width}x{height} px"


def _typical_side(sample: ImageSample) -> int:
    return int(np.median(sample.shapes.min(axis=1)))


def _refuse_names_of_images(labels: Labels, column: str | None) -> None:
    """A class of a single image cannot be learnt: where most are that, they name images, not classes."""
    rows = int(labels.present().sum())
    classes = len(np.unique(labels.codes[labels.present()]))
    if classes >= NAMES_AT_LEAST and classes > NAMES_SHARE * rows:
        where = "class folders" if column is None else f"different labels in the column '{column}'"
        raise DataError(
            f"{counted(rows, 'image')} have {classes:,} {where}: a class of one image cannot be learnt",
            fix="Give classes that have several images each, or numbers to predict",
        )
