"""Images with masks: the class of every pixel stands in a second image of the same name."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.decode import ImageSettings, without_pillows_warnings
from goodfit.data.images.encoded import Settings
from goodfit.data.images.image_source import RESIZE
from goodfit.data.images.instance_masks import instances_doubt
from goodfit.data.images.inverted_masks import inverted_doubt
from goodfit.data.images.mask_codes import (
    LARGEST_CLASS,
    LARGEST_VALUE,
    Codes,
    codes_from_json,
    read_codes,
    usual_palette,
)
from goodfit.data.images.mask_values import (
    MaskFacts,
    choose_form,
    form_of_new,
    inspect_masks,
    refuse_rare_numbers,
    refuse_void_majority,
)
from goodfit.data.images.masks import MaskSettings
from goodfit.data.images.paired_source import ORIENTATION, PairedSource, find_in_parts
from goodfit.data.images.sizes import ImageSample, given_size, sample_images, typical_shape
from goodfit.data.source import Claim, Strength
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted, some_of
from goodfit.options import Option

if TYPE_CHECKING:  # torch is imported where it is used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

CLASSES_NAMED = 12  # in the note on what was read
MASKS_NAMED = 3  # in a message
CLASSES_OF_BLACK_AND_WHITE = 2
LARGEST_SIDE, LARGEST_SIDE_ON_ACCELERATOR = 320, 512  # px of the longer side, where the user does not say


class Masks(PairedSource):
    """A source of images with masks; see `masks`. Targets are (N, H, W) uint8 classes."""

    kind = "masks"
    task = "segmentation"
    partner = "mask"
    option = "masks"
    options = (
        Option("masks", Path, "Masks of the images, of the same names: index, palette or colour PNGs.", "Segmentation"),
        Option("valid_masks", Path, "Masks of the separate validation images.", "Segmentation"),
        Option("test_masks", Path, "Masks of the separate test images.", "Segmentation"),
        Option("void", str, "The class of a mask to ignore: its number, or its name in --codes.", "Segmentation"),
        Option(
            "codes",
            Path,
            "A file of class names, one a line; with the value after each name for masks of grey values, or with "
            "red,green,blue for masks of colours.",
            "Segmentation",
        ),
        Option(
            "binary",
            int,
            "Masks of two classes: pixels from this value on are class 1, all others class 0 [by their values].",
            "Segmentation",
            low=1,
            high=LARGEST_VALUE,
        ),
        ORIENTATION,
        Option(
            "size",
            str,
            "Longer side of the images in pixels, or WIDTHxHEIGHT, as the net sees them [theirs, up to 320].",
            "Segmentation",
        ),
        RESIZE,
    )
    void: int | None = None  # the class that does not count
    codes = Codes(())  # names and colours of the classes
    form: str = "values"  # how masks hold their classes: values, binary, levels or colours
    threshold: int = 1  # of binary masks
    void_given: bool = False  # whether the user named the void class
    _never: Sequence[int] = ()  # classes that no mask of the fit has
    _void_value: int = LARGEST_CLASS  # the grey value of pixels to ignore, where it is no class's

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Whatever comes with masks."""
        return Claim(Strength.OPTION, "--masks is given") if "masks" in given else None

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """As `PairedSource.prepare`; the classes are those of the masks, or of a run's schema."""
        if schema is not None:
            self.codes, self.void, self.form = codes_from_json(schema["codes"]), schema["void"], schema["form"]
            self.threshold, self.void_given = schema.get("threshold", 1), schema.get("void_given", True)
            self._never = list(schema.get("never", ()))
        super().prepare(schema, accelerator=accelerator, cache=cache, progress=progress)

    def schema(self) -> dict[str, Any]:
        return {
            **super().schema(),
            "codes": self.codes.to_json(),
            "void": self.void,
            "void_given": self.void_given,
            "form": self.form,
            "threshold": self.threshold,
            "never": list(self._never),
        }

    def task_options(self) -> dict[str, Any]:
        """The names of the classes, and the one that does not count."""
        return {"classes": list(self.codes.names), "void": self.void}

    def usual_size(self, sample: ImageSample, accelerator: bool) -> tuple[tuple[int, int], str]:
        return typical_shape(sample.shapes, LARGEST_SIDE_ON_ACCELERATOR if accelerator else LARGEST_SIDE)

    def choose_settings(self, accelerator: bool) -> ImageSettings:
        size = self._settings.get("size")
        if size is not None and "x" not in str(size).lower():  # the longer side, in the images' own shape
            given_size(size)
            (width, height), _ = typical_shape(sample_images(self._listing.paths).shapes, int(size), enlarge=True)
            self._settings["size"] = f"{width}x{height}"
        return super().choose_settings(accelerator)

    def partner_settings(self, schema: Mapping[str, Any] | None) -> Settings:
        assert self.image is not None
        if schema is None:
            self._choose_form()
        elif self._partners and self.void is None and len(self.codes.names) == CLASSES_OF_BLACK_AND_WHITE:
            self._read_black_and_white(self._partners)
        return MaskSettings(
            height=self.image.height,
            width=self.image.width,
            resize=self.image.resize,
            form=self.form,
            colours=self.codes.colours if self.form == "colours" else (),
            threshold=self.threshold,
            levels=self._levels() if self.form == "levels" else (),
        )

    def _levels(self) -> tuple[tuple[int, int], ...]:
        """The class of each grey value; a void value that is no class's stays a number above them all."""
        levels = tuple((value, number) for number, value in enumerate(self.codes.values))
        return (*levels, (self._void_value, LARGEST_CLASS)) if self.void == LARGEST_CLASS else levels

    def as_targets(self, pixels: np.ndarray, schema: Mapping[str, Any] | None) -> Tensor:
        import torch

        counts = self._counts(pixels)
        highest = self._highest_classes(counts)
        if schema is None:
            self._refuse_odd_numbers(counts)
            self._choose_classes(highest)
            self._note_classes(counts)
            self._doubt_inverted(pixels)
        else:
            self._note_unseen_classes(counts)
        self._refuse_other_classes(highest, new=schema is not None)
        self._refuse_void_majority(counts, new=schema is not None)
        return torch.from_numpy(pixels[..., 0])

    def _choose_form(self) -> None:
        """How the masks hold their classes; names of the classes and the void one as far as they are known."""
        assert self._partners is not None
        training = [path for path, part in zip(self._partners, self.parts, strict=True) if part in (None, "train")]
        facts = self._inspected(training or self._partners)
        given, void = self._settings.get("codes"), self._settings.get("void")
        codes = read_codes(Path(given)) if given is not None else None
        self.codes = codes or Codes((), facts.palette)
        if void is not None:
            self.void, self.void_given = self._number(str(void)), True
        form = choose_form(
            facts, self._partners[0].parent, codes=codes, void=self.void, binary=self._settings.get("binary")
        )
        self.form, self.threshold = form.form, form.threshold
        doubt = instances_doubt(facts.reach) if form.form == "values" and codes is None else None
        self.doubts += [] if doubt is None else [doubt]
        if form.form == "binary" and not self.codes.names:
            self.codes = Codes(("0", "1"), facts.palette[:2] if facts.values[-1:] == [1] else ())
        if form.note is not None:
            self.notes.append(("masks", *form.note))
        if form.void is not None:
            self.void = form.void
            self.notes.append(("void", str(form.void), "the usual value of pixels to ignore; --void names another"))
        if form.form == "levels" and self.void is not None and str(void) not in self.codes.names:
            self._void_value, known = self.void, self.codes.values
            self.void = known.index(self.void) if self.void in known else LARGEST_CLASS

    def _read_black_and_white(self, partners: Sequence[Path]) -> None:
        """New masks of two classes in other values than the run's, such as 0 and 255 where it had 0 and 1."""
        if self.form not in ("values", "binary"):
            return
        form = form_of_new(self._inspected(partners), self.form, self.threshold, partners[0].parent)
        self.form, self.threshold = form.form, form.threshold
        if form.note is not None:
            self.notes.append(("masks", *form.note))

    @staticmethod
    def _inspected(paths: Sequence[Path]) -> MaskFacts:
        with without_pillows_warnings():
            return inspect_masks(paths)

    def _number(self, void: str) -> int:
        if void in self.codes.names:
            return self.codes.names.index(void)
        if not void.isdigit() or int(void) > LARGEST_CLASS:
            names = f" or one of {', '.join(self.codes.names)}" if self.codes.names else ""
            raise UsageError(f"--void {void} is not a class", fix=f"Give its number from 0 to 255{names}")
        return int(void)

    def _counts(self, pixels: np.ndarray) -> np.ndarray:
        """(N, 256) how many pixels of each class every mask has."""
        counts = np.zeros((len(pixels), LARGEST_CLASS + 1), dtype=np.int64)
        for row, mask in enumerate(pixels):
            counts[row] = np.bincount(mask.reshape(-1), minlength=LARGEST_CLASS + 1)
        counts[[item.row for item in self.unreadable]] = 0
        return counts

    def _highest_classes(self, counts: np.ndarray) -> np.ndarray:
        """(N,) the highest class of every mask besides the void one."""
        occurs = counts > 0
        if self.void is not None:
            occurs[:, self.void] = False
        highest: np.ndarray = np.where(occurs, np.arange(LARGEST_CLASS + 1), 0).max(axis=1)
        return highest

    def _doubt_inverted(self, pixels: np.ndarray) -> None:
        assert self._partners is not None
        if len(self.codes.names) != CLASSES_OF_BLACK_AND_WHITE:
            return
        unreadable = {item.row for item in self.unreadable}
        rows = [row for row in range(len(pixels)) if row not in unreadable]
        doubt = inverted_doubt(pixels[..., 0][rows], [self._partners[row].name for row in rows])
        self.doubts += [] if doubt is None else [doubt]

    def _refuse_odd_numbers(self, counts: np.ndarray) -> None:
        """The sample of masks decided how they are read; all of them have to agree."""
        assert self._partners is not None
        if self.form == "values" and not self.codes.names:
            pixels = counts[[part in (None, "train") for part in self.parts]].sum(axis=0)
            numbers = Counter({int(value): int(pixels[value]) for value in np.flatnonzero(pixels)})
            refuse_rare_numbers(numbers, self._partners[0].parent, self.void)

    def _refuse_void_majority(self, counts: np.ndarray, *, new: bool) -> None:
        if self.void is None or self.void_given or not counts.any():
            return
        assert self._partners is not None
        share = float(counts[:, self.void].sum() / counts.sum())
        refuse_void_majority(share, self.void, self._partners[0].parent, new=new)

    def _choose_classes(self, highest: np.ndarray) -> None:
        """As many classes as the training images have, where no file names them; names and colours for all."""
        names = list(self.codes.names)
        if not names:
            training = np.array([part in (None, "train") for part in self.parts])
            count = int(highest[training].max()) + 1
            names = [str(number) for number in range(max(count, 2))]
        while self.void is not None and self.void == len(names) - 1:
            names.pop()  # a void class above all others has no output
        colours = list(self.codes.colours[: len(names)])
        colours += usual_palette(len(names))[len(colours) :]
        self.codes = Codes(tuple(names), tuple(colours))

    def _note_classes(self, counts: np.ndarray) -> None:
        """Share of the pixels of each class, and the classes that never occur."""
        pixels = counts.sum(axis=0)
        shares = {name: pixels[number] / max(1, pixels.sum()) for number, name in enumerate(self.codes.names)}
        shown = ", ".join(f"{name} {100 * share:.1f}%" for name, share in list(shares.items())[:CLASSES_NAMED])
        more = f" and {len(shares) - CLASSES_NAMED} more" if len(shares) > CLASSES_NAMED else ""
        never = some_of([name for name, share in shares.items() if not share], CLASSES_NAMED)
        void = f"; void: {100 * pixels[self.void] / max(1, pixels.sum()):.1f}%" if self.void is not None else ""
        self._never = [number for number, name in enumerate(self.codes.names) if not shares[name]]
        why = f"of the pixels of the masks{void}" + (f"; never: {never}" if never else "")
        self.notes.append(("classes", f"{shown}{more}", why))

    def _note_unseen_classes(self, counts: np.ndarray) -> None:
        """Classes of new masks that those of the run never had: their numbers may mean something else."""
        pixels = counts.sum(axis=0)
        for number in self._never:
            if pixels[number] and number != self.void:
                what = f"{self.codes.names[number]} {100 * pixels[number] / pixels.sum():.1f}%"
                self.notes.append(("classes", what, "of the pixels of these masks; no mask of the run had this class"))

    def _refuse_other_classes(self, highest: np.ndarray, *, new: bool) -> None:
        assert self._partners is not None
        unreadable = {item.row for item in self.unreadable}
        wrong = [row for row in np.flatnonzero(highest >= len(self.codes.names)).tolist() if row not in unreadable]
        if wrong:
            some = f"{counted(len(wrong), 'mask')} {'hold' if len(wrong) > 1 else 'holds'}"
            named = some_of([f"{self._partners[row].name} has class {highest[row]}" for row in wrong], MASKS_NAMED)
            raise DataError(
                f"{some} a class above {len(self.codes.names) - 1}, the last one: {named}",
                where=self._partners[wrong[0]],
                fix=f"Save them with the values of the run's masks: 0 to {len(self.codes.names) - 1}"
                if new
                else "Fix the masks, or name the class to ignore by --void",
            )


