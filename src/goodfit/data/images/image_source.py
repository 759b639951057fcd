"""What sources over image files have in common: images are decoded once into the cache, or each time they are read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from goodfit.data.images.appearance import Appearance
from goodfit.data.images.cache import ImageCache, load_or_stream
from goodfit.data.images.class_in_name import hint_of_classes
from goodfit.data.images.decode import GreyRange, ImageSettings, without_pillows_warnings
from goodfit.data.images.encoded import EncodedImages
from goodfit.data.images.grey_range import inspect_deep
from goodfit.data.images.listing import Listing
from goodfit.data.images.sizes import ImageSample, given_size, mean_cut_off, sample_images
from goodfit.data.images.stored import ImagePlace
from goodfit.data.images.stream import ImageStream
from goodfit.data.packed import alike
from goodfit.data.source import BLOCKS_SHUFFLED_TOGETHER, Source, Unreadable
from goodfit.errors import UsageError
from goodfit.formatting import counted
from goodfit.options import Option

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

NOTES_ON_FILES = ("left out", "images", "encoding", "separator", "first line", "orientation")
IMAGES_LOOKED_AT = 200  # for such as are blank

RESIZE = Option(
    "resize",
    str,
    "How images of another shape are brought to the size: crop (the middle), squash or pad "
    "[crop; photos are seen whole].",
    "Images",
    choices=("crop", "squash", "pad"),
)
STREAM = Option(
    "stream",
    bool,
    "Read and decode the images anew in each epoch, and keep none decoded [where the cache has no room for them].",
    "Images",
)


class ImageSource(Source):
    """A source over image files.

    Args:
        listing: the files.
        places: of the images, where they are no files of their own: then the listing has no paths.
        settings: size, resize and stream as the user gave them, None where not; further ones are for the subclass.
        name: names the run folder.
    """

    noun = "image"
    images = True
    streams: ClassVar[bool] = False  # whether images are streamed where they are asked to be, or have no room decoded

    def __init__(
        self,
        listing: Listing,
        settings: Mapping[str, Any],
        name: str,
        *,
        targets: Sequence[Any] | None = None,
        places: Sequence[ImagePlace] | None = None,
    ) -> None:
        grouped = any(group for group in listing.groups)
        groups = (group or key for group, key in zip(listing.groups, listing.keys, strict=True)) if grouped else None
        super().__init__(
            name,
            listing.keys,
            targets=targets,
            parts=alike(listing.parts),
            groups=None if groups is None else alike(groups),
        )
        self._listing = listing
        self._places: Sequence[ImagePlace] = listing.paths if places is None else places
        self.notes += listing.notes
        self.doubts += listing.doubts
        self._settings = dict(settings)
        self._begun: dict[str, Any] = {}  # settings of the fit that is gone on with
        self._order: tuple[int | None] | None = None  # the block of its order
        self._other_resizes: tuple[str, ...] = ()  # of which a fit may choose
        self._cut_off = 0.0  # of an image, by the middle
        self.image: ImageSettings | None = None
        self.cache: ImageCache | ImageStream | None = None
        self._appearance: Appearance | None = None
        self._learnt: Tensor | None = None  # rows that it was measured on

    @property
    def in_shape(self) -> tuple[int, ...]:
        assert self.image is not None, "prepare() comes first"
        return (self.image.channels, self.image.height, self.image.width)

    @property
    def decoded(self) -> int:
        """Images decoded by this object so far: 0 when the cache had them all."""
        return self.cache.decoded if self.cache is not None else 0

    @property
    def streamed(self) -> bool:
        return isinstance(self.cache, ImageStream)

    @property
    def block(self) -> int | None:
        if self._order is not None:
            return self._order[0]
        return self.cache.block if self.cache is not None else None

    def hint_of_labels(self) -> str | None:
        return hint_of_classes(self.keys)

    def go_on_as(self, in_shape: Sequence[int], resize: str | None) -> None:
        channels, height, width = in_shape
        self._begun = {"channels": channels, "height": height, "width": width}
        self._begun |= {} if resize is None else {"resize": resize}

    def keep_order(self, block: int | None) -> None:
        self._order = (block,)

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
            DataError: over 10% of the images are broken, or the folders can be read in two ways (training data only).
        """
        if schema is not None:
            self.image = ImageSettings.from_json(schema["picture"])
            # of new data, what labels mean is no matter; what was not read is
            self.notes = [note for note in self.notes if note[0] in NOTES_ON_FILES]
            self.notes += [("warning", what, fix) for what, fix in self.doubts]
            if self.targets is None:
                self.targets_refused = self._listing.question
        else:
            if self._listing.question is not None:
                raise self._listing.question
            self.image = self._as_begun(self.choose_settings(accelerator))
        if schema is not None:
            self.note_new(sample_images(self._places), schema)
        self.cache = self._load(self._places, self.image, cache, progress)
        if isinstance(self.cache, ImageStream):
            self.notes.append(("stream", self._how_streamed(self.cache, schema is None), self.cache.why))
        self.unreadable = [Unreadable(row, self.keys[row], why) for row, why in sorted(self.cache.unreadable.items())]
        if schema is None:
            self.refuse_many_unreadable()
            self._doubt_blank_images()
        elif (known := schema.get("appearance")) is not None:  # runs of before have none
            self._appearance = Appearance.from_json(known)
            self.notes += self._appearance.notes(self._sampled(range(len(self))), len(self))

    def _how_streamed(self, stream: ImageStream, fitted: bool) -> str:
        how = "images are decoded each time they are read"
        return f"{how}, and shuffled {BLOCKS_SHUFFLED_TOGETHER * stream.block:,} at a time" if fitted else how

    def _load(
        self,
        places: Sequence[ImagePlace],
        image: ImageSettings,
        cache: Path | None,
        progress: Callable[[int, int], None] | None,
    ) -> ImageCache | ImageStream:
        stream = (self._settings.get("stream") or None) if self.streams else False
        return load_or_stream(EncodedImages(places, image), stream, cache, progress=progress)

    def learn(self, rows: Tensor) -> None:
        """How the images of these training rows look."""
        self._learnt = rows
        self._appearance = Appearance.measure(self._sampled(rows.tolist()))

    def _sampled(self, rows: Sequence[int]) -> list[Tensor]:
        """Some of the images that can be read, (H, W, C) each, spread evenly over these rows."""
        import torch

        assert self.cache is not None, "prepare() comes first"
        some = rows[:: max(1, len(rows) // IMAGES_LOOKED_AT)]
        return [self.cache.read(torch.tensor([row]))[0] for row in some if row not in self.cache.unreadable]

    @abstractmethod
    def usual_size(self, sample: ImageSample, accelerator: bool) -> tuple[tuple[int, int], str]:
        """Width and height for images such as these, and why."""

    def usual_resizes(self, sample: ImageSample, ratio: float) -> tuple[str, ...]:
        """How images such as these are brought to a shape of this ratio of width to height, and other ways to try."""
        return ("crop",)

    def choose_settings(self, accelerator: bool) -> ImageSettings:
        """How images are read where no run says it; the choice is noted."""
        sample = sample_images(self._places)
        channels = sample.channels
        given = given_size(self._settings.get("size"))
        (width, height), why = (given, "given") if given else self.usual_size(sample, accelerator)
        resize = RESIZE.checked(self._settings.get("resize"))
        if resize is None:
            resize, *others = self.usual_resizes(sample, width / height)
            self._other_resizes = tuple(others)
        self._cut_off = mean_cut_off(sample.shapes, width / height)
        size = f"{width}" if width == height else f"{width}x{height}"
        self.notes.append(("size", f"{size} px, {'colour' if channels == 3 else 'grey'}", why))
        if sample.coloured and channels == 1:
            have = f"{sample.coloured:,} of {counted(sample.read, 'image')} sampled"
            self.notes.append(("colours", have, "are in colour: so few are read as grey, as the others are"))
        self._note_pages(sample)
        grey_range = self.choose_grey_range(sample)
        return ImageSettings(height=height, width=width, channels=channels, resize=resize, grey_range=grey_range)

    def note_new(self, sample: ImageSample, schema: Mapping[str, Any]) -> None:
        """Note what is not seen of new images such as these, which are read as a run's schema says."""
        self._note_pages(sample)
        self._cut_off = schema.get("cut_off", 0.0)

    def _note_pages(self, sample: ImageSample) -> None:
        if sample.pages:
            have = f"{sample.pages:,} of {counted(sample.read, 'image')} sampled"
            self.notes.append(("pages", have, "have several pages or frames: the first alone is read"))

    def _as_begun(self, settings: ImageSettings) -> ImageSettings:
        """These settings, with the size of the fit that is gone on with.

        Raises:
            UsageError: another one is given now.
        """
        begun = replace(settings, **self._begun)
        for name, of in (("size", lambda each: (each.width, each.height)), ("resize", lambda each: each.resize)):
            if self._settings.get(name) is not None and of(settings) != of(begun):
                was = of(begun) if name == "resize" else "x".join(map(str, of(begun)))
                raise UsageError(
                    f"--{name} is {self._settings[name]} now and was {was} when the run was started",
                    fix=f"Leave --{name} out, or fit anew with another --out",
                )
        return begun

    @property
    def resizes(self) -> tuple[str, ...]:
        assert self.image is not None, "prepare() comes first"
        return (self.image.resize, *self._other_resizes)

    @property
    def cut_off(self) -> float:
        """The share of an image that a net does not see, as the mean of the images: the middle is cut out."""
        assert self.image is not None, "prepare() comes first"
        return self._cut_off if self.image.resize == "crop" else 0.0

    def resized(
        self,
        resize: str,
        rows: Tensor | None = None,
        *,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Source:
        assert self.image is not None, "prepare() comes first"
        other = copy(self)
        other.image = replace(self.image, resize=resize)
        if rows is not None:
            other.keys = [self.keys[row] for row in rows.tolist()]
            other._places = [self._places[row] for row in rows.tolist()]
        other.cache = self._load(other._places, other.image, cache, progress)
        if rows is None and self._learnt is not None:
            other.learn(self._learnt)
        return other

    def choose_grey_range(self, sample: ImageSample) -> GreyRange | None:
        """One scale for all images of more than 8 bits, from the values that occur; it is noted."""
        with without_pillows_warnings():
            facts = inspect_deep(sample.deep)
        if facts is None:
            return None
        (low, high), deep = facts.grey_range, len(sample.deep)
        count = "all images have" if deep == sample.read else f"{deep} of {counted(sample.read, 'image')} sampled have"
        self.notes.append(("grey values", f"{low:g} to {high:g} become 0 to 255", f"{count} more than 8 bits a pixel"))
        if facts.cut:
            what = f"pixels of 16 bits or more reach from {facts.low:g} to {facts.high:g}, and all but 1 in 1,000 lie "
            what += f"from {low:g} to {high:g}: those beyond are cut off"
            self.doubts.append((what, "Remove single bright or dead pixels from the images, if these are some"))
        if deep < sample.read:
            what = f"{deep} of {counted(sample.read, 'image')} sampled have more than 8 bits a pixel, the others 8: "
            what += f"their brightness means different things ({low:g} to {high:g} against 0 to 255)"
            self.doubts.append((what, "Save all images with the same number of bits"))
        return (low, high)

    def _doubt_blank_images(self) -> None:
        """A warning where half of the images have one value throughout: nothing can be learnt from them."""
        assert self.image is not None
        values = [(int(pixels.min()), int(pixels.max())) for pixels in self._sampled(range(len(self)))]
        blank = [low for low, high in values if low == high]
        if not values or 2 * len(blank) < len(values):
            return
        colour = "black" if not any(blank) else "white" if set(blank) == {255} else "one colour"
        scale = self.image.grey_range
        seen = f"; the range seen is {scale[0]:g} to {scale[1]:g}" if scale else "; values seen: 0 to 255"
        what = f"{len(blank)} of {counted(len(values), 'image')} looked at are {colour} in every pixel{seen}"
        fix = "Look at the files: images of 16 bits in three channels lose their lower 8 bits; save them as grey ones"
        self.doubts.append((what, fix))

    def read(self, rows: Tensor) -> Tensor:
        """(n, C, H, W) uint8, channels last in memory, as they lie in the cache."""
        assert self.cache is not None, "prepare() comes first"
        return self.cache.read(rows).permute(0, 3, 1, 2)

    def read_each(self, batches: Sequence[Tensor]) -> Iterator[Tensor]:
        assert self.cache is not None, "prepare() comes first"
        return (pixels.permute(0, 3, 1, 2) for pixels in self.cache.read_each(batches))

    def whole(self) -> Tensor:
        """All images, (N, C, H, W) uint8 over the mapped cache."""
        import torch

        assert self.cache is not None, "prepare() comes first"
        return torch.from_numpy(self.cache.pixels).permute(0, 3, 1, 2)

    def schema(self) -> dict[str, Any]:
        """What is needed to read new images in the same way."""
        assert self.image is not None, "prepare() comes first"
        appearance = {} if self._appearance is None else {"appearance": self._appearance.to_json()}
        return {"kind": self.kind, "picture": self.image.to_json(), **appearance}

    def digests(self, *, inputs: bool = False) -> Sequence[str] | None:
        """Content digest of every row: equal for equal files."""
        return self.cache.digests if self.cache is not None else None

    def thumbnail(self, row: int) -> np.ndarray | None:
        """(H, W, C) uint8, the image as the net sees it before augmentation."""
        import torch

        return self.cache.read(torch.tensor([row]))[0].numpy() if self.cache is not None else None

    def let_go(self) -> None:
        if self.cache is not None:
            self.cache.let_go()

    def release(self) -> None:
        """Let go of the mapped cache."""
        self.cache = None
