"""Which partner belongs to which image, by their names and folders: each is used once, and there is one for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from goodfit.data.images.part_names import BETTER_WORDS, IMAGE_WORDS, MASK_WORDS, WORSE_WORDS
from goodfit.data.tables.visible import as_seen
from goodfit.lazy_pattern import lazy_pattern

PARTNER_WORDS = MASK_WORDS | BETTER_WORDS | {"matte", "alpha", "l", "p"}
INPUT_WORDS = IMAGE_WORDS | WORSE_WORDS | {"sat", "im"}
_BETWEEN = lazy_pattern(r"[_\-. ]+")
_NUMBERED = lazy_pattern(r"([a-z]+?)(\d+)")


@dataclass(frozen=True)
class Named:
    """A file, the folder that it lies in (seen from where folders correspond), and its name without the ending."""

    path: Path
    folder: str
    stem: str


@dataclass
class Matches:
    """What was found for the images: a partner each, those that have none or several, and partners of no image."""

    partners: list[Path | None]
    several: list[tuple[Path, list[Path]]]
    shared: list[tuple[Path, Path, Path]]
    unused: list[Path]

    @property
    def missing(self) -> list[int]:
        return [row for row, partner in enumerate(self.partners) if partner is None]

    @property
    def faults(self) -> int:
        return len(self.missing) + len(self.shared)


def named(paths: Iterable[Path], base: Path) -> list[Named]:
    """Files, seen from a folder that they lie in; in one of Unicode's forms, since macOS writes é as two signs."""
    return [Named(path, as_seen(path.parent.relative_to(base).as_posix()), as_seen(path.stem)) for path in paths]


def match(images: Sequence[Named], partners: Sequence[Named]) -> Matches:
    """The partner of each image, in the folder that corresponds to its own.

    Folders correspond by their names; where all partners lie in one folder, it is the folder of all images, and where
    all images lie in one, all folders of partners are its own.
    """
    one_folder = len({partner.folder for partner in partners}) <= 1 or len({image.folder for image in images}) <= 1
    rows: dict[str, list[int]] = defaultdict(list)
    for row, image in enumerate(images):
        rows["" if one_folder else image.folder].append(row)
    beside: dict[str, list[Named]] = defaultdict(list)
    for partner in partners:
        beside["" if one_folder else partner.folder].append(partner)
    found = Matches([None] * len(images), [], [], [])
    owner: dict[Path, int] = {}
    for folder, members in rows.items():
        for row, candidates in _candidates([images[row] for row in members], beside.get(folder, [])).items():
            at, own = members[row], sorted({partner.path for partner in candidates})
            if len(own) > 1:
                found.several.append((images[at].path, own))
            if own[0] in owner:
                found.shared.append((images[owner[own[0]]].path, images[at].path, own[0]))
            owner.setdefault(own[0], at)
            found.partners[at] = own[0]
    claimed = set(owner).union(*(paths for _, paths in found.several)) if found.several else set(owner)
    found.unused = [partner.path for partner in partners if partner.path not in claimed]
    return found


def _candidates(images: Sequence[Named], partners: Sequence[Named]) -> dict[int, list[Named]]:
    """For images and partners of one folder: image -> partners of its name, or of its name and a usual addition."""
    found: dict[int, list[Named]] = defaultdict(list)
    left = list(partners)
    rows = range(len(images))
    # From the same name to ever freer ones; a partner that has an image is not looked at again.
    for image_keys, partner_key in (
        ({row: image.stem for row, image in enumerate(images)}, lambda stem: stem),
        ({row: _joined(images[row].stem) for row in rows}, lambda stem: without_words(stem, PARTNER_WORDS)),
        (
            {row: without_words(images[row].stem, INPUT_WORDS) for row in rows if row not in found},
            lambda stem: without_words(stem, PARTNER_WORDS),
        ),
        ({row: _joined(images[row].stem) for row in rows}, _numbered_mask),
    ):
        by_key: dict[str, list[int]] = defaultdict(list)
        for row, key in image_keys.items():
            by_key[key].append(row)
        rest: list[Named] = []
        for partner in left:
            owners = by_key.get(partner_key(partner.stem), [])
            for row in owners:
                found[row].append(partner)
            if not owners:
                rest.append(partner)
        left = rest
    return found


def without_words(stem: str, words: frozenset[str]) -> str:
    """A name without these words: 7_mask, mask-7 and Mask7 are 7; `""` where nothing else is in it."""
    return "_".join(piece for piece in _pieces(stem) if piece not in words)


def _joined(stem: str) -> str:
    """A name whose pieces are joined in one way: 7-a and 7_A are the same."""
    return "_".join(_pieces(stem))


def _numbered_mask(stem: str) -> str:
    """The name before a mask's number: 7_mask_1 is of 7; "" where it is not such a name."""
    pieces = _pieces(stem)
    if len(pieces) > 2 and pieces[-1].isdigit() and pieces[-2] in PARTNER_WORDS:
        return "_".join(pieces[:-2])
    return ""


def _pieces(stem: str) -> list[str]:
    pieces: list[str] = []
    for piece in _BETWEEN.split(stem.casefold()):
        numbered = _NUMBERED.fullmatch(piece)
        if numbered is not None and numbered[1] in (PARTNER_WORDS | INPUT_WORDS) - {"l", "p", "y", "x"}:
            pieces += [numbered[1], numbered[2]]  # mask7
        elif piece:
            pieces.append(piece)
    return pieces


def has_partner_word(stem: str) -> bool:
    """Whether a name says that it is a partner: 7_mask."""
    return bool(set(_pieces(stem)) & MASK_WORDS)