def masks(
    path: str | os.PathLike[str],
    masks: str | os.PathLike[str] | None = None,
    *,
    valid: str | os.PathLike[str] | None = None,
    valid_masks: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    test_masks: str | os.PathLike[str] | None = None,
    void: int | str | None = None,
    codes: str | os.PathLike[str] | None = None,
    binary: int | None = None,
    orientation: str | None = None,
    size: int | str | None = None,
    resize: str | None = None,
) -> Masks:
    """Images with a mask each, for segmentation: the net says the class of every pixel.

    Args:
        path: a folder of images.
        masks: the folder of their masks, of the same names (a.jpg and a.png, or a_mask.png): PNGs whose pixels are
            class numbers (grey or palette), or colours with `codes`. A folder's name alone, such as "masks", is looked
            for beside the images in train/, valid/ and test/. None: images to predict.
        valid, valid_masks, test, test_masks: those parts, where they lie apart.
        void: the class that does not count, by number or name; 255 where masks have it.
        codes: a file with a line for each class: name, name,value or name,red,green,blue.
        binary: masks of two classes: pixels from this value on are class 1.
        orientation: upright where masks were drawn on images turned as EXIF says, stored where on the pixels as they
            lie in the file; by their shapes when None.
        size: longer side in pixels as the net sees them, or "240x180"; the images' own, up to 320 on a CPU.
        resize: crop (the middle), squash or pad, for images of another shape.

    Raises:
        DataError: nothing to read, images without a mask, masks of another size: each is named.
    """
    listing, partners = find_in_parts(path, masks, "masks", valid=(valid, valid_masks), test=(test, test_masks))
    settings = {"size": size, "resize": resize, "void": void, "codes": codes}
    settings |= {"binary": binary, "orientation": orientation}
    place = Path(path).resolve()
    return Masks(listing, partners, settings, place.parent.stem if place.name.lower() == "images" else place.stem)
