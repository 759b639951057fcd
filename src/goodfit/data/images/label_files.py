"""The files that a list of labels names: as they stand, with / for \\, with an ending, or in a folder beside it."""

from __future__ import annotations

import os
import stat
from collections import Counter
from pathlib import Path

from goodfit.data.images.formats import image_endings
from goodfit.errors import DataError

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
        name = cell.replace("\\", "/")
        candidates = self._candidates(name)
        if len(candidates) > 1:
            shown = " and ".join(str(path.relative_to(self.base)) for path in candidates[:2])
            raise DataError(
                f"'{cell}' may be {shown}", where=where, fix="Write the path, as it is from the folder of the list"
            )
        if candidates:
            found = candidates[0]
            added = "" if found.name == Path(name).name else f", with the ending {found.suffix}"
            self.ways[f"in {found.parent.relative_to(self.base)}{added}"] += 1
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
        """Whether there is a file of this name."""
        if not cell.strip():
            return False
        if self._direct(cell) is not None:
            return True
        return bool(self._candidates(cell.replace("\\", "/")))

    def _candidates(self, name: str) -> list[Path]:
        """Files below the list's folder whose path ends in this name, with or without its ending."""
        if self._index is None:
            self._index = self._files()
        last = name.rpartition("/")[2]
        wanted = Path("/" + name.strip("/")).as_posix()
        candidates = self._index.get(last, [])
        return [
            path
            for path in candidates
            if ("/" + path.as_posix()).endswith(wanted) or ("/" + path.with_suffix("").as_posix()).endswith(wanted)
        ]

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
                    files.setdefault(name, []).append(path)
                    files.setdefault(stem, []).append(path)
        return files
