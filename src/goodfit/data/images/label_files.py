"""The files that a list of labels names: as they stand, with / for \\, with an ending, or in a folder beside it."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from goodfit.data.images.formats import image_endings
from goodfit.data.images.label_cells import names_other_file
from goodfit.errors import DataError
from goodfit.lazy_pattern import lazy_pattern

ROOTED = lazy_pattern(r"/|[A-Za-z]:/")  # paths from the root of a machine, perhaps another one
NUMBERED = lazy_pattern(r"(\d{1,18})(?:\.0+)?")  # a name that is a number alone
UPLOADED = lazy_pattern(r"[0-9a-f]{8}-(.+)")
ANY_ZEROS = "/"  # behind a number, of the key of files that have it in any zeros: no name has it
FOLDERS_DEEP = 4  # below the list's own, that are searched for a name


class ImageFinder:
    """Finds the file of a cell.

    Args:
        base: the folder of the list.

    Attributes:
        ways: how many cells were found how, where they are not the path as it stands.
    """

    def __init__(self, base: Path) -> None:
        self.base = base
        self.ways: Counter[str] = Counter()
        self._index: dict[str, list[Path]] | None = None

    def find(self, cell: str, where: str) -> Path:
        """The file; where there is none, the path as it stands, which cannot be read then.

        Raises:
            DataError: two files have this name.
        """
        direct = self._direct(cell)
        if direct is not None:
            way, path = direct
            if way:
                self.ways[way] += 1
            return path
        name = _without_scheme(cell.replace("\\", "/"))
        candidates = self._candidates(name) or self._numbered(name) or self._uploaded(name)
        if len(candidates) > 1:
            shown = " and ".join(str(path.relative_to(self.base)) for path in candidates[:2])
            raise DataError(
                f"'{cell}' may be {shown}", where=where, fix="Write the path, as it is from the folder of the list"
            )
        if candidates:
            found = candidates[0]
            self.ways[f"in {found.parent.relative_to(self.base)}{_changed(name, found)}"] += 1
            return found
        return self.base / name

    def _direct(self, cell: str) -> tuple[str, Path] | None:
        """The file as the cell says it from the list's folder, and what had to be changed for it."""
        plain = self.base / cell
        try:
            if not stat.S_ISDIR(os.stat(plain).st_mode):  # noqa: PTH116  # one look a row, of a million
                return "", plain  # a file, or what is refused when it is opened
        except OSError:
            pass  # not there under this name
        slashed = self.base / cell.replace("\\", "/")
        if "\\" in cell and slashed.is_file():
            return "with / for \\", slashed
        if "%" in cell and (decoded := unquote(cell)) != cell and (found := self._direct(decoded)) is not None:
            return "with the signs that % stands for", found[1]
        if slashed.name:
            for ending in sorted(image_endings()):
                completed = slashed.with_name(slashed.name + ending)
                if completed.is_file():
                    return f"with the ending {ending}", completed
        return None

    def forget(self) -> None:
        """Count the ways anew."""
        self.ways.clear()

    def exists(self, cell: str) -> bool:
        """Whether there is a file of this name that may be an image."""
        if not cell.strip() or names_other_file(cell):
            return False
        if self._direct(cell) is not None:
            return True
        name = _without_scheme(cell.replace("\\", "/"))
        return bool(self._candidates(name) or self._numbered(name) or self._uploaded(name))

    def _candidates(self, name: str) -> list[Path]:
        """Files below the list's folder whose path ends in this name, first as it is, then in other letters or endings.

        Of a path from the root of some machine, the longest end of it for which there is one.
        """
        if self._index is None:
            self._index = self._files()
        pieces = [piece for piece in name.split("/") if piece not in ("", ".")]
        for at in range(len(pieces) if ROOTED.match(name) else min(1, len(pieces))):
            exact = "/" + "/".join(pieces[at:])
            stem = exact[: -len(Path(exact).suffix)] if Path(exact).suffix.lower() in image_endings() else exact
            ends = (_plain(exact), _plain(stem))
            for ending, key in ((True, pieces[-1]), (False, stem.rpartition("/")[2])):
                files = self._index.get(_plain(key), [])
                kept = [path for path in files if _plain(_posix(path, ending)).endswith(ends[0] if ending else ends[1])]
                same = [path for path in kept if _posix(path, ending).endswith(exact if ending else stem)]
                if kept:
                    return same or kept
        return []

    def _numbered(self, name: str) -> list[Path]:
        """Files that have this number in other zeros: 0007.jpg for 7, as spreadsheets write it, and 7.jpg for 7.0."""
        match = NUMBERED.fullmatch(name)
        if match is None or self._index is None:
            return []
        return self._index.get(f"{int(match[1])}{ANY_ZEROS}", [])

    def _uploaded(self, name: str) -> list[Path]:
        """Files of the name that Label Studio put eight digits before: 7.jpg for /data/upload/1/0a1b2c3d-7.jpg."""
        match = UPLOADED.fullmatch(name.rpartition("/")[2])
        return self._candidates(match[1]) if match else []

    def _files(self) -> dict[str, list[Path]]:
        endings = image_endings()
        files: dict[str, list[Path]] = {}
        for place, folders, names in os.walk(self.base):
            deep = len(Path(place).relative_to(self.base).parts)
            folders[:] = (
                sorted(folder for folder in folders if not folder.startswith(".")) if deep < FOLDERS_DEEP else []
            )
            for name in sorted(names):
                stem, ending = os.path.splitext(name)  # noqa: PTH122  # as fast as a walk has to be
                if ending.lower() in endings and not name.startswith("."):
                    path = Path(place) / name
                    numbered = [f"{int(stem)}{ANY_ZEROS}"] if stem.isascii() and stem.isdecimal() else []
                    for key in (_plain(name), _plain(stem), *numbered):
                        files.setdefault(key, []).append(path)
        return files


