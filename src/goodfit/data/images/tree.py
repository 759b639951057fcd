"""A folder and all that is in it, walked once: images (or texts), folders, and what is left out, each of it counted."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from goodfit.data.images.formats import NOT_READ, image_endings, image_signature
from goodfit.errors import DataError
from goodfit.formatting import counted, some_of

FOLDERS_NAMED = 5  # in a message
UNENDED_FILES_SAMPLED = 20  # whose first bytes are looked at
TOOLS_FOLDERS = (".git", ".svn", ".hg", ".dvc", ".ipynb_checkpoints", ".AppleDouble")  # hold no images of anybody
SYSTEM_FILES = (  # of file managers and storage, not of the data
    "thumbs.db", "desktop.ini", "__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information",
    "lost+found",
)  # fmt: skip


@dataclass
class Folder:
    """A folder that is no link to one that was seen before.

    Attributes:
        images: names of the image files directly in it, sorted.
        folders: the folders in it, sorted by name, those without images too.
        total: images in it and in all folders below.
        noun: what its files are.
    """

    path: Path
    noun: str = "image"
    images: list[str] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    total: int = 0

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def filled(self) -> list[Folder]:
        """The folders directly in it that hold images."""
        return [folder for folder in self.folders if folder.total]

    def files(self) -> Iterator[Path]:
        """All images, this folder's own first."""
        for name in self.images:
            yield self.path / name
        for folder in self.folders:
            yield from folder.files()


ANNOTATIONS = (  # ending, what such files are, how many there are for each image
    (".xml", "Boxes of objects in .xml files (Pascal VOC)", 0.5),
    (".txt", "Boxes of objects in .txt files (YOLO)", 0.5),
    (".json", "Outlines of objects in .json files (LabelMe)", 0.5),
    (".json", "Objects in a .json file (COCO)", 0.0),
)


@dataclass
class LeftOut:
    """What was not taken for an image of the data, by kind.

    Attributes:
        endings: files by their ending, "" for those without one.
        unended_images: of the files without an ending that were looked at, those that are images, by format.
        kinds: links, special files, hidden images.
        hidden: folders that are hidden or of a file manager -> how many images are in them and below.
        empty: folders without a single file, or without one that is read.
        noun: what those that are read are.
    """

    noun: str = "image"
    endings: Counter[str] = field(default_factory=Counter)
    unended_images: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    empty: list[str] = field(default_factory=list)

    def extend(self, other: LeftOut) -> None:
        self.endings += other.endings
        self.unended_images += other.unended_images
        self.kinds += other.kinds
        self.hidden += other.hidden
        self.empty += other.empty

    def described(self) -> str:
        """In words, by kind and count; empty where there is nothing."""
        pieces: list[str] = []
        for ending, count in self.endings.most_common():
            files = "files" if count > 1 else "file"
            pieces.append(f"{count:,} {ending} {files}" if ending else f"{count:,} {files} without ending")
        pieces += [f"{count:,} {kind.replace('(s)', 's' if count > 1 else '')}" for kind, count in self.kinds.items()]
        if self.hidden:
            folders = "hidden folders" if len(self.hidden) > 1 else "the hidden folder"
            inside = counted(self.hidden.total(), self.noun)
            pieces.append(f"{inside} in {folders} {some_of(list(self.hidden), FOLDERS_NAMED)}")
        if self.empty:
            folders = "folders" if len(self.empty) > 1 else "folder"
            pieces.append(f"{len(self.empty):,} {folders} without {self.noun}s: {some_of(self.empty, FOLDERS_NAMED)}")
        return ", ".join(pieces)

    def doubts(self) -> list[tuple[str, str]]:
        """What may have been meant to be learnt from: (what, what to do)."""
        doubts: list[tuple[str, str]] = []
        for endings, kind, fix in NOT_READ:
            counts = {ending: self.endings[ending] for ending in endings if self.endings[ending]}
            if counts and not image_endings().intersection(counts):
                count = sum(counts.values())
                files = f"{count:,} {kind} {'files' if count > 1 else 'file'} ({', '.join(counts)})"
                doubts.append((f"{files} {'are' if count > 1 else 'is'} left out", fix))
        if self.unended_images:
            formats = " and ".join(self.unended_images)
            what = f"files without an ending are left out ({self.endings['']:,}), and some are images ({formats})"
            doubts.append((what, "Give their names the ending of their format, such as .png"))
        return doubts


def annotated_by(endings: Mapping[str, int], images: int) -> str | None:
    """What files beside images without labels seem to be: outlines and boxes of objects; None: nothing known.

    Args:
        endings: of the files that are no images, and how many have each.
    """
    for ending, kind, least in ANNOTATIONS:
        if endings.get(ending, 0) >= max(1, least * images):
            return kind
    return None


def scan(root: Path, endings: Collection[str] | None = None, noun: str = "image") -> tuple[Folder, LeftOut]:
    """Walk a folder. Links to folders are followed, each real folder is read once.

    Args:
        endings: of the files that are read, in small letters; those of images when None.
        noun: what these files are.

    Raises:
        DataError: a folder in it may not be read: what is in it would be missing without a word.
    """
    return _Scan(image_endings() if endings is None else endings, noun).run(root)


