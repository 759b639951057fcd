"""Content digests of rows in eight bytes each; and which rows have the content of others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


class RowDigests(Sequence[str]):
    """Digests as 16 hexadecimal digits, made as they are asked for.

    Args:
        pieces: uint64, (n,) of one piece of the rows after the other.
    """

    def __init__(self, pieces: Iterable[np.ndarray]) -> None:
        self.codes = np.concatenate([np.zeros(0, dtype=np.uint64), *pieces])

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [f"{code:016x}" for code in self.codes[at].tolist()]
        return f"{self.codes[at]:016x}"


def with_content_of(digests: Sequence[str], rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) bool: which of these rows have the content of one of the others; row numbers both."""
    if isinstance(digests, RowDigests):
        return np.isin(digests.codes[rows], digests.codes[others])
    known = {digests[row] for row in others.tolist()}
    return np.array([digests[row] in known for row in rows.tolist()], dtype=bool)


def last_with_content_of(digests: Sequence[str], row: int, others: np.ndarray) -> int:
    """The last of the other rows with the content of this row.

    Raises:
        ValueError: there is none.
    """
    if isinstance(digests, RowDigests):
        return int(others[np.flatnonzero(digests.codes[others] == digests.codes[row])[-1]])
    return max(int(other) for other in others if digests[int(other)] == digests[row])
