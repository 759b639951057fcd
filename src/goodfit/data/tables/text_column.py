"""A column of text as a sequence of Python texts, without a list of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_ONCE = 65_536


class TextColumn(Sequence[str]):
    """The cells of a column, made as they are asked for.

    Args:
        column: String without a gap.
    """

    def __init__(self, column: pl.Series) -> None:
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, at: Any) -> Any:
        return self._column[at].to_list() if isinstance(at, slice) else self._column[int(at)]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self._column), ROWS_AT_ONCE):
            yield from self._column[start : start + ROWS_AT_ONCE].to_list()
