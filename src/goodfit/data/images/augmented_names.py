"""Images that are changed copies of others by their names: cat7_flip.png of cat7.png, in another part of the data."""

from __future__ import annotations

from collections.abc import Sequence

from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

WORDS = (
    "flip", "flipped", "hflip", "vflip", "fliplr", "flipud", "mirror", "mirrored", "rot", "rotate", "rotated",
    "rotation", "aug", "augmented", "crop", "cropped", "noise", "noisy", "blur", "blurred", "bright", "brightness",
    "dark", "contrast", "shear", "zoom", "zoomed", "shift", "shifted", "jitter", "transformed", "grayscale",
)  # fmt: skip
CHANGED = lazy_pattern(rf"(?i)^(.+?)(?:[ _.-]+(?:{'|'.join(WORDS)})[ _.-]?\d*(?:[ _.-]\d+)*)+$")
COPIES_AT_LEAST = 3
IMAGE_ENDING = lazy_pattern(r"\.\w{2,5}$")


def augmented_doubt(keys: Sequence[str], labels: Sequence[str], parts: Sequence[str]) -> tuple[str, str] | None:
    """What is to be said of images that are called like one of another part and of their class, with such a word
    behind; None where there are few.

    Args:
        keys: paths of the images. labels, parts: theirs.
    """
    bases = []
    for key in keys:
        name = IMAGE_ENDING.sub("", key.replace("\\", "/").rpartition("/")[2])
        match = CHANGED.match(name)
        bases.append((match[1] if match else name, match is not None))
    if not any(changed for _, changed in bases):
        return None
    originals: dict[tuple[str, str], list[int]] = {}
    for row, (base, _) in enumerate(bases):
        originals.setdefault((labels[row], base), []).append(row)
    copies, example = 0, None
    for row, (base, changed) in enumerate(bases):
        others = originals[labels[row], base] if changed else []
        other = next((each for each in others if parts[each] != parts[row]), None)
        if other is not None:
            copies += 1
            example = example or (row, other)
    if copies < COPIES_AT_LEAST or example is None:
        return None
    row, other = example
    what = f"{counted(copies, 'image')} are changed copies, by their names, of images in another part, such as "
    what += f"{keys[row]} ({parts[row]}) of {keys[other]} ({parts[other]}): scores on them say little about new images"
    return (
        what,
        "Make parts of the images first, and change the training images alone; or --group keeps copies together",
    )
