"""What the pixels of masks are: class numbers, two levels with noise or soft edges between them, or colours.

The values of a sample of the masks decide it. Where they speak for no reading, the masks are refused: a wrong guess
would give a model of classes that are none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from goodfit.data.images.formats import LOSSY_FORMATS
from goodfit.data.images.mask_codes import LARGEST_CLASS, Codes, Colour
from goodfit.data.images.masks import LOSSY_GREY
from goodfit.data.images.opening import DAMAGED, UnreadableImage, open_encoded, read_image_file
from goodfit.errors import DataError
from goodfit.formatting import counted

MASKS_SAMPLED = 100
PIXELS_SAMPLED = 4_000_000  # of a mask
COLOURS_NAMED = 6
NEAR = 32  # grey levels from black or white, in which noise of JPEG stays
TWO_LEVELS_SHARE = 0.9  # of the pixels near black or white, in masks of two classes
THIRD_AT_LEAST = 0.005  # of all pixels
NEAR_THIRD, SHARE_NEAR_THIRD = 12, 0.4  # grey levels, and the share of what is no black or white: edges spread evenly
SOFT_VALUES = 8  # different ones at least, of masks with noise or soft edges in a lossless format
VOID_SHARE_AT_MOST = 0.5  # of all pixels, that may be void by custom alone
VALUES_NAMED = 6
WHITES = (LARGEST_CLASS, 65_535)  # of 8 and of 16 bits
OPTIONS = (
    "Give --binary N for two classes (from value N on it is class 1), --codes FILE with a line name,value for each"
)


@dataclass
class MaskFacts:
    """What a sample of the masks shows.

    Attributes:
        counts: pixels of each value, of masks of numbers.
        coloured: the first mask whose pixels are colours; None: there is none.
        colours: pixels of each colour, as far as they are few.
        lossy: the first mask of numbers in a format that changes pixels.
        fractions: the first mask whose pixels are no whole numbers.
        alpha: the first mask with one colour throughout and a shape in its transparency.
        palette: of the first mask that has one.
        other_palette: the first mask that has another.
        kinds: the values of single masks that have three at most.
        lossy_colours: whether masks of colours are in a format that changes pixels.
        reach: of each mask of numbers, how many different ones above 0 it has, and the largest.
    """

    counts: Counter[int] = field(default_factory=Counter)
    coloured: Path | None = None
    colours: Counter[Colour] = field(default_factory=Counter)
    lossy: Path | None = None
    fractions: Path | None = None
    alpha: Path | None = None
    palette: tuple[Colour, ...] = ()
    other_palette: Path | None = None
    kinds: set[frozenset[int]] = field(default_factory=set)
    reach: list[tuple[int, int]] = field(default_factory=list)
    lossy_colours: bool = False

    @property
    def values(self) -> list[int]:
        return sorted(self.counts)

    def share(self, low: int, high: int) -> float:
        """Of the pixels, those with values from low to high."""
        return sum(count for value, count in self.counts.items() if low <= value <= high) / self.counts.total()


@dataclass(frozen=True)
class MaskForm:
    """How masks are to be read.

    Attributes:
        form, threshold: as of `MaskSettings`.
        void: the class that does not count by custom.
        note: value and reason of the choice that is noted, where there is one.
    """

    form: str
    threshold: int = 1
    void: int | None = None
    note: tuple[str, str] | None = None


def inspect_masks(paths: Sequence[Path]) -> MaskFacts:
    """Read some of the masks, spread evenly, at their own size."""
    facts = MaskFacts()
    for path in paths[:: max(1, len(paths) // MASKS_SAMPLED)]:
        try:
            _inspect(path, facts)
        except (UnreadableImage, *DAMAGED):
            continue  # listed when it is decoded
    return facts


def _inspect(path: Path, facts: MaskFacts) -> None:
    image = open_encoded(read_image_file(path))
    lossy = image.format in LOSSY_FORMATS
    image.load()
    step = max(1, round((image.width * image.height / PIXELS_SAMPLED) ** 0.5))
    mode = image.mode
    if mode == "P":
        used = sorted(np.unique(np.asarray(image)[::step, ::step]).tolist())
        numbers = image.getpalette() or []
        palette = tuple((r, g, b) for r, g, b in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=False))
        if not facts.palette:
            facts.palette = palette
        elif any(palette[at : at + 1] != facts.palette[at : at + 1] for at in used):
            facts.other_palette = facts.other_palette or path
    elif mode not in ("1", "L", "LA", "PA", "I", "F") and not mode.startswith("I;16"):
        if mode == "RGBA":
            alpha = np.asarray(image)[::step, ::step]
            if (alpha[..., :3] == alpha[0, 0, :3]).all() and (alpha[..., 3] != alpha[0, 0, 3]).any():
                facts.alpha = facts.alpha or path
        pixels = np.asarray(image.convert("RGB"))[::step, ::step].astype(np.int16)
        apart = np.ptp(pixels, axis=2)
        if (apart > (LOSSY_GREY if lossy else 0)).mean() > (0.005 if lossy else 0):
            facts.coloured = facts.coloured or path
            facts.lossy_colours = facts.lossy_colours or lossy
            _count_colours(pixels, facts)
            return
        image = image.convert("RGB").convert("L")
    pixels = np.asarray(image.getchannel(0) if mode in ("LA", "PA") else image)[::step, ::step]
    if mode == "F" and not (np.isfinite(pixels) & (pixels == np.floor(pixels))).all():
        facts.fractions = facts.fractions or path
        return
    if lossy:
        facts.lossy = facts.lossy or path
    if mode == "1":
        pixels = pixels * np.uint8(LARGEST_CLASS)  # black and white, as in masks of 8 bits
    values, counts = np.unique(pixels, return_counts=True)
    facts.counts.update(dict(zip((int(value) for value in values), counts.tolist(), strict=True)))
    facts.reach.append((int((values > 0).sum()), int(values.max())))
    if len(values) <= 3:
        facts.kinds.add(frozenset(int(value) for value in values))


def _count_colours(pixels: np.ndarray, facts: MaskFacts) -> None:
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    order = np.argsort(-counts)[:COLOURS_NAMED]
    for at in order.tolist():
        red, green, blue = (int(value) for value in colours[at])
        facts.colours[red, green, blue] += int(counts[at])


def choose_form(
    facts: MaskFacts, where: Path, *, codes: Codes | None, void: int | None, binary: int | None
) -> MaskForm:
    """How these masks hold their classes.

    Args:
        where: their folder, for messages.
        codes: of the file that was given.
        void: the value that does not count, as the user says; None: by custom, 255.
        binary: the threshold that was given.

    Raises:
        DataError: their values can be read in several ways, or in none.
    """
    if binary is not None:
        return MaskForm("binary", binary, note=("two classes", f"from value {binary} on, given"))
    if codes is not None and codes.colours and (facts.coloured or facts.other_palette):
        note = ("nearest colours", "JPEG changes pixels; PNG has the colours of --codes themselves")
        return MaskForm("colours", note=note if facts.lossy_colours else None)
    _refuse_no_numbers(facts)
    if codes is not None and codes.values:
        return MaskForm("levels", note=(f"{counted(len(codes.values), 'class')}", "their values are those of --codes"))
    values = facts.values
    if not values:
        return MaskForm("values")  # not one of the sample can be read, which is said when they are decoded
    if values == [values[0]]:
        raise DataError(
            f"all pixels of the masks are {values[0]}: there is nothing to tell apart",
            where=where,
            fix="Check that these are the masks",
        )
    if (
        len(values) == 2
        and values[0] == 0
        and values[1] >= 4
        and void is None
        and (codes is None or len(codes.names) == 2)
    ):
        why = f"their values are 0 and {values[1]}; --binary N sets a threshold"
        return MaskForm("binary", (values[1] + 1) // 2, note=("two classes", why))
    if frozenset((0, 1)) in facts.kinds and frozenset((0, LARGEST_CLASS)) in facts.kinds and values == [0, 1, 255]:
        raise DataError(
            "some masks are of 0 and 1, others of 0 and 255",
            where=where,
            fix="Give --binary 1 if both mean two classes, or --void 255 if 255 is to be ignored",
        )
    if void is None and codes is None and _is_two_levels(facts):
        low, high = 100 * facts.share(0, NEAR - 1), 100 * facts.share(LARGEST_CLASS - NEAR + 1, LARGEST_CLASS)
        noise = "JPEG changes pixels" if facts.lossy else "edges are soft or noisy"
        why = f"{low:.1f}% of the pixels are nearly black, {high:.1f}% nearly white ({noise}); --binary N sets another"
        return MaskForm("binary", 128, note=("two classes, threshold 128", why))
    if facts.lossy is not None:
        third = _third_level(facts) if values[0] >= 0 and values[-1] <= LARGEST_CLASS else None
        grey = f", many of them near {third}" if third is not None else ""
        raise DataError(
            f"it is saved in a format that changes pixel values ({len(values)} different ones{grey}), "
            "so that they are no class numbers",
            where=facts.lossy,
            fix="Save the masks as PNG from their source, or give --binary N for two classes",
        )
    if codes is None:
        refuse_rare_numbers(facts.counts, where, void)
    by_custom = LARGEST_CLASS if LARGEST_CLASS in facts.counts and void is None else None
    return MaskForm("values", void=by_custom)


def _is_two_levels(facts: MaskFacts) -> bool:
    """Whether the values are black and white with noise or soft edges, and not class numbers."""
    values = facts.values
    if values[0] < 0 or values[-1] > LARGEST_CLASS:
        return False
    white, black = LARGEST_CLASS - NEAR + 1, NEAR - 1
    numbers = [value for value in values if value != LARGEST_CLASS]
    if facts.lossy is None and (len(values) < SOFT_VALUES or numbers[-1] < white):
        return False  # few values, or numbers from 0 on and 255 for what is to be ignored
    if facts.lossy is not None and _third_level(facts) is not None:
        return False
    extremes = facts.share(0, black), facts.share(white, LARGEST_CLASS)
    return sum(extremes) >= TWO_LEVELS_SHARE and min(extremes) > 0


def _third_level(facts: MaskFacts) -> int | None:
    """A grey value that most pixels between black and white are near to: a class of its own; None: they are edges."""
    between = {value: count for value, count in facts.counts.items() if NEAR <= value <= LARGEST_CLASS - NEAR}
    if not between or sum(between.values()) < THIRD_AT_LEAST * facts.counts.total():
        return None
    middle = max(between, key=between.__getitem__)
    near = sum(count for value, count in between.items() if abs(value - middle) <= NEAR_THIRD)
    return middle if near >= SHARE_NEAR_THIRD * sum(between.values()) else None


def _refuse_no_numbers(facts: MaskFacts) -> None:
    if facts.alpha is not None and len(facts.counts) + len(facts.colours) <= 1:
        raise DataError(
            "its pixels have one colour, and its shape is in the transparency",
            where=facts.alpha,
            fix="Save the masks as grey PNG",
        )
    if facts.coloured is not None:
        common = " and ".join(",".join(map(str, colour)) for colour, _ in facts.colours.most_common(COLOURS_NAMED))
        raise DataError(
            f"the masks are colours, not class numbers (the most frequent: {common})",
            where=facts.coloured,
            fix="Give --codes FILE with a line name,red,green,blue for each class, or --binary N for two classes",
        )
    if facts.other_palette is not None:
        raise DataError(
            "its palette is another one than that of the first mask: the numbers of its pixels mean other colours",
            where=facts.other_palette,
            fix="Give --codes FILE with a line name,red,green,blue for each class",
        )
    if facts.fractions is not None:
        raise DataError(
            "its pixels are fractions, not class numbers",
            where=facts.fractions,
            fix="Save the masks as PNG with a whole number for each class",
        )


def refuse_rare_numbers(counts: Counter[int], where: Path, void: int | None) -> None:
    """Refuse class numbers most of which never occur: they are grey values, or numbers of another list.

    Args:
        counts: pixels of each value.
        void: the value that does not count; None: 255, by custom.

    Raises:
        DataError: over half of the numbers up to the largest do not occur.
    """
    ignored = LARGEST_CLASS if void is None else void
    numbers = sorted(value for value in counts if value != ignored)
    if not numbers or 2 * len(numbers) >= numbers[-1] + 1:
        return
    shown = ", ".join(map(str, sorted(counts)[:VALUES_NAMED])) + (", ..." if len(counts) > VALUES_NAMED else "")
    raise DataError(
        f"the masks hold {counted(len(counts), 'value')} ({shown}); "
        f"{numbers[-1] + 1 - len(numbers)} of the class numbers up to {numbers[-1]} never occur",
        where=where,
        fix=f"{OPTIONS} class, or --void N for a value to ignore",
    )


def form_of_new(facts: MaskFacts, form: str, threshold: int, where: Path) -> MaskForm:
    """How masks are to be read, for a run of two classes: 0 and 255 are what 0 and 1 are.

    Args:
        form, threshold: of the run, whose masks have no void.
        where: their folder, for messages.

    Raises:
        DataError: they have other values than 0, and none reaches the run's threshold.
    """
    if not facts.values:
        return MaskForm(form, threshold)
    if form == "values":
        white, middle = facts.values[-1], (facts.values[-1] + 1) // 2
        if not (_is_two_levels(facts) or (white in WHITES and facts.values in ([white], [0, white]))):
            return MaskForm(form, threshold)
        why = f"their values reach up to {white}, and the run's up to 1"
        return MaskForm("binary", middle, note=(f"two classes, threshold {middle}", why))
    if facts.values == [0, 1] and threshold > 1:
        return MaskForm("binary", 1, note=("two classes", "their values are 0 and 1; those of the run are larger"))
    if 0 < facts.values[-1] < threshold:
        raise DataError(
            f"the values of the masks reach up to {facts.values[-1]}; the run was fitted on masks of two classes, "
            f"with the threshold {threshold}",
            where=where,
            fix="Save these masks with the values of those that it was fitted on",
        )
    return MaskForm(form, threshold)


def refuse_void_majority(share: float, void: int, where: Path, *, new: bool) -> None:
    """Refuse a void class by custom that is most of the pixels: it may be the object.

    Args:
        new: whether these are masks for a run, which knows what is void.

    Raises:
        DataError: half of the pixels or more are void.
    """
    if share >= VOID_SHARE_AT_MOST:
        raise DataError(
            f"{100 * share:.0f}% of the pixels of the masks are {void}, which is read as void (pixels to ignore)",
            where=where,
            fix=f"Save them with the values of the masks that the run was fitted on: there {void} is void"
            if new
            else f"Give --binary N if {void} is the object, --codes FILE with lines name,value, or --void {void}",
        )