class _Scan:
    def __init__(self, endings: Collection[str], noun: str) -> None:
        self.left_out = LeftOut(noun)
        self.endings, self.noun = endings, noun
        self.seen: set[tuple[int, int]] = set()  # device and inode of the folders that were read
        self.links: list[tuple[Folder, Path]] = []  # (the folder it lies in, the link), read after all real folders
        self.unreadable: list[tuple[Path, OSError]] = []

    def run(self, root: Path) -> tuple[Folder, LeftOut]:
        top = self._folder(root)
        while self.links:
            parent, link = self.links.pop(0)
            real, place = link.resolve(), parent.path.resolve()
            if real == place or real in place.parents:
                self.left_out.kinds["link(s) to a folder around itself"] += 1
            elif self._is_seen(link):
                continue
            else:
                parent.folders.append(self._folder(link))
        self._refuse_unreadable(root)
        self._finish(top)
        return top, self.left_out

    def _identity(self, path: Path) -> tuple[int, int]:
        facts = path.stat()
        return facts.st_dev, facts.st_ino

    def _is_seen(self, path: Path) -> bool:
        """Whether a folder was read before, by way of a link."""
        if self._identity(path) not in self.seen:
            return False
        self.left_out.kinds["link(s) to a folder that is read already"] += 1
        return True

    def _folder(self, path: Path) -> Folder:
        folder = Folder(path, self.noun)
        self.seen.add(self._identity(path))
        try:
            with os.scandir(path) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    self._entry(folder, entry)
        except OSError as error:
            self.unreadable.append((path, error))
        return folder

    def _entry(self, folder: Folder, entry: os.DirEntry[str]) -> None:
        name = entry.name
        ending = os.path.splitext(name)[1].lower()  # noqa: PTH122  # a third of the walk's time as Path
        if name.startswith(".") or name.lower() in SYSTEM_FILES:
            self._hidden(entry, ending)
        elif entry.is_dir(follow_symlinks=False):
            if not self._is_seen(folder.path / name):
                folder.folders.append(self._folder(folder.path / name))
        elif entry.is_file():  # a link to a file as well
            if ending in self.endings:
                folder.images.append(name)
            else:
                self._other(folder.path / name, ending)
        elif entry.is_dir():
            self.links.append((folder, folder.path / name))
        else:
            self._special(entry)

    def _hidden(self, entry: os.DirEntry[str], ending: str) -> None:
        """Count what may have been meant of something that is hidden or of a file manager."""
        if self._is_read(entry.name, ending):
            self.left_out.kinds[f"hidden {self.noun}(s)"] += 1
        elif entry.name not in TOOLS_FOLDERS and entry.is_dir():
            walk = os.walk(entry.path)
            names = (name for _, _, names in walk for name in names)
            count = sum(self._is_read(name, Path(name).suffix.lower()) for name in names)
            if count:
                self.left_out.hidden[entry.name] += count
            elif entry.name.startswith("."):
                self.left_out.kinds["hidden folder(s)"] += 1

    def _is_read(self, name: str, ending: str) -> bool:
        """Whether a file would be read if it were not hidden; macOS keeps notes on x.png in ._x.png."""
        return ending in self.endings and not name.startswith("._")

    def _other(self, path: Path, ending: str) -> None:
        if ending[1:].isdigit():  # scan.001: a number, no format
            ending = ""
        self.left_out.endings[ending] += 1
        if not ending and self.left_out.endings[""] <= UNENDED_FILES_SAMPLED:
            try:
                with path.open("rb") as file:
                    kind = image_signature(file.read(16))
            except OSError:
                kind = None  # it is left out and counted all the same
            if kind is not None:
                self.left_out.unended_images[kind] += 1

    def _special(self, entry: os.DirEntry[str]) -> None:
        if entry.is_symlink():
            try:
                mode = entry.stat().st_mode
            except OSError:
                self.left_out.kinds["broken link(s)"] += 1
                return
        else:
            mode = entry.stat(follow_symlinks=False).st_mode
        kind = "named pipe(s)" if stat.S_ISFIFO(mode) else "socket(s)" if stat.S_ISSOCK(mode) else "device(s)"
        self.left_out.kinds[kind] += 1

    def _refuse_unreadable(self, root: Path) -> None:
        if not self.unreadable:
            return
        path, error = self.unreadable[0]
        names = [str(folder.relative_to(root)) if folder != root else "." for folder, _ in self.unreadable]
        count = f"{counted(len(names), 'folder')} in it" if len(names) > 1 or path != root else "this folder"
        count = "1 folder in it" if len(names) == 1 and path != root else count
        raise DataError(
            f"{count} cannot be read ({(error.strerror or str(error)).lower()}): {some_of(names, FOLDERS_NAMED)}",
            where=root,
            fix="Change the permissions, or move what is not wanted elsewhere",
        ) from error

    def _finish(self, folder: Folder) -> None:
        for inner in folder.folders:
            self._finish(inner)
        folder.folders.sort(key=lambda inner: inner.name)
        folder.total = len(folder.images) + sum(inner.total for inner in folder.folders)
        self.left_out.empty += [inner.name for inner in folder.folders if not inner.total]
