"""Classes that stand in the names of files: cat.0.jpg and dog.0.jpg, Egyptian_Mau_12.jpg, pos_7.txt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from pathlib import PurePath

from goodfit.lazy_pattern import lazy_pattern

NUMBERED = lazy_pattern(r"(.*?[^\W\d_].*?)[ _.\-(#]*\d+\)?")  # a word, and a number behind it
SHARE_NUMBERED = 0.9  # of the files
CLASSES_AT_LEAST, FILES_OF_A_CLASS = 2, 3  # on average
CLASSES_NAMED = 3


def class_in_name(name: str) -> str | None:
    """The word that the name of a file begins with, where a number stands behind it; None of others."""
    match = NUMBERED.fullmatch(PurePath(name).stem)
    return match[1] if match else None


def hint_of_classes(names: Collection[str]) -> str | None:
    """What to do where files without labels may have their classes in their names; None where they have not."""
    counts = Counter(word for name in names if (word := class_in_name(name)) is not None)
    enough = len(counts) >= CLASSES_AT_LEAST and counts.total() >= FILES_OF_A_CLASS * len(counts)
    if not enough or counts.total() < SHARE_NUMBERED * len(names):
        return None
    shown = ", ".join(f"{word} {count:,}" for word, count in counts.most_common(CLASSES_NAMED))
    more = ", ..." if len(counts) > CLASSES_NAMED else ""
    return f"If the names of the files begin with their classes ({shown}{more}), give --layout files"
