"""Images as they were listed, before any is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from goodfit.data.images.tree import LeftOut
from goodfit.data.packed import Paths, Texts
from goodfit.data.tables.known_levels import known_words
from goodfit.data.tables.visible import as_seen
from goodfit.errors import DataError
from goodfit.formatting import counted

CLASSES_NAMED = 12  # in the note on what was read
CLASSES = "classes"  # the name of that note
Note = tuple[str, str, str]  # a choice that was made: name, value, why


@dataclass
class Listing:
    """The images of a place.

    Attributes:
        labels: of each image a label, a list of labels, or None.
        parts: train, valid or test where the place says it, else None.
        groups: where a pattern or column gives them.
        left_out: files and folders that are no image of the data.
        notes: how the place was read.
        doubts: what may have been read wrongly: (what, what to do).
        label_column: what the labels are called where they were written, in a list or beside the images; None: they are
            names of folders.
        question: set where the place can be read in two ways and a fit has to know which.
    """

    paths: Sequence[Path] = field(default_factory=Paths)
    keys: Sequence[str] = field(default_factory=Texts)
    labels: Sequence[Any] = field(default_factory=list)
    parts: Sequence[str | None] = field(default_factory=list)
    groups: Sequence[str | None] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    notes: list[Note] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    label_column: str | None = None
    question: DataError | None = None

    def add(self, path: Path, key: str, label: Any, part: str | None, group: str | None) -> None:
        label = [as_seen(each) for each in label] if isinstance(label, list) else as_seen(label)
        group = as_seen(group)
        columns = (self.paths, self.keys, self.labels, self.parts, self.groups)
        for column, value in zip(columns, (path, key, label, part, group), strict=True):
            column.append(value)  # type: ignore[attr-defined]  # all have it, while rows are added one by one

    def extend(self, other: Listing) -> None:
        self.paths = [*self.paths, *other.paths]
        self.keys = [*self.keys, *other.keys]
        self.labels = [*self.labels, *other.labels]
        self.parts = [*self.parts, *other.parts]
        self.groups = [*self.groups, *other.groups]
        self.left_out.extend(other.left_out)
        self.notes += other.notes
        self.doubts += other.doubts
        self.question = self.question or other.question

    def note_classes(self, why: str) -> None:
        """How many images each class has, in the first place of the notes; nothing where no image has one class."""
        counts = Counter(label for label in self.labels if isinstance(label, str))
        if counts:
            shown = ", ".join(f"{name} {count:,}" for name, count in list(counts.items())[:CLASSES_NAMED])
            more = f" and {len(counts) - CLASSES_NAMED:,} more" if len(counts) > CLASSES_NAMED else ""
            self.notes.insert(0, (CLASSES, f"{shown}{more}", why))

    def join(self, other: Listing, part: str, *, valid_given: bool) -> None:
        """Add a part that lies apart; with both parts given, what is here already is for training."""
        other.parts = [part] * len(other.keys)
        other.notes = [(f"{part} {name}" if name == CLASSES else name, value, why) for name, value, why in other.notes]
        self.parts = [was or "train" if part == "test" and valid_given else was for was in self.parts]
        self.extend(other)

    def respell_parts(self) -> None:
        """Give labels of other parts the spelling that the training part has (Cat for cat), and note it."""
        rows = list(zip(self.labels, self.parts, strict=True))
        taught = list(
            dict.fromkeys(label for label, part in rows if part in ("train", None) and isinstance(label, str))
        )
        known = set(taught)
        others = Counter(label for label, part in rows if isinstance(label, str) and label not in known)
        words = known_words(others, taught) if taught else {}
        if not words:
            return
        self.labels = [words.get(label, label) if isinstance(label, str) else label for label in self.labels]
        word = next(iter(words))
        count = counted(sum(others[each] for each in words), "label")
        self.notes.append(("read as", count, f"'{word}' is read as '{words[word]}', which training has"))

    def only(self, kept: Sequence[int]) -> Listing:
        """These rows alone."""
        return replace(
            self,
            paths=[self.paths[at] for at in kept],
            keys=[self.keys[at] for at in kept],
            labels=[self.labels[at] for at in kept],
            parts=[self.parts[at] for at in kept],
            groups=[self.groups[at] for at in kept],
        )


def labelled_twice(paths: Sequence[Path], labels: Sequence[Any], where: Path) -> list[tuple[str, str]]:
    """What is to be said of images that a list has in several lines with different labels: (what, what to do).

    Args:
        where: the list, for the message.
    """
    if len(set(paths)) == len(paths):
        return []
    first: dict[Path, Any] = {}
    twice: dict[Path, tuple[Any, Any]] = {}
    for path, label in zip(paths, labels, strict=True):
        if first.setdefault(path, label) != label:
            twice.setdefault(path, (first[path], label))
    if not twice:
        return []
    (path, (one, other)), count = next(iter(twice.items())), len(twice)
    have = "1 image has" if count == 1 else f"{count:,} images have"
    what = f"{have} several lines in {where.name} with different labels, such as {path.name}: '{one}' and '{other}'"
    what += "; each line is learnt as an example of its own"
    return [(what, "Keep the line that is right, or put all labels of an image into one line, separated by |")]
