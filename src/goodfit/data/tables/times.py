"""A column of dates or times as numbers that grow with time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from goodfit.data.tables.column_types import infer_type, moments, numbers
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl


def read_times(column: pl.Series) -> np.ndarray:
    """(N,) float64: microseconds of dates, or numbers as they are.

    Raises:
        DataError: a row without a time.
    """
    kind = infer_type(column, categorical=(), numeric=(), ignore=())
    read = moments(column, kind.format).dt.epoch("us") if kind.name == "date" else numbers(column)
    times = read.to_numpy().astype(np.float64)
    bad = np.flatnonzero(np.isnan(times))
    if len(bad):
        raise DataError(
            f"'{column[int(bad[0])]}' is not a time",
            where=f"column '{column.name}', row {bad[0]}",
            fix="Fix or drop it",
        )
    return np.asarray(times)
