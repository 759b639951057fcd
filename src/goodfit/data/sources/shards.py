"""Images in tar archives, as WebDataset writes them: 000001.jpg beside 000001.cls or 000001.json."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from goodfit.data.columns import nothing
from goodfit.data.images.formats import image_endings
from goodfit.data.images.image_source import RESIZE, STREAM
from goodfit.data.images.labelled_source import SIZE, LabelledImages
from goodfit.data.images.listing import Listing
from goodfit.data.images.opening import UnreadableImage
from goodfit.data.images.part_names import parts_of
from goodfit.data.images.stored import ImagePlace
from goodfit.data.images.tar_members import Sample, TarMember, TarMembers, samples_of
from goodfit.data.packed import Made, alike
from goodfit.data.source import Claim, Strength
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.store.absent import absent
from goodfit.table_options import TARGET

ENDING = ".tar"
LABEL_BYTES_AT_MOST, JSON_BYTES_AT_MOST = 10_000, 1_000_000
CLASS_ENDINGS = ("cls", "cls.txt", "label", "label.txt")
NAMES_OF_LABELS = ("label", "labels", "cls", "class", "class_name", "category", "target", "tags")  # of a JSON object


class Shards(LabelledImages):
    """A source of images in tar archives; see `shards`."""

    kind = "shards"
    options = (SIZE, RESIZE, STREAM, TARGET)

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """A tar archive, or a folder of them and of nothing else."""
        if path.is_dir():
            return Claim(Strength.CONTENT, "there are tar archives in it") if archives(path) else None
        return Claim(Strength.ENDING, "its name ends in .tar") if path.suffix.lower() == ENDING else None


def archives(path: Path) -> list[Path]:
    """The tar archives of a folder, or of the folders in it, in the order of their names; none where images are too."""
    if not path.is_dir():
        return [path]
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    if any(entry.suffix.lower() in image_endings() for entry in entries):
        return []
    own = [entry for entry in entries if entry.suffix.lower() == ENDING]
    folders = [entry for entry in entries if entry.is_dir()]
    inner = [archives(folder) for folder in folders if not folder.is_symlink()]
    return [] if folders and not all(inner) else own + [file for files in inner for file in files]


def shards(
    data: str | os.PathLike[str],
    *,
    valid: str | os.PathLike[str] | None = None,
    test: str | os.PathLike[str] | None = None,
    size: int | str | None = None,
    resize: str | None = None,
    stream: bool | None = None,
    target: str | None = None,
) -> Shards:
    """Images in tar archives, where they stay: nothing is unpacked.

    A sample is what has one name up to the first dot: an image, and its label in a file .cls (text), or in a field of
    a file .json (one label, or a list of several).

    Args:
        data: an archive without compression, or a folder of them. Archives, or folders of them, that are called train,
            valid (val) and test, such as train-0001.tar, are these parts.
        valid, test: further places of the same kind, whose images are the validation or test part.
        size, resize, stream: as of `goodfit.images`.
        target: the field of the .json that holds the label; label, class and others of this kind when None.

    Raises:
        DataError: nothing to read there, a damaged archive, a sample with several images.
    """
    return Shards.of_places(
        _listed, Path(data), valid, test, target, {"size": size, "resize": resize, "stream": stream}
    )


def _listed(root: Path, target: str | None) -> tuple[Listing, Sequence[ImagePlace]]:
    """The samples of all archives of a place: a listing without paths, and the images."""
    if not root.exists():
        raise absent(root)
    files = archives(root)
    parts = _parts(root, files) if root.is_dir() else {}
    images, left_out, without = TarMembers(), dict[str, int](), 0

    def labels() -> Iterator[Any]:
        nonlocal without
        for file in files:
            for sample in samples_of(file, left_out):
                image = _image_of(sample, file)
                if image is None:
                    without += 1
                    continue
                images.append(image)
                yield _label_of(sample, file, target)

    listing = Listing(labels=alike(labels()), label_column=target or NAMES_OF_LABELS[0])
    listing.keys = Made(len(images), lambda row: str(images[row]))
    listing.parts = alike(parts.get(image.file) for image in images)
    listing.groups = nothing(len(images))
    if not images:
        raise DataError("no images in it", where=root, fix="Give .tar archives with files such as 000001.jpg in them")
    hashes = np.fromiter(map(hash, listing.keys), dtype=np.int64, count=len(images))
    if len(np.unique(hashes)) < len(images) and (key := Counter(listing.keys).most_common(1)[0])[1] > 1:
        raise DataError("two images have this name", where=key[0], fix="Write the archive again")
    if target is not None and all(label is None for label in listing.labels):
        raise DataError(f"--target {target}: no sample has a .json with this field", where=root, fix="Check the name")
    listing.note_classes(f"{counted(len(files), 'archive')} of samples")
    if parts:
        kinds = Counter(parts.values())
        named = ", ".join(f"{part} ({kinds[part]})" for part in kinds)
        listing.notes.append(("archives", named, "parts, by their names"))
    if without:
        left_out["samples without an image"] = without
    if left_out:
        named = ", ".join(f"{count:,} {what}" for what, count in left_out.items())
        listing.notes.append(("left out", named, "no images that are read"))
    return listing, images


def _parts(root: Path, files: Sequence[Path]) -> dict[Path, str]:
    """The part of each archive by its name, or by that of its folder; none where they do not say several."""
    names = {file: file.stem if file.parent == root else file.relative_to(root).parts[0] for file in files}
    parts = parts_of(list(dict.fromkeys(names.values())))
    by_file = {file: parts[name] for file, name in names.items() if name in parts}
    several = "train" in by_file.values() and len(set(by_file.values())) > 1
    return by_file if several and len(by_file) == len(files) else {}


def _image_of(sample: Sample, file: Path) -> TarMember | None:
    """The image of a sample: the one whose ending is that of an image alone."""
    images = [member for ending, member in sample.members.items() if f".{ending}" in image_endings()]
    if len(images) > 1:
        raise DataError(
            f"the sample '{sample.name[:80]}' has {len(images)} images",
            where=file,
            fix="Write one image a sample; others may have endings such as .mask.png",
        )
    return images[0] if images else None


def _label_of(sample: Sample, file: Path, target: str | None) -> Any:
    """A text, a list of texts, or None."""
    for ending in CLASS_ENDINGS if target is None else ():
        if ending in sample.members:
            text = _content(sample.members[ending], LABEL_BYTES_AT_MOST).decode("utf-8", errors="replace").strip()
            return " ".join(text.split()) or None
    if "json" not in sample.members:
        return None
    try:
        facts = msgspec.json.decode(_content(sample.members["json"], JSON_BYTES_AT_MOST))
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataError("not JSON", where=f"{file}/{sample.members['json'].name}", fix="Write it again") from error
    if not isinstance(facts, dict):
        facts = {NAMES_OF_LABELS[0]: facts}
    names = NAMES_OF_LABELS if target is None else (target,)
    value = next((facts[name] for name in names if facts.get(name) is not None), None)
    if isinstance(value, list) and all(isinstance(each, (str, int)) for each in value):
        return [str(each) for each in value]
    if value is not None and not isinstance(value, (str, int, float)):
        raise DataError(
            f"its label is {type(value).__name__}, neither a name nor a number",
            where=f"{file}/{sample.members['json'].name}",
            fix="Name the field of the label with --target",
        )
    return None if value is None else str(value)


def _content(member: TarMember, most: int) -> bytes:
    if member.size > most:
        raise DataError(
            f"a label of {member.size:,} bytes, over the limit of {most:,}",
            where=str(member),
            fix="Write the label alone",
        )
    try:
        return member.read()
    except (UnreadableImage, OSError) as error:
        raise DataError(
            f"its label cannot be read ({error})", where=str(member), fix="Copy the archive again"
        ) from error
