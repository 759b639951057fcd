"""Images and their partners: the mask or the clean image that belongs to each, by file name."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from goodfit.data.images.find import find_flat, images_in
from goodfit.data.images.listing import Listing
from goodfit.data.images.partner_names import Matches, has_partner_word, match, named
from goodfit.errors import DataError
from goodfit.formatting import counted, some_of

NAMES_SHOWN = 10  # in a message
AS_PNG = "Save each as a PNG of class numbers: in Python PIL.Image.fromarray(mask.astype('uint8')).save(...)"
DRAWN = "Draw the shapes in them into PNGs of class numbers, with the program that wrote them"
FIXES_OF_PARTNERS = {".npy": AS_PNG, ".npz": AS_PNG, ".mat": AS_PNG, ".json": DRAWN, ".xml": DRAWN, ".txt": DRAWN}


def find_pairs(root: Path, partners: Path | None, option: str) -> tuple[Listing, list[Path] | None]:
    """The images of a place and the partner of each.

    Args:
        root: a folder of images, with or without folders in it; or one with train/, valid/ and test/ in it, each of
            which holds a folder of images and a folder of partners beside it.
        partners: the folder of partners, of the same structure as `root`; or, where that does not exist, the name of
            the folders of partners inside of `root`; None: there are none.
        option: what the user calls `partners`: masks or clean.

    Raises:
        DataError: no images, no such folder, images without a partner or with several: each is named.
    """
    listing = find_flat(root, skip_outside=partners is not None)
    listing.labels = [None] * len(listing.labels)  # folders are no classes here
    if partners is None:
        return listing, None
    if partners.is_dir():
        if partners.resolve() == root.resolve():
            return _beside(listing, root, option)
        return _apart(_outside(listing, [partners]), root, partners, option)
    inside = sorted(folder for folder in root.rglob(partners.name) if folder.is_dir()) if root.is_dir() else []
    if not inside or len(partners.parts) > 1:
        raise DataError("no such folder", where=partners, fix=f"Check --{option}")
    return _inside(_outside(listing, inside), inside, option)


def _outside(listing: Listing, folders: Sequence[Path]) -> Listing:
    """The images that lie in none of these folders."""
    resolved = {folder.resolve() for folder in folders}
    parents = {path.parent: path.parent.resolve() for path in listing.paths}
    within = {parent for parent, real in parents.items() if not resolved.isdisjoint((real, *real.parents))}
    kept = [row for row, path in enumerate(listing.paths) if path.parent not in within]
    if not kept:
        raise DataError("no images beside the partners", where=folders[0].parent, fix="Give the folder of the images")
    return listing.only(kept)


def _beside(listing: Listing, root: Path, option: str) -> tuple[Listing, list[Path]]:
    """Images and partners in one folder: 7.jpg and 7_mask.png."""
    partner_rows = {row for row, path in enumerate(listing.paths) if has_partner_word(path.stem)}
    partners = [listing.paths[row] for row in sorted(partner_rows)]
    images = listing.only([row for row in range(len(listing.paths)) if row not in partner_rows])
    if not partners or not images.paths:
        raise DataError(
            f"images and --{option} are in one folder, and their names do not tell them apart",
            where=root,
            fix="Move them to a folder of their own, or call them NAME_mask",
        )
    matches = match(named(images.paths, root), named(partners, root))
    return images, _settled(images, matches, root, option)


def _apart(listing: Listing, root: Path, partners: Path, option: str) -> tuple[Listing, list[Path]]:
    """Partners in a folder of the same structure, seen from both folders or from where their files begin."""
    base = root if root.is_dir() else root.parent
    files = images_in(partners)
    if not files:
        raise _no_partners(partners, option)
    matches = match(named(listing.paths, base), named(files, partners))
    if matches.faults:
        nearer = match(named(listing.paths, _common(listing.paths)), named(files, _common(files)))
        matches = nearer if nearer.faults < matches.faults else matches
    return listing, _settled(listing, matches, partners, option)


def _no_partners(folder: Path, option: str) -> DataError:
    """What is in a folder without images: arrays and drawings of programs are masks too, which are not read."""
    kinds = Counter(path.suffix.lower() for path in folder.rglob("*") if path.is_file() and path.suffix)
    ending, count = kinds.most_common(1)[0] if kinds else ("", 0)
    fix = FIXES_OF_PARTNERS.get(ending, f"Check --{option}")
    there = f": it holds {counted(count, f'{ending} file')}" if count else ""
    return DataError(f"no images in it that are read{there}", where=folder, fix=fix)


def _common(paths: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([path.parent for path in paths]))


def _inside(listing: Listing, inside: Sequence[Path], option: str) -> tuple[Listing, list[Path]]:
    """Folders of partners beside folders of images, in each part: train/images and train/masks."""
    matched: dict[int, Path] = {}
    for folder in inside:
        rows = [row for row, path in enumerate(listing.paths) if folder.parent in path.parents]
        if not rows:
            continue
        images = [listing.paths[row] for row in rows]
        files = images_in(folder)
        matches = match(named(images, _common(images)), named(files, folder))
        for row, partner in zip(rows, _settled(listing.only(rows), matches, folder, option), strict=True):
            matched[row] = partner
    without = [listing.keys[row] for row in range(len(listing.keys)) if row not in matched]
    if without:
        these = some_of(without, NAMES_SHOWN)
        raise DataError(
            f"{len(without)} of {len(listing.keys)} images have no {inside[0].name} beside them: {these}",
            where=inside[0].parent,
            fix=f"Add their partners, or remove these images (--{option})",
        )
    return listing, [matched[row] for row in range(len(listing.keys))]


def _settled(listing: Listing, matches: Matches, folder: Path, option: str) -> list[Path]:
    """The partners, one for each image; what speaks against it is an error."""
    if matches.several:
        image, candidates = matches.several[0]
        names = " and ".join(path.name for path in candidates[:3])
        raise DataError(
            f"{len(matches.several)} of {len(listing.keys)} images have several partners: {image} has {names}",
            where=folder,
            fix=f"Keep one for each image (--{option})",
        )
    missing = matches.missing
    if missing:
        named_ones = [f"{listing.keys[row]} ({listing.paths[row].stem}.* is not there)" for row in missing]
        raise DataError(
            f"{len(missing)} of {len(listing.keys)} images have no partner: {some_of(named_ones, NAMES_SHOWN)}",
            where=folder,
            fix=f"Add the missing files, or remove these images; names and folders have to match (--{option})",
        )
    if matches.shared:
        first, second, partner = matches.shared[0]
        raise DataError(
            f"{partner.name} is the partner of {first} and of {second}",
            where=folder,
            fix=f"Give each image a partner of its own (--{option})",
        )
    if matches.unused:
        names = some_of([path.name for path in matches.unused], 3)
        listing.notes.append(
            ("left out", f"{len(matches.unused):,} of --{option}", f"no image has their names: {names}")
        )
    return [partner for partner in matches.partners if partner is not None]


def in_parts(
    root: Path, partners: Path | None, further: dict[str, tuple[Path | None, Path | None]], option: str
) -> tuple[Listing, list[Path] | None]:
    """`find_pairs`, with the places of further parts: part -> (images, partners)."""
    listing, matched = find_pairs(root, partners, option)
    for part, (place, beside) in further.items():
        if (place is None) != (beside is None):
            given, missing = (part, f"{part}-{option}") if beside is None else (f"{part}-{option}", part)
            raise DataError(f"--{given} without --{missing}", where=place or beside, fix=f"Give --{missing} as well")
        if place is not None and beside is not None and matched is not None:
            more, theirs = find_pairs(place, beside, option)
            listing.join(more, part, valid_given=further["valid"][0] is not None)
            matched += theirs or []
    return listing, matched
