"""Images as they were listed, before any is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from goodfit.data.images.tree import LeftOut
from goodfit.errors import DataError

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
        question: set where the place can be read in two ways and a fit has to know which.
    """

    paths: list[Path] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)
    parts: list[str | None] = field(default_factory=list)
    groups: list[str | None] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    notes: list[Note] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    question: DataError | None = None

    def add(self, path: Path, key: str, label: Any, part: str | None, group: str | None) -> None:
        self.paths.append(path)
        self.keys.append(key)
        self.labels.append(label)
        self.parts.append(part)
        self.groups.append(group)

    def extend(self, other: Listing) -> None:
        self.paths += other.paths
        self.keys += other.keys
        self.labels += other.labels
        self.parts += other.parts
        self.groups += other.groups
        self.left_out.extend(other.left_out)
        self.notes += other.notes
        self.doubts += other.doubts
        self.question = self.question or other.question

    def join(self, other: Listing, part: str, *, valid_given: bool) -> None:
        """Add a part that lies apart; with both parts given, what is here already is for training."""
        other.parts = [part] * len(other.paths)
        self.parts = [was or "train" if part == "test" and valid_given else was for was in self.parts]
        self.extend(other)

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
