"""Where images are: class folders, parts above them, or the lines of a CSV. Nothing is opened here but the CSV."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goodfit.errors import DataError, UsageError

PART_NAMES = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "test": "test",
    "testing": "test",
}
PATH_COLUMNS = ("path", "file", "filename", "image", "picture")
LABEL_COLUMNS = ("label", "labels", "class", "target", "tags")
PART_COLUMNS = ("part", "split")
LABEL_SEPARATORS = re.compile(r"[|;]")


@dataclass
class Listing:
    """Images as found, before any is opened."""

    paths: list[Path] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)  # a label, a list of labels, or None
    parts: list[str | None] = field(default_factory=list)
    groups: list[str | None] = field(default_factory=list)
    other_files: int = 0

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
        self.other_files += other.other_files

    def join(self, other: Listing, part: str, *, valid_given: bool) -> None:
        """Add a part that lies apart; with both parts given, what is here already is for training."""
        other.parts = [part] * len(other.paths)
        self.parts = [was or "train" if part == "test" and valid_given else was for was in self.parts]
        self.extend(other)

    def only(self, kept: Sequence[int]) -> Listing:
        """These rows alone."""
        return Listing(
            [self.paths[at] for at in kept],
            [self.keys[at] for at in kept],
            [self.labels[at] for at in kept],
            [self.parts[at] for at in kept],
            [self.groups[at] for at in kept],
        )


def find(root: Path, group: str | None = None) -> Listing:
    """The images of a folder, a CSV or a single file."""
    if not root.exists():
        raise DataError("no such file or folder", where=root, fix="Check the path")
    if root.is_file():
        listing = _from_csv(root, group) if root.suffix.lower() in (".csv", ".tsv") else Listing()
        if root.suffix.lower() in image_endings():
            listing.add(root, str(root), None, None, None)
    else:
        listing = _from_folder(root, group)
    if not listing.paths:
        raise DataError("no images in it", where=root, fix="Give a folder with a folder of images for each class")
    return listing


def image_endings() -> frozenset[str]:
    """File endings of every format that Pillow opens."""
    from PIL import Image

    global _ENDINGS
    if _ENDINGS is None:
        Image.init()
        opens = Image.OPEN
        _ENDINGS = frozenset(ending for ending, name in Image.registered_extensions().items() if name in opens) - {
            ".pdf",
            ".mpg",
            ".mpeg",
            ".hdf",
            ".h5",
        }
    return _ENDINGS


_ENDINGS: frozenset[str] | None = None


def _from_folder(root: Path, group: str | None) -> Listing:
    listing = Listing()
    children = sorted(child for child in root.iterdir() if child.is_dir() and not child.name.startswith("."))
    parts = {child: PART_NAMES.get(child.name.lower()) for child in children}
    if any(part == "train" for part in parts.values()):
        for child, part in parts.items():
            if part is not None:
                _add_classes(listing, child, part, group)
            else:
                listing.other_files += 1
    else:
        _add_classes(listing, root, None, group)
    return listing


def _add_classes(listing: Listing, root: Path, part: str | None, group: str | None) -> None:
    """Folders directly under `root` are classes; images directly in it have no label."""
    pattern = _group_pattern(group) if group is not None else None
    endings = image_endings()
    for folder, relative in _walk(root):
        label = relative[0] if relative else None
        for name in folder[1]:
            if os.path.splitext(name)[1].lower() not in endings:  # noqa: PTH122  # a third of the walk's time as Path
                listing.other_files += 1
                continue
            path = folder[0] / name
            listing.add(path, str(path), label, part, _group_of(path, pattern, root))


def _walk(root: Path) -> Iterator[tuple[tuple[Path, list[str]], tuple[str, ...]]]:
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place)
        visible = sorted(name for name in files if not name.startswith("."))
        yield (here, visible), here.relative_to(root).parts


def _group_pattern(group: str) -> re.Pattern[str]:
    if "{group}" not in group:
        raise UsageError(
            f"--group {group} is not a pattern with {{group}} in it",
            fix="For folders write a pattern such as '{group}/*' (the image's own folder) or '{group}_*.jpg'",
        )
    pieces = (re.escape(piece).replace(r"\*", "[^/]*") for piece in group.split("{group}", 1))
    return re.compile("(?:^|/)" + "(?P<group>[^/]+?)".join(pieces) + "$")


def _group_of(path: Path, pattern: re.Pattern[str] | None, root: Path) -> str | None:
    if pattern is None:
        return None
    match = pattern.search(path.as_posix())
    if match is None:
        raise DataError(f"its path does not fit the group pattern under {root}", where=path, fix="Check --group")
    return match["group"]


def _from_csv(path: Path, group: str | None) -> Listing:
    listing = Listing()
    unlabelled: int | None = None  # the first line without a label
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
        header = next(reader, None)
        if header is None:
            raise DataError("the file is empty", where=path, fix="Give a CSV with columns path and label")
        names = [name.strip().lower() for name in header]
        path_at = _column(names, PATH_COLUMNS, 0) or 0
        label_at = _column(names, LABEL_COLUMNS, 1 if len(names) > 1 else None)
        part_at = _column(names, PART_COLUMNS, None)
        group_at = None
        if group is not None:
            group_at = _column(names, (group.lower(),), None)
            if group_at is None:
                raise DataError(
                    f"there is no column '{group}' to group by", where=path, fix=f"Columns: {', '.join(header)}"
                )
        for line, cells in enumerate(reader, start=2):
            if not cells:
                continue
            if len(cells) < len(names):
                raise DataError(
                    f"{len(cells)} cells where the first line has {len(names)}",
                    where=f"{path}, line {line}",
                    fix="Fix this line",
                )
            label = cells[label_at].strip() if label_at is not None else None
            if label == "" and unlabelled is None:
                unlabelled = line
            part = None
            if part_at is not None and cells[part_at].strip():
                part = PART_NAMES.get(cells[part_at].strip().lower())
                if part is None:
                    raise DataError(
                        f"part '{cells[part_at]}' is not known",
                        where=f"{path}, line {line}",
                        fix="Use train, valid or test",
                    )
            listing.add(
                path.parent / cells[path_at].strip(),
                cells[path_at].strip(),
                label,
                part,
                cells[group_at] if group_at is not None else None,
            )
    if any(label is not None and LABEL_SEPARATORS.search(label) for label in listing.labels):
        listing.labels = [
            [name.strip() for name in LABEL_SEPARATORS.split(label) if name.strip()] for label in listing.labels
        ]
    elif unlabelled is not None:  # where images have several labels, one may have none
        raise DataError("no label", where=f"{path}, line {unlabelled}", fix="Give it one, or remove the line")
    return listing


def _column(names: list[str], wanted: Sequence[str], otherwise: int | None) -> int | None:
    return next((names.index(name) for name in wanted if name in names), otherwise)
