"""Images that are no files of their own: pieces of another file, which are read there and never written anywhere."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path


class StoredImage(ABC):
    """An encoded image inside a file.

    Args:
        file: that holds it.
        name: that tells it apart in this file.
        stamp: three numbers that change when the file does, or where it lies in it.
    """

    __slots__ = ("file", "name", "stamp")

    def __init__(self, file: Path, name: str, stamp: list[int]) -> None:
        self.file, self.name, self.stamp = file, name, stamp

    def __str__(self) -> str:
        return f"{self.file}/{self.name}"

    @property
    def place(self) -> str:
        """The same for no other image on this machine."""
        return f"{os.path.abspath(self.file)}/{self.name}"  # noqa: PTH100  # of each image

    @abstractmethod
    def read(self) -> bytes:
        """Its encoded bytes.

        Raises:
            UnreadableImage: they are not there, or too many.
            OSError: the file cannot be read any more.
        """


ImagePlace = Path | StoredImage
