"""Folders that are no classes: one for each image, with its mask beside it; small copies of the images of a class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from goodfit.data.images.part_names import IMAGE_WORDS, MASK_WORDS, words
from goodfit.data.images.tree import Folder
from goodfit.errors import DataError
from goodfit.formatting import counted

FOLDERS_AT_LEAST, SHARE_OF_FOLDERS = 3, 0.8
FILES_OF_A_SAMPLE = 8  # at most, where image and mask lie in one folder
COPIES = frozenset({"thumb", "thumbs", "thumbnail", "thumbnails", "preview", "previews"})
SHARE_OF_COPIES = 0.8  # of the names in such a folder are those of images beside it


def sample_folders_question(top: Folder) -> DataError | None:
    """What is asked where most folders hold an image and its mask, as those of the Data Science Bowl do."""
    samples = [folder for folder in top.filled if _is_sample(folder)]
    if len(samples) < max(FOLDERS_AT_LEAST, SHARE_OF_FOLDERS * len(top.filled)):
        return None
    held = [path.relative_to(samples[0].path).as_posix() for path in samples[0].files()]
    return DataError(
        f"{len(samples):,} of its {len(top.filled):,} folders look like an image and its mask each ({samples[0].name}: "
        f"{', '.join(held[:3])}), not like classes",
        where=top.path,
        fix="Move the images into one folder and the masks into another, one of the same name for each image, and give "
        "IMAGES --masks MASKS; or --layout classes if they are classes",
    )


def _is_sample(folder: Folder) -> bool:
    """Whether it holds images/ and masks/, or image.png and mask.png."""
    if not folder.images:
        inner = [set(words(each.name)) for each in folder.filled]
        return any(each & MASK_WORDS for each in inner) and any(each & IMAGE_WORDS for each in inner)
    stems = [set(words(Path(name).stem)) for name in folder.images]
    masks = sum(bool(stem & MASK_WORDS) for stem in stems)
    return not folder.filled and 0 < masks < len(stems) <= FILES_OF_A_SAMPLE


def small_copies_doubt(top: Folder) -> tuple[str, str] | None:
    """What is to be said of folders such as thumbs/ whose images are called like those beside them."""
    copies = [
        folder
        for folder, beside in _inner(top)
        if COPIES.intersection(words(folder.name)) and _share(folder, beside) >= SHARE_OF_COPIES
    ]
    if not copies:
        return None
    count = sum(folder.total for folder in copies)
    where = copies[0].path.relative_to(top.path).as_posix()
    what = f"{counted(count, 'image')} in folders such as {where} are called like the images beside them: they may be "
    what += "smaller copies of these, which are learnt from in one part and scored in another"
    return what, "Remove these folders, or move them elsewhere"


def _inner(folder: Folder) -> Iterator[tuple[Folder, set[str]]]:
    """Each folder below, and the names of the images that lie beside it and in the folders beside it."""
    for inner in folder.filled:
        others = [path for each in folder.filled if each is not inner for path in each.images]
        yield inner, {Path(name).stem for name in (*folder.images, *others)}
        yield from _inner(inner)


def _share(folder: Folder, beside: set[str]) -> float:
    stems = [path.stem for path in folder.files()]
    return sum(stem in beside for stem in stems) / len(stems)
