"""Letters: a folder of .letter files for each class. A source as a stranger would write it, for test_new_source.py."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from goodfit.data.source import Claim, Source, Strength, Unreadable
from goodfit.errors import DataError
from goodfit.options import Option


class Letters(Source):
    """How often words occur, by the remainder of a checksum of each word."""

    kind = "letters"
    noun = "letter"
    options = (Option("buckets", int, "Letters: numbers that words are hashed into [64].", "Data", low=2, high=65536),)

    def __init__(self, files: list[Path], buckets: int, name: str, labelled: bool) -> None:
        targets = [file.parent.name for file in files] if labelled else None
        super().__init__(name, [str(file) for file in files], targets=targets)
        self._files, self._buckets = files, buckets

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        inside = path.is_dir() and any(path.rglob("*.letter"))
        return Claim(Strength.CONTENT, "there are .letter files in it") if inside else None

    @property
    def in_shape(self) -> tuple[int, ...]:
        return (self._buckets,)

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        import torch

        if schema is not None:
            self._buckets = schema["buckets"]
        self._x = torch.zeros(len(self), self._buckets)
        for row, file in enumerate(self._files):
            try:
                words = file.read_text(encoding="utf-8").lower().split()
            except UnicodeDecodeError:
                self.unreadable.append(Unreadable(row, self.keys[row], "not UTF-8"))
                continue
            for word in words:
                self._x[row, zlib.crc32(word.encode()) % self._buckets] += 1

    def read(self, rows: Any) -> Any:
        return self._x[rows]

    def schema(self) -> dict[str, Any]:
        return {"kind": self.kind, "buckets": self._buckets}


def letters(path: str | Path, *, valid: Any = None, test: Any = None, buckets: int = 64) -> Letters:
    """A folder of .letter files for each class; .letter files without class folders are data to predict."""
    root = Path(path)
    files = sorted(root.rglob("*.letter"))
    if not files:
        raise DataError("no .letter files in it", where=root, fix="Give a folder of texts for each class")
    return Letters(files, buckets, root.resolve().name, labelled=all(file.parent != root for file in files))
