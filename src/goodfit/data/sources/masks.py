"""Images with masks: the class of every pixel stands in a second image of the same name."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.data.images.cache import ImageCache, load_images
from goodfit.data.images.decode import ImageSettings
from goodfit.data.images.find import Listing
from goodfit.data.images.masks import UNKNOWN, Codes, MaskSettings, codes_from_json, look_at, read_codes, usual_palette
from goodfit.data.images.pairing import in_parts, listed
from goodfit.data.options import SourceOption
from goodfit.data.sources.images import Images, given_size
from goodfit.data.unreadable import Unreadable
from goodfit.errors import DataError, UsageError

MOST_SIDE, MOST_SIDE_ACCELERATOR = 320, 512  # px of the longer side, where the user does not say

OPTIONS = (
    SourceOption("masks", str, "Masks of the images, of the same names: index, palette or colour PNGs."),
    SourceOption("valid_masks", str, "Masks of the validation images that came apart."),
    SourceOption("test_masks", str, "Masks of the test images that came apart."),
    SourceOption("void", str, "The class of a mask that does not count: its number, or its name in --codes."),
    SourceOption("codes", str, "Names of the classes, a line each; with red,green,blue for masks of colours."),
    SourceOption("size", str, "Longer side of the images as the net sees them, or WIDTHxHEIGHT [theirs, up to 320]."),
    SourceOption("resize", str, "How images of other shapes come to the size: crop, squash or pad [crop]."),
)


class Masks(Images):
    """A source of images with masks; see `masks`. Targets are (N, H, W) uint8 classes."""

    kind = "masks"
    task: str | None = "segmentation"

    def __init__(
        self, listing: Listing, partners: Sequence[Path] | None, settings: Mapping[str, Any], name: str
    ) -> None:
        super().__init__(listing, settings, name)
        self.targets: Any = None
        self._partners = partners
        self._mask_cache: ImageCache | None = None
        self.void: int | None = None
        self.codes = Codes(())

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """As `Images.prepare`, and the masks beside them.

        Raises:
            DataError: over 10% of the images or masks are broken, or a mask holds a class that there is not.
        """
        super().prepare(schema, accelerator=accelerator, cache=cache, progress=progress)
        if self._partners is None:
            if schema is not None:
                self.codes, self.void = codes_from_json(schema["codes"]), schema["void"]
            return
        assert self.image is not None
        form = self._form() if schema is None else schema["form"]
        if schema is not None:
            self.codes, self.void = codes_from_json(schema["codes"]), schema["void"]
        self._mask_settings = MaskSettings(
            height=self.image.height,
            width=self.image.width,
            resize=self.image.resize,
            form=form,
            colours=self.codes.colours if form == "colours" else (),
        )
        self._mask_cache = load_images(self._partners, self._mask_settings, folder=cache, progress=progress)
        known = {item.row for item in self.unreadable}
        self.unreadable += [
            Unreadable(row, self.keys[row], f"its mask {self._partners[row].name}: {why}")
            for row, why in sorted(self._mask_cache.unreadable.items())
            if row not in known
        ]
        if schema is None:
            self.refuse_many_broken()
            self._find_classes()
        self._check_classes()
        import torch

        self.targets = torch.from_numpy(self._mask_cache.pixels[..., 0])

    def schema(self) -> dict[str, Any]:
        codes = {"names": list(self.codes.names), "colours": [list(colour) for colour in self.codes.colours]}
        return {**super().schema(), "codes": codes, "void": self.void, "form": self._mask_settings.form}

    def task_options(self) -> dict[str, Any]:
        """What the task has to know besides the masks."""
        return {"classes": list(self.codes.names), "void": self.void}

    def paths(self) -> Sequence[Path]:
        """Where each image is, to be read at its own size."""
        return self._listing.paths

    def release(self) -> None:
        super().release()
        self._mask_cache, self.targets = None, None

    def _usual_size(self, shapes: np.ndarray, accelerator: bool) -> tuple[tuple[int, int], str]:
        return longest_side(shapes, MOST_SIDE_ACCELERATOR if accelerator else MOST_SIDE)

    def _choose_settings(self, accelerator: bool) -> ImageSettings:
        size = self._settings.get("size")
        if size is not None and "x" not in str(size).lower():  # the longer side, in the images' own shape
            from goodfit.data.sources.images import sample_shapes

            given_size(size)
            (wide, high), _ = longest_side(sample_shapes(self._listing.paths)[0], int(size), enlarge=True)
            self._settings["size"] = f"{wide}x{high}"
        return super()._choose_settings(accelerator)

    def _form(self) -> str:
        """How the masks hold their classes; the names of the classes and the void one as far as they are told."""
        assert self._partners is not None
        facts = look_at(self._partners)
        given = self._settings.get("codes")
        self.codes = read_codes(Path(given)) if given is not None else Codes((), facts.palette)
        if facts.coloured and not (given and self.codes.colours):
            raise DataError(
                "the masks are colours, not class numbers",
                where=self._partners[0],
                fix="Give --codes FILE with a line name,red,green,blue for each class",
            )
        form = "colours" if facts.coloured else "values"
        void = self._settings.get("void")
        if set(facts.values) <= {0, UNKNOWN} and void is None and not facts.coloured and not given:
            form = "binary"
            self.notes.append(("masks", "two classes", "their values are 0 and 255"))
        elif void is not None:
            self.void = self._number(str(void))
        elif UNKNOWN in facts.values:
            self.void = UNKNOWN
            self.notes.append(("void", str(UNKNOWN), "the usual value of what does not count; --void says another"))
        return form

    def _number(self, void: str) -> int:
        if void in self.codes.names:
            return self.codes.names.index(void)
        if not void.isdigit() or int(void) > UNKNOWN:
            names = f" or one of {', '.join(self.codes.names)}" if self.codes.names else ""
            raise UsageError(f"--void {void} is no class", fix=f"Give its number from 0 to 255{names}")
        return int(void)

    def _most(self) -> np.ndarray:
        """(N,) the highest class of every mask besides the void one."""
        assert self._mask_cache is not None
        most = np.zeros(len(self), dtype=np.int64)
        for row, mask in enumerate(self._mask_cache.pixels):
            there = np.flatnonzero(np.bincount(mask.reshape(-1), minlength=256))
            there = there[there != (-1 if self.void is None else self.void)]
            most[row] = there.max() if len(there) else 0
        return most

    def _find_classes(self) -> None:
        """As many classes as the training images have, where no file says so; names and colours for all."""
        names = list(self.codes.names)
        if not names:
            taught = [part in (None, "train") for part in self.parts]
            count = int(self._most()[np.array(taught)].max()) + 1
            names = [str(number) for number in range(max(count, 2))]
        while self.void is not None and self.void == len(names) - 1:
            names.pop()  # a void class above all others has no output
        colours = list(self.codes.colours[: len(names)])
        colours += usual_palette(len(names))[len(colours) :]
        self.codes = Codes(tuple(names), tuple(colours))

    def _check_classes(self) -> None:
        assert self._partners is not None
        most = self._most()
        broken = [item.row for item in self.unreadable]
        most[broken] = 0
        wrong = np.flatnonzero(most >= len(self.codes.names))
        if len(wrong):
            named = listed([f"{self._partners[row].name} has class {most[row]}" for row in wrong.tolist()])
            raise DataError(
                f"{len(wrong)} masks hold a class above {len(self.codes.names) - 1}, the last one: {named}",
                where=self._partners[int(wrong[0])],
                fix="Fix the masks, or say by --void which class does not count",
            )


def longest_side(shapes: np.ndarray, most: int, *, enlarge: bool = False) -> tuple[tuple[int, int], str]:
    """The median shape, its longer side at most so many pixels (or exactly)."""
    wide, high = (int(side) for side in np.median(shapes, axis=0))
    scale = most / max(wide, high)
    why = f"the images are {wide}x{high}" if len(np.unique(shapes, axis=0)) == 1 else f"they are about {wide}x{high}"
    if scale < 1 or enlarge:
        wide, high = max(8, round(wide * scale)), max(8, round(high * scale))
        why += f"; {most} is the longest side by default on this device"
    return (wide, high), why


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
        codes: a file with a line for each class: name, or name,red,green,blue.
        size: longer side in pixels as the net sees them, or "240x180"; the images' own, up to 320 on a CPU.
        resize: crop (the middle), squash or pad, for images of another shape.

    Raises:
        DataError: nothing to read, images without a mask, masks of another size: each is named.
    """
    root = Path(path)
    further = {
        part: (Path(place) if place is not None else None, Path(beside) if beside is not None else None)
        for part, place, beside in (("valid", valid, valid_masks), ("test", test, test_masks))
    }
    listing, partners = in_parts(root, Path(masks) if masks is not None else None, further, "masks")
    settings = {"size": size, "resize": resize, "void": void, "codes": codes}
    name = root.resolve().stem
    return Masks(listing, partners, settings, name=root.resolve().parent.stem if name == "images" else name)


def accepts(path: Path, given: Mapping[str, Any]) -> bool:
    """Whoever names masks has images with masks."""
    return "masks" in given


def open_path(path: Path, *, valid: Path | None = None, test: Path | None = None, **options: Any) -> Masks:
    return masks(path, valid=valid, test=test, **options)