def without_a_line(paths: Iterable[Path]) -> Counter[str]:
    """How many further images lie in the folders of these: the name of a folder -> how many; hidden ones aside."""
    listed: dict[str, set[str]] = {}
    for path in paths:
        folder, name = os.path.split(path)  # of a million lines
        listed.setdefault(folder, set()).add(name)
    names_in: dict[str, set[str]] = {}
    for folder, names in listed.items():
        names_in.setdefault(os.path.realpath(folder), set()).update(names)
    endings, further = image_endings(), Counter[str]()
    for folder, names in names_in.items():
        with suppress(OSError), os.scandir(folder) as entries:  # a folder that is not there: its images are said
            others = (entry.name for entry in entries if entry.name not in names and not entry.name.startswith("."))
            if count := sum(os.path.splitext(name)[1].lower() in endings for name in others):  # noqa: PTH122  # many
                further[Path(folder).name] += count
    return further


def _without_scheme(name: str) -> str:
    """The path of file:///home/data/my%20photo.jpg; all else as it is."""
    return unquote(name.removeprefix("file://")) if name.startswith("file://") else name


def _plain(name: str) -> str:
    """In small letters, and one way of writing each of them: macOS and Windows differ."""
    return unicodedata.normalize("NFC", name).lower()


def _posix(path: Path, ending: bool) -> str:
    return "/" + (path if ending else path.with_suffix("")).as_posix()


def _changed(name: str, found: Path) -> str:
    """What was changed of a name to find the file."""
    last = name.rpartition("/")[2]
    if found.name == last or found.stem == last:
        return "" if found.name == last else f", with the ending {found.suffix}"
    if _plain(found.name) == _plain(last):
        return ", in other letters"
    if (match := UPLOADED.fullmatch(last)) and _plain(match[1]) == _plain(found.name):
        return ", without the digits of Label Studio before the name"
    if NUMBERED.fullmatch(last):
        return f", with zeros and the ending {found.suffix}"
    return f", with the ending {found.suffix}"
