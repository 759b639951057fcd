"""Names, digests and places of a million rows in a few bytes each: sequences that make their objects when asked."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from goodfit.data.columns import MISSING, Labels, nothing
from goodfit.lazy_pattern import lazy_pattern

T = TypeVar("T")
DIGEST_BYTES = 16
DIGEST = lazy_pattern("[0-9a-f]{32}")


class Texts(Sequence[str]):
    """Texts in one piece of memory. Many that begin alike up to their last slash have this beginning once.

    Args:
        texts: read once.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._heads: list[str] = []
        self._numbers: dict[str, int] = {}  # of the heads
        self._head_of = array("I")
        self._tails = bytearray()
        self._ends = array("Q")
        for text in texts:
            self.append(text)

    def append(self, text: str) -> None:
        head, slash, tail = text.rpartition("/")
        number = self._numbers.setdefault(head + slash, len(self._heads))
        if number == len(self._heads):
            self._heads.append(head + slash)
        self._head_of.append(number)
        self._tails += tail.encode(errors="surrogateescape")
        self._ends.append(len(self._tails))

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, at: Any) -> Any:
        rows = range(len(self))[at]
        return [self._text(row) for row in rows] if isinstance(rows, range) else self._text(rows)

    def __iter__(self) -> Iterator[str]:
        return (self._text(row) for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def _text(self, row: int) -> str:
        start = self._ends[row - 1] if row else 0
        tail = self._tails[start : self._ends[row]].decode(errors="surrogateescape")
        return self._heads[self._head_of[row]] + tail


class Paths(Sequence[Path]):
    """Paths as texts: a Path keeps its names in Python's table of names, which never grows smaller.

    Attributes:
        texts: the paths.
    """

    def __init__(self) -> None:
        self.texts = Texts()

    def append(self, path: Path) -> None:
        self.texts.append(str(path))

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, at: Any) -> Any:
        texts = self.texts[at]
        return [Path(text) for text in texts] if isinstance(at, slice) else Path(texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list


class Digests(Sequence[str]):
    """Digests of 32 hexadecimal digits in 16 bytes each.

    Args:
        codes: (N, 16) uint8.
        others: texts of rows that have another one than a digest.
    """

    def __init__(self, codes: np.ndarray, others: Mapping[int, str] | None = None) -> None:
        self.codes, self.others = codes, dict(others or {})

    @classmethod
    def of(cls, digests: Sequence[str]) -> Digests:
        """Of texts."""
        made = cls.zeros(len(digests))
        for row, digest in enumerate(digests):
            made[row] = digest
        return made

    @classmethod
    def zeros(cls, count: int) -> Digests:
        """For so many rows, to be filled."""
        return cls(np.zeros((count, DIGEST_BYTES), dtype=np.uint8))

    def __setitem__(self, row: int, digest: str) -> None:
        if DIGEST.fullmatch(digest):
            self.codes[row] = np.frombuffer(bytes.fromhex(digest), dtype=np.uint8)
        else:
            self.others[row] = digest

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self[row] for row in range(len(self))[at]]
        row = range(len(self))[int(at)]
        return self.others[row] if row in self.others else self.codes[row].tobytes().hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list


class Made(Sequence[T]):
    """Values that a function makes of the row's number."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._rows, self._make = range(count), make

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        rows = self._rows[at]
        return [self._make(row) for row in rows] if isinstance(rows, range) else self._make(rows)


class RowNumbers(Sequence[str]):
    """Row numbers as keys, without a list of them."""

    def __init__(self, count: int) -> None:
        self._range = range(count)

    def __len__(self) -> int:
        return len(self._range)

    def __getitem__(self, at: Any) -> Any:
        rows = self._range[at]
        return [str(row) for row in rows] if isinstance(rows, range) else str(rows)


class Chained(Sequence[T]):
    """Sequences one after the other."""

    def __init__(self, parts: Sequence[Sequence[T]]) -> None:
        self._parts = parts
        self._ends = list(accumulate(len(part) for part in parts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, at: Any) -> Any:
        rows = range(len(self))[at]
        return [self._one(row) for row in rows] if isinstance(rows, range) else self._one(rows)

    def __iter__(self) -> Iterator[T]:
        for part in self._parts:
            yield from part

    def _one(self, row: int) -> T:
        part = int(np.searchsorted(self._ends, row, side="right"))
        return self._parts[part][row - (self._ends[part - 1] if part else 0)]


def alike(values: Iterable[Any]) -> Labels:
    """Values of which many are alike, in a few bytes each: texts, None, or lists of texts; each is read once."""
    levels: dict[Any, int] = {}
    codes = array("i")
    for value in values:
        key = tuple(value) if isinstance(value, list) else value
        codes.append(MISSING if key is None else levels.setdefault(key, len(levels)))
    if not levels:
        return nothing(len(codes))
    smallest = np.int8 if len(levels) < 2**7 else np.int16 if len(levels) < 2**15 else np.int32
    kept = [list(level) if isinstance(level, tuple) else level for level in levels]
    return Labels(np.array(codes, dtype=smallest), kept)
