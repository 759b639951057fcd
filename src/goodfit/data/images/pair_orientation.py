"""Images that a camera stored turned, and partners that were made of the stored or of the upright pixels.

A partner without the image's EXIF data may belong to either. Where the sides differ in length, its shape tells; where
they do not, the other pairs do, or the user has to say it. A partner of the stored pixels is turned with its image.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from goodfit.data.images.decode import ImageFacts, UnreadableImage, probe, without_pillows_warnings
from goodfit.data.images.listing import Note
from goodfit.errors import DataError
from goodfit.formatting import counted, some_of
from goodfit.options import Option

PAIRS_NAMED = 3  # in a message
ORIENTATION = Option(
    "orientation",
    str,
    "Where EXIF data turns images and not their masks (or clean images): these are of the stored pixels, or of the "
    "upright image [by their shapes].",
    "Segmentation",
    choices=("stored", "upright"),
)


@dataclass(frozen=True)
class PairFacts:
    """Which ways of turning fit the shapes of an image and its partner, where they are turned differently."""

    turn: int  # of the image, as EXIF says
    stored: bool
    upright: bool


@dataclass(frozen=True)
class Turns:
    """How partners are turned.

    Attributes:
        turns: for each the orientation that it is turned by, None where by its own.
        chosen: stored or upright, for pairs whose shapes do not tell.
    """

    turns: list[int | None]
    chosen: str | None
    note: Note | None


def check_pairs(images: Sequence[Path], partners: Sequence[Path], option: str) -> list[PairFacts | None]:
    """What is to be decided of each pair: None where nothing is.

    Raises:
        DataError: partners of another size than their image: each is named, with both sizes.
    """

    def compare(paths: tuple[Path, Path]) -> PairFacts | str | None:
        try:
            image, partner = probe(paths[0]), probe(paths[1])
        except (UnreadableImage, OSError):
            return None  # listed when it is decoded
        upright = (image.width, image.height) == (partner.width, partner.height)
        stored = image.stored == partner.stored
        if not upright and not (stored and image.orientation != partner.orientation):
            return f"{paths[1]} is {_size(partner)}, {paths[0]} {_size(image)}"
        return PairFacts(image.orientation, stored, upright) if image.orientation != partner.orientation else None

    with without_pillows_warnings(), ThreadPoolExecutor() as pool:
        found = list(pool.map(compare, zip(images, partners, strict=True)))
    wrong = [line for line in found if isinstance(line, str)]
    if wrong:
        raise DataError(
            f"{len(wrong)} of {len(partners)} pairs differ in size: {some_of(wrong, PAIRS_NAMED)}",
            fix=f"Make both of one size, or remove the pairs (--{option})",
        )
    return [facts for facts in found if not isinstance(facts, str)]


def _size(facts: ImageFacts) -> str:
    return f"{facts.width}x{facts.height}"


def choose_turns(
    pairs: Sequence[PairFacts | None], paths: Sequence[Path], partner: str, given: str | None, fitted: str | None
) -> Turns:
    """How each partner is turned.

    Args:
        paths: of the images, for messages.
        partner: what messages call a partner.
        given: what the user says.
        fitted: what a run says that these pairs are scored by.

    Raises:
        DataError: the shapes of no pair tell, and nobody says it; or what is said does not fit them.
    """
    odd = [(row, facts) for row, facts in enumerate(pairs) if facts is not None]
    if not odd:
        return Turns([None] * len(pairs), given or fitted, None)
    what = f"EXIF data turns {len(odd)} of {counted(len(pairs), 'image')} and not their {partner}s"
    evidence = {"stored" if facts.stored else "upright" for _, facts in odd if facts.stored != facts.upright}
    against = [row for row, facts in odd if given is not None and not getattr(facts, given)]
    if against:
        raise DataError(
            f"{what}; --orientation {given} does not fit the shape of {len(against)} of them",
            where=paths[against[0]],
            fix="Leave --orientation out, or give the other one",
        )
    open_rows = [row for row, facts in odd if facts.stored and facts.upright]
    chosen = given or (next(iter(evidence)) if len(evidence) == 1 else fitted)
    if open_rows and chosen is None:
        raise DataError(
            f"{what}; of {len(open_rows)} of them the shape does not tell whether the {partner} was made of the pixels "
            "as they are stored, or of the upright image",
            where=paths[open_rows[0]],
            fix="Look at a pair, and give --orientation stored or --orientation upright",
        )
    turns: list[int | None] = [None] * len(pairs)
    for row, facts in odd:
        if facts.stored and (not facts.upright or chosen == "stored"):
            turns[row] = facts.turn
    with_image = sum(turn is not None for turn in turns)
    why = "given" if given else "by their shapes" if evidence else "as the run was fitted"
    value = f"{with_image} {partner}s are turned with their images, {len(odd) - with_image} left as they are"
    return Turns(turns, chosen, ("orientation", value, f"{what}; {why}"))
