"""Predictions in input order, as columns, and as a CSV or Parquet file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from goodfit.store.files import replacing


@dataclass(frozen=True)
class Predictions:
    """One entry a row of the input, in its order. Rows that could not be read have an error and no prediction."""

    keys: Sequence[str]  # the input's path or row number
    columns: Mapping[str, Sequence[Any] | np.ndarray]  # prediction, and its probabilities
    errors: Sequence[str | None]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, column: str) -> list[Any]:
        """A column by its name, None where a row could not be read."""
        values = iter(_plain(self.columns[column]))
        return [None if error else next(values) for error in self.errors]

    def table(self) -> dict[str, list[Any]]:
        """All columns, key first, error last."""
        return {"key": list(self.keys), **{name: self[name] for name in self.columns}, "error": list(self.errors)}

    def write(self, path: str | Path) -> Path:
        """Write a CSV, or Parquet by the name's ending.

        Raises:
            DiskError: no room or no permission.
        """
        path = Path(path)
        with replacing(path) as temporary:
            if path.suffix.lower() == ".parquet":
                _write_parquet(temporary, self.table())
            else:
                with temporary.open("w", encoding="utf-8", newline="") as file:
                    self.write_to(file)
        return path

    def write_to(self, file: TextIO) -> None:
        """Write the CSV to an open file."""
        table = self.table()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table)
        for row in zip(*table.values(), strict=True):
            writer.writerow(["" if value is None else _text(value) for value in row])


def _write_parquet(path: Path, table: Mapping[str, list[Any]]) -> None:
    import polars

    columns = {name: polars.Series(name, values, strict=False) for name, values in table.items()}
    polars.DataFrame(columns).write_parquet(path)


def _plain(values: Sequence[Any] | np.ndarray) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
