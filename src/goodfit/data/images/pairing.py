"""Images and their partners: the mask or the clean image that belongs to each, by file name."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from goodfit.data.images.decode import UnreadableImage, probe, without_pillows_warnings
from goodfit.data.images.find import Listing, find, image_endings
from goodfit.errors import DataError

NAMES_SHOWN = 10  # in a message
PARTNER_ENDINGS = (
    "_L",
    "_mask",
    "_labels",
    "_label",
    "_gt",
    "_P",
    "_clean",
)  # what people add to the name of a partner


def find_pairs(root: Path, partners: Path | None, option: str) -> tuple[Listing, list[Path] | None]:
    """The images of a place and the partner of each.

    Args:
        root: a folder of images, with or without folders in it; or one with train/, valid/ and test/ in it, each of
            which holds a folder of images and a folder of partners beside it.
        partners: the folder of partners, of the same structure as `root`; or, where that does not exist, the name of
            the folders of partners inside of `root`; None: there are none.
        option: what the user calls `partners`: masks or clean.

    Raises:
        DataError: no images, no such folder, or images without a partner: each is named.
    """
    listing = find(root)
    listing.labels = [None] * len(listing.labels)  # folders are no classes here
    if partners is None:
        return listing, None
    if partners.is_dir():
        known = _by_name(partners)
        base = root if root.is_dir() else root.parent
        wanted = [path.relative_to(base).with_suffix("").as_posix() for path in listing.paths]
        return listing, _matched(listing.keys, wanted, known, partners, option)
    name = partners.name
    inside = sorted(folder for folder in root.rglob(name) if folder.is_dir()) if len(partners.parts) == 1 else []
    if not inside:
        raise DataError("no such folder", where=partners, fix=f"Check --{option}")
    kept = [at for at, path in enumerate(listing.paths) if not any(folder in path.parents for folder in inside)]
    listing = listing.only(kept)
    matched: list[Path] = []
    tables = {folder: _by_name(folder) for folder in inside}
    for key, path in zip(listing.keys, listing.paths, strict=True):
        beside = next((folder for folder in inside if folder.parent in path.parents), inside[0])
        within = path.relative_to(beside.parent) if beside.parent in path.parents else path
        wanted_name = Path(*within.parts[1:]).with_suffix("").as_posix()
        matched += _matched([key], [wanted_name], tables[beside], beside, option)
    return listing, matched


def _by_name(folder: Path) -> dict[str, Path]:
    """Images of a folder by their path in it without the ending."""
    endings = image_endings()
    files = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in endings)
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}


def _matched(
    keys: Sequence[str], wanted: Sequence[str], known: dict[str, Path], folder: Path, option: str
) -> list[Path]:
    """The partner of each image: of its name in the same place, with a usual addition, or of its name at all."""
    by_stem: dict[str, list[Path]] = {}
    for path in known.values():
        by_stem.setdefault(path.stem, []).append(path)
    matched: list[Path] = []
    missing: list[str] = []
    for key, name in zip(keys, wanted, strict=True):
        stem = name.rpartition("/")[2]
        same_place = [known[name + ending] for ending in ("", *PARTNER_ENDINGS) if name + ending in known]
        same_name = [paths for ending in ("", *PARTNER_ENDINGS) if (paths := by_stem.get(stem + ending))]
        if same_place:
            matched.append(same_place[0])
        elif same_name and len(same_name[0]) == 1:
            matched.append(same_name[0][0])
        else:
            missing.append(f"{key} ({stem}.* is not there)")
    if missing:
        raise DataError(
            f"{len(missing)} of {len(keys)} images have no partner: {listed(missing)}",
            where=folder,
            fix=f"Add the missing files, or remove these images; the names have to match (--{option})",
        )
    return matched


def check_sizes(listing: Listing, partners: Sequence[Path], option: str) -> None:
    """Refuse partners of another size than their image.

    Raises:
        DataError: each is named, with both sizes.
    """

    def difference(paths: tuple[Path, Path]) -> str | None:
        try:
            image, partner = probe(paths[0]), probe(paths[1])
        except UnreadableImage:
            return None  # listed when it is decoded
        if (image.width, image.height) == (partner.width, partner.height):
            return None
        return f"{paths[1]} is {partner.width}x{partner.height}, {paths[0]} {image.width}x{image.height}"

    with without_pillows_warnings(), ThreadPoolExecutor() as pool:
        wrong = [line for line in pool.map(difference, zip(listing.paths, partners, strict=True)) if line]
    if wrong:
        raise DataError(
            f"{len(wrong)} of {len(partners)} pairs differ in size: {listed(wrong)}",
            fix=f"Make both of one size, or remove the pairs (--{option})",
        )


def listed(names: Sequence[str], most: int = NAMES_SHOWN) -> str:
    """The first of them, and how many more."""
    more = f", and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def in_parts(
    root: Path, partners: Path | None, further: dict[str, tuple[Path | None, Path | None]], option: str
) -> tuple[Listing, list[Path] | None]:
    """`find_pairs`, with the places of further parts: part -> (images, partners); sizes are checked."""
    listing, matched = find_pairs(root, partners, option)
    for part, (place, beside) in further.items():
        if (place is None) != (beside is None):
            given, missing = (part, f"{part}-{option}") if beside is None else (f"{part}-{option}", part)
            raise DataError(f"--{given} without --{missing}", where=place or beside, fix=f"Give --{missing} as well")
        if place is not None and beside is not None and matched is not None:
            more, theirs = find_pairs(place, beside, option)
            listing.join(more, part, valid_given=further["valid"][0] is not None)
            matched += theirs or []
    if matched is not None:
        check_sizes(listing, matched, option)
    return listing, matched
