"""What the folders of a place are, seen from the whole tree: parts of the data, classes, or neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from goodfit.data.images.camera_folders import camera_folders_doubt
from goodfit.data.images.class_in_name import class_in_name
from goodfit.data.images.listing import Note
from goodfit.data.images.part_names import (
    BESIDE_WORDS,
    BETTER_WORDS,
    FILLING_WORDS,
    IMAGE_WORDS,
    MASK_WORDS,
    PART_NAMES,
    WORSE_WORDS,
    is_unlabelled,
    parts_of,
    words,
)
from goodfit.data.images.sample_folders import sample_folders_question, small_copies_doubt
from goodfit.data.images.tree import Folder
from goodfit.errors import DataError
from goodfit.options import Option

LAYOUT = Option(
    "layout",
    str,
    "What the folders are, where it is not clear: parts (train, valid, test, with classes in them) or classes; files: "
    "their names begin with their classes (cat.0.jpg).",
    "Images",
    choices=("parts", "classes", "files"),
)
SAME_NAMES_SHARE = 0.8  # of two folders' files, with which they look like images and their partners


@dataclass(frozen=True)
class Placed:
    """A folder and what all its images are (those in the folders below too, where it is deep).

    Attributes:
        names: of the files in it that are meant; None: all of them.
    """

    folder: Folder
    label: str | None
    part: str | None
    deep: bool = True
    names: tuple[str, ...] | None = None

    def files(self) -> Iterator[Path]:
        """The images, in the order of their names."""
        if self.names is not None:
            yield from (self.folder.path / name for name in self.names)
        elif self.deep:
            yield from self.folder.files()
        else:
            for name in self.folder.images:
                yield self.folder.path / name


@dataclass
class Layout:
    """Every image of the tree stands in exactly one of `placed`."""

    placed: list[Placed] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    question: DataError | None = None
    doubts: list[tuple[str, str]] = field(default_factory=list)


def arrange(root: Folder, choice: str | None, *, partners: bool = True) -> Layout:
    """The classes and parts of a tree of folders.

    Args:
        choice: parts, classes or files, as the user says; None: by the names and the tree.
        partners: whether two folders may be images and their masks.

    Raises:
        DataError: parts are asked for, and no folder has the name of one.
    """
    top = descend(root)
    parts = parts_of([folder.name for folder in top.filled])
    if choice is None and not parts and (labelled := _only_labelled(top)) is not None:
        layout = arrange(labelled, None, partners=partners)
        _place_unlabelled([folder for folder in top.filled if folder is not labelled], None, layout)
        return layout
    layout = Layout()
    if choice == "files":
        for folder in top.filled or [top]:
            _place_by_names(folder, parts.get(folder.name), layout)
        if top.filled and top.images:
            _place_by_names(replace(top, folders=[]), None, layout)
        return layout
    if choice == "parts" and not parts:
        names = ", ".join(folder.name for folder in top.filled[:5]) or "none"
        raise DataError(
            f"no folder in it is called like a part (there are: {names})",
            where=root.path,
            fix="Call them train, valid and test, or leave --layout out",
        )
    reading = choice or _reading(top, parts, layout)
    if reading == "parts":
        _place_parts(top, parts, layout)
    elif reading == "parts in classes":
        for folder in top.filled:
            inner = parts_of([part.name for part in folder.filled])
            layout.placed += [Placed(part, folder.name, inner[part.name]) for part in folder.filled]
        layout.notes.append(("folders", "classes with parts in them", f"the folders in each class of {root.path}"))
    else:
        _place_classes(top, None, layout)
        doubts = (_same_folders_in_all(top), camera_folders_doubt([folder.name for folder in top.filled]))
        layout.doubts += [doubt for doubt in doubts if doubt is not None and choice is None]
        if choice is None and partners and (samples := sample_folders_question(top)) is not None:
            layout.question = samples
    if partners and (copies := small_copies_doubt(top)) is not None:
        layout.doubts.append(copies)
    if choice is None and layout.question is None and partners:
        layout.question = _partners_question(top, layout)
    return layout


def counted(folder: Folder, count: int | None = None) -> str:
    """1 image, 2 images: of a folder and those below, or so many of it."""
    count = folder.total if count is None else count
    return f"{count:,} {folder.noun}{'s' if count != 1 else ''}"


def descend(folder: Folder) -> Folder:
    """Through folders that hold nothing but one other folder, down to where there is something to tell apart."""
    while not folder.images and len(folder.filled) == 1:
        inner = folder.filled[0]
        named = words(inner.name)  # none in 0, which is a class
        only_data = bool(named) and all(word in FILLING_WORDS or word in PART_NAMES for word in named)
        if not inner.filled and not only_data:
            return folder  # one class
        folder = inner
    return folder


def _classes_in(folder: Folder) -> frozenset[str]:
    """Names of the class folders in what may be a part; empty where its images lie flat."""
    return frozenset(inner.name for inner in descend(folder).filled)


def _reading(top: Folder, parts: dict[str, str], layout: Layout) -> str:
    """Parts, classes, or parts in classes; with a question where both are possible."""
    named = [folder for folder in top.filled if folder.name in parts]
    train = [folder for folder in named if parts[folder.name] == "train"]
    others = [
        folder
        for folder in top.filled
        if folder.name not in parts and not BESIDE_WORDS.intersection(words(folder.name))
    ]
    if not named:
        return "parts in classes" if _has_parts_in_classes(top) else "classes"
    classes = frozenset[str]().union(*(_classes_in(folder) for folder in train))
    sharing = [folder for folder in others if _classes_in(folder) & classes]
    several = len(set(parts.values())) > 1
    if train and classes:
        if not others or (several and not sharing):
            return "parts"
        if not several and len(sharing) == len(others):
            return "classes"  # bus, car and train, each with day and night in it
    elif others:
        return "classes"  # bus, car and train, with images in each
    elif len(top.filled) == 1:
        return "classes"
    names = ", ".join(folder.name for folder in top.filled[:5]) + (", ..." if len(top.filled) > 5 else "")
    within = classes.union(*(_classes_in(folder) for folder in named))
    inside = f", with the classes {', '.join(sorted(within)[:3])} in them" if within else " without class folders"
    layout.question = DataError(
        f"its folders ({names}) can be read as classes, or as parts of the data{inside}",
        where=top.path,
        fix="Give --layout classes or --layout parts",
    )
    return "parts" if within else "classes"


def _has_parts_in_classes(top: Folder) -> bool:
    """Whether every folder holds parts, train among them, and nothing else: cats/train, cats/test, dogs/train, ..."""
    if len(top.filled) < 2 or top.images:
        return False
    seen: set[str] = set()
    for folder in top.filled:
        inner = parts_of([part.name for part in folder.filled])
        if folder.images or len(inner) != len(folder.filled) or len(set(inner.values())) != len(inner):
            return False
        seen |= set(inner.values())
    return "train" in seen and len(seen) > 1


def _same_folders_in_all(top: Folder) -> tuple[str, str] | None:
    """What is to be said where all classes hold folders of the same names: those may be the classes."""
    inner = [frozenset(folder.name for folder in each.filled) for each in top.filled]
    if len(inner) < 2 or len(inner[0]) < 2 or set(inner) != {inner[0]} or any(each.images for each in top.filled):
        return None
    named, held = (", ".join(sorted(names)[:4]) for names in ([folder.name for folder in top.filled], inner[0]))
    what = f"each of the classes ({named}) holds the same folders ({held}): those may be the classes"
    return what, "Call parts train, valid and test; --layout classes says that these are right"


def _place_parts(top: Folder, parts: dict[str, str], layout: Layout) -> None:
    beside: list[Folder] = []
    read: list[str] = []
    for folder in top.filled:
        part = parts.get(folder.name)
        if part is None:
            beside.append(folder)
            layout.placed.append(Placed(folder, None, None))
            continue
        read.append(f"{folder.name} = {part} ({folder.total:,})")
        _place_classes(descend(folder), part, layout)
    if top.images:
        layout.placed.append(Placed(top, None, None, deep=False))
    layout.notes.append(("folders", ", ".join(read), "parts, by their names; --layout classes reads them as classes"))
    if beside:
        named = ", ".join(f"{folder.name} ({counted(folder)})" for folder in beside[:5])
        layout.notes.append(("no label", named, "these folders are beside the parts, and no part by their names"))


def _place_classes(top: Folder, part: str | None, layout: Layout) -> None:
    """Each folder is a class; images beside the class folders have no label."""
    if not top.filled:
        if part is not None:
            layout.notes.append(
                ("no label", f"{counted(top)} of {part}", "there are no class folders in it: they have no labels")
            )
        layout.placed.append(Placed(top, None, None, deep=False))
        return
    if top.images:
        layout.placed.append(Placed(top, None, None, deep=False))
        some = top.images[0] if len(top.images) == 1 else f"{counted(top, len(top.images))} such as {top.images[0]}"
        layout.notes.append(("no label", some, f"beside the class folders of {top.path}, so without a label"))
    labelled = [folder for folder in top.filled if not is_unlabelled(folder.name)]
    without = [folder for folder in top.filled if is_unlabelled(folder.name)] if len(labelled) > 1 else []
    layout.placed += [Placed(folder, folder.name, part) for folder in top.filled if folder not in without]
    _place_unlabelled(without, part, layout)


def _only_labelled(top: Folder) -> Folder | None:
    """The only folder of classes beside others whose names say that they have none: labeled/cat, unlabeled/1.jpg."""
    labelled = [folder for folder in top.filled if not is_unlabelled(folder.name)]
    alone = len(labelled) == 1 < len(top.filled) and not top.images
    return labelled[0] if alone and len(labelled[0].filled) > 1 and not labelled[0].images else None


def _place_unlabelled(folders: Sequence[Folder], part: str | None, layout: Layout) -> None:
    """Folders whose names say that what is in them has no class."""
    layout.placed += [Placed(folder, None, part) for folder in folders]
    if folders:
        named = ", ".join(f"{folder.name} ({counted(folder)})" for folder in folders)
        layout.notes.append(("no label", named, "its name says so; rename it if it is a class"))


def _place_by_names(folder: Folder, part: str | None, layout: Layout) -> None:
    """Each file has the class that its name begins with; those whose names begin with none have no label."""
    classes: dict[str | None, list[str]] = {}
    for name in folder.images:
        classes.setdefault(class_in_name(name), []).append(name)
    layout.placed += [Placed(folder, label, part, names=tuple(names)) for label, names in classes.items()]
    if classes.get(None):
        some = f"{counted(folder, len(classes[None]))} such as {classes[None][0]}"
        layout.notes.append(("no label", some, "its name does not begin with a class"))
    for inner in folder.folders:
        _place_by_names(inner, part, layout)


def _partners_question(top: Folder, layout: Layout) -> DataError | None:
    """Whether what would be classes are images and their masks, or degraded and clean ones."""
    folders: dict[str, Folder] = {}
    whole: Path | None = None  # the folder of the parts, each of which has its own partners
    for place in layout.placed:
        if place.label is not None:
            folders.setdefault(place.label, place.folder)
            whole = top.path if place.part is not None else None
    images = next((name for name in folders if _says(name, IMAGE_WORDS)), None)
    masks = next((name for name in folders if _says(name, MASK_WORDS) and name != images), None)
    if images is not None and masks is not None and len(folders) <= 4:
        return _question(folders[images], folders[masks], "masks", "images and their masks", whole)
    worse = next((name for name in folders if _says(name, WORSE_WORDS)), None)
    better = next((name for name in folders if _says(name, BETTER_WORDS) and name != worse), None)
    if len(folders) == 2 and worse is not None and better is not None:
        names = [{path.stem for path in folders[name].files()} for name in (worse, better)]
        if len(names[0] & names[1]) >= SAME_NAMES_SHARE * max(len(names[0]), len(names[1])):
            return _question(folders[worse], folders[better], "clean", "degraded and clean images", whole)
    return _beside_question(top, layout)


def _says(name: str, vocabulary: frozenset[str]) -> bool:
    """Whether a name is made of these words and of such as say nothing: train_masks, but not warning_label."""
    others = [word for word in words(name) if word not in vocabulary]
    silent = all(word in FILLING_WORDS or word in PART_NAMES for word in others)
    return silent and len(others) < len(words(name))


def _question(images: Folder, partners: Folder, option: str, what: str, whole: Path | None) -> DataError:
    given = f"{images.path} --{option} {partners.path}" if whole is None else f"{whole} --{option} {partners.name}"
    return DataError(
        f"the folders {images.name} and {partners.name} look like {what}, not like two classes",
        where=images.path.parent,
        fix=f"Give {given}, or --layout classes if they are classes",
    )


def _beside_question(top: Folder, layout: Layout) -> DataError | None:
    """Whether half of the images of a class are masks of the others: cats/1.png and cats/1_mask.png."""
    for place in layout.placed:
        stems = {Path(name).stem for name in place.folder.images}
        masks = [stem for stem in stems if MASK_WORDS.intersection(words(stem)) and _without_words(stem) in stems]
        if masks and 3 * len(masks) >= len(stems):
            return DataError(
                f"{len(masks)} of {len(stems)} images in {place.folder.name} look like masks of the others "
                f"({sorted(masks)[0]})",
                where=top.path,
                fix=f"Give --masks {top.path} for segmentation, or --layout classes if they are images of their own",
            )
    return None


def _without_words(stem: str) -> str:
    """A name without its last word, where that is one of a mask: 7_mask -> 7."""
    for mark in ("_", "-", " ", "."):
        before, _, after = stem.rpartition(mark)
        if before and after.casefold() in MASK_WORDS:
            return before
    return ""
