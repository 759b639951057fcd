"""The images of a place: a folder, a single file, or a list of labels. No image is opened here."""

from __future__ import annotations

import re
from pathlib import Path

from goodfit.data.images.formats import image_endings
from goodfit.data.images.label_cells import is_label_list
from goodfit.data.images.label_list import ListOptions, read_label_list
from goodfit.data.images.layout import arrange, counted, descend
from goodfit.data.images.listing import Listing
from goodfit.data.images.part_names import parts_of
from goodfit.data.images.tree import scan
from goodfit.data.other_files import of_another_program
from goodfit.errors import DataError, UsageError
from goodfit.store.absent import absent
from goodfit.store.run_folder import RECORD

ENDINGS_OF_PLAIN_TEXT = (".txt", ".md")
ENDINGS_OF_TEXT = (".html", ".htm", ".eml", ".docx", ".pdf", ".rtf")
ENDINGS_OF_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".parquet", ".json", ".jsonl")


def find(
    root: Path, group: str | None = None, *, layout: str | None = None, columns: ListOptions | None = None
) -> Listing:
    """The images of a folder, a single file or a list of labels.

    Args:
        group: a pattern with {group} in it, or a column of the list.
        layout: what the folders are: parts or classes; by their names and the tree when None.
        columns: which columns of a list are meant.

    Raises:
        DataError: nothing there, or nothing that is an image.
    """
    _refuse_absent(root)
    if root.is_dir():
        listing = _from_folder(root, group, layout)
    elif root.suffix.lower() in image_endings():
        listing = Listing()
        listing.add(root, str(root), None, None, None)
    elif is_label_list(root):
        listing = read_label_list(root, group, columns or ListOptions())
    elif (known := of_another_program(root)) is not None:
        raise known
    else:
        raise DataError(
            "neither an image that is read nor a list of labels", where=root, fix="Give a folder, an image or a CSV"
        )
    _refuse_empty(root, listing)
    return listing


def find_flat(root: Path, *, skip_outside: bool) -> Listing:
    """The images of a folder whose folders are no classes: those of images with partners.

    Args:
        skip_outside: whether folders beside train/, valid/ and test/ are left out, and noted.
    """
    _refuse_absent(root)
    if not root.is_dir():
        return find(root)
    tree, left_out = scan(root)
    listing = Listing(left_out=left_out)
    top = descend(tree)
    parts = parts_of([folder.name for folder in top.filled])
    several = "train" in parts.values() and len(set(parts.values())) > 1
    for name in top.images:
        _add(listing, top.path / name, None, None)
    for folder in top.filled:
        part = parts.get(folder.name) if several else None
        if several and part is None and skip_outside:
            why = "this folder is beside the parts, and no part by its name"
            listing.notes.append(("left out", f"{folder.name} ({counted(folder)})", why))
            continue
        for path in folder.files():
            _add(listing, path, None, part)
    _note_left_out(listing)
    _refuse_empty(root, listing)
    return listing


def images_in(folder: Path) -> list[Path]:
    """All images of a folder and those in it, in the order of their names."""
    return list(scan(folder)[0].files())


def _from_folder(root: Path, group: str | None, layout: str | None) -> Listing:
    pattern = _group_pattern(group) if group is not None else None
    tree, left_out = scan(root)
    arranged = arrange(tree, layout)
    listing = Listing(left_out=left_out, notes=arranged.notes, doubts=arranged.doubts, question=arranged.question)
    for place in arranged.placed:
        for path in place.files():
            _add(listing, path, place.label, place.part, _group_of(path, pattern, root))
    classes = len(set(listing.labels) - {None})
    of_names = "the names of the files begin with them, as you said"
    listing.note_classes(of_names if layout == "files" else f"{classes:,} class folders, images in each")
    _note_left_out(listing)
    return listing


def _add(listing: Listing, path: Path, label: str | None, part: str | None, group: str | None = None) -> None:
    listing.add(path, str(path), label, part, group)


def _note_left_out(listing: Listing) -> None:
    described = listing.left_out.described()
    if described:
        listing.notes.append(("left out", described, "no images that are read"))
    listing.doubts += listing.left_out.doubts()


def _refuse_absent(root: Path) -> None:
    if not root.exists():
        raise absent(root)
    if not root.is_dir() and not root.is_file():
        raise DataError("a special file, no image", where=root, fix="Give a folder, an image or a CSV")


def _refuse_empty(root: Path, listing: Listing) -> None:
    if listing.paths:
        return
    left_out = listing.left_out
    if (root / RECORD).is_file():
        raise DataError(
            "this is the folder of a finished run, and data is needed",
            where=root,
            fix=f"Give what it was fitted on; --more 10 --out {root} trains the run on for ten epochs",
        )
    described = left_out.described()
    fixes = [fix for _, fix in left_out.doubts()]
    most = max(left_out.endings, key=left_out.endings.__getitem__, default="")
    if most in ENDINGS_OF_PLAIN_TEXT:
        fixes.append("Texts are read by --kind texts")
    elif most in ENDINGS_OF_TEXT:
        fixes.append("Save the texts in them as .txt files, in a folder for each class")
    elif most in ENDINGS_OF_TABLES:
        fixes.append("Give one of its tables, by its own path: a folder of Parquet files alone is read as one table")
    raise DataError(
        "no images in it" + (f" that are read: it holds {described}" if described else ""),
        where=root,
        fix=fixes[0] if fixes else "Give a folder of images; to fit a model, one with a folder for each class",
    )


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
