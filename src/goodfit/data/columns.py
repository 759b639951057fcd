"""Values of rows in arrays, read like lists of Python values: a target, a part or a group takes bytes, not objects.

`None` stands for a missing value in all of them, as in the lists that other sources give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_ONCE = 65_536
MISSING = -1  # the code of None
ONE_MISSING = np.int8(MISSING).tobytes()


class Column(Sequence[Any]):
    """One value a row. A subclass makes Python values of some rows, or of all, as they are asked for."""

    def __len__(self) -> int:
        raise NotImplementedError

    def _values(self, at: Any) -> list[Any]:
        """The values of these rows: a slice, or an array of row numbers."""
        raise NotImplementedError

    def present(self) -> np.ndarray:
        """(N,) bool: rows with a value."""
        raise NotImplementedError

    def taken(self, rows: np.ndarray) -> Sequence[Any]:
        """The values of these rows."""
        raise NotImplementedError

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return self._values(at)
        row = int(at)
        return self._values(np.array([row]))[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self), ROWS_AT_ONCE):
            yield from self._values(slice(start, start + ROWS_AT_ONCE))


class Labels(Column):
    """Values of which many are alike.

    Args:
        codes: (N,) integers: which of the levels; -1 is None.
        levels: the different values.
    """

    def __init__(self, codes: np.ndarray, levels: Sequence[Any]) -> None:
        self.codes, self.levels = codes, [*levels, None]  # so that -1 is None

    def __len__(self) -> int:
        return len(self.codes)

    def _values(self, at: Any) -> list[Any]:
        levels = self.levels
        return [levels[code] for code in self.codes[at].tolist()]

    def present(self) -> np.ndarray:
        empty = [code for code, level in enumerate(self.levels[:-1]) if level is None]
        return np.isin(self.codes, [MISSING, *empty], invert=True)

    def taken(self, rows: np.ndarray) -> Sequence[Any]:
        return Labels(self.codes[rows], self.levels[:-1])

    def equal_to(self, value: Any) -> np.ndarray:
        """(N,) bool: rows with this value."""
        codes = [code for code, level in enumerate(self.levels[:-1]) if level == value]
        return np.isin(self.codes, [*codes, MISSING] if value is None else codes)

    def __contains__(self, value: object) -> bool:
        return bool(self.equal_to(value).any())

    def texts(self) -> np.ndarray:
        """(N,) str: each value as text."""
        names = np.array([str(level) for level in self.levels])
        return np.asarray(names[self.codes])


def nothing(count: int) -> Labels:
    """None for each row, in no memory."""
    return Labels(np.ndarray(count, np.int8, ONE_MISSING, strides=(0,)), [])


class Numbers(Column):
    """(N,) float64, NaN where there is none; or (N, K), whose rows are arrays, None where one of them is missing."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def _values(self, at: Any) -> list[Any]:
        values = self.values[at]
        if values.ndim == 1:
            return [None if value != value else value for value in values.tolist()]  # NaN
        return [None if np.isnan(row).any() else row for row in values]

    def present(self) -> np.ndarray:
        gone = np.isnan(self.values)
        present: np.ndarray = ~(gone if gone.ndim == 1 else gone.any(axis=1))
        return present

    def taken(self, rows: np.ndarray) -> Sequence[Any]:
        return Numbers(self.values[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """As NumPy sees it: the numbers themselves."""
        values = self.values if dtype is None else self.values.astype(dtype)
        return values.copy() if copy else values


def of_texts(text: pl.Series) -> tuple[np.ndarray, list[str]]:
    """(N,) codes of a column of texts, -1 where there is none, and the different texts."""
    import polars as pl

    different = text.drop_nulls().unique(maintain_order=True)
    codes = text.cast(pl.Enum(different)).to_physical()
    signed = codes.cast(pl.Int16 if len(different) < 2**15 else pl.Int32).fill_null(MISSING)
    return signed.to_numpy(), different.to_list()


def present_of(values: Sequence[Any] | np.ndarray) -> np.ndarray:
    """(N,) bool: rows with a value, of a list too."""
    if isinstance(values, Column):
        return values.present()
    return np.fromiter((value is not None for value in values), dtype=bool, count=len(values))


def equal_to(values: Sequence[Any], value: Any) -> np.ndarray:
    """(N,) bool: rows with this value, of a list too."""
    if isinstance(values, Labels):
        return values.equal_to(value)
    return np.fromiter((each == value for each in values), dtype=bool, count=len(values))


def taken_of(values: Sequence[Any] | np.ndarray, rows: np.ndarray) -> Sequence[Any]:
    """The values of these rows, of a list too."""
    return values.taken(rows) if isinstance(values, Column) else [values[row] for row in rows.tolist()]
