"""Predictions in input order, as columns, and as a CSV or Parquet file."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np

from goodfit.errors import UsageError
from goodfit.formatting import counted
from goodfit.names_elsewhere import OF_PREDICTIONS, no_such_name
from goodfit.store.csv_cells import cells, rows_of, without_formula
from goodfit.store.files import replacing
from goodfit.store.outputs import is_predictions, refuse_to_replace

if TYPE_CHECKING:
    import polars as pl

NOTES_SHOWN, NOTES_OF_CELLS = 3, ("not used", "read as", "doubtful")  # of what was seen while rows were read
COLUMNS_SHOWN, ROWS_SHOWN = 5, 10  # of a short look


@dataclass(frozen=True)
class PredictedImage:
    """One image of the input.

    Attributes:
        image: (H, W) uint8 classes, or (H, W, C) uint8; None where the input cannot be read.
        given: (H, W, C) uint8 the input.
        said: further columns, by name.
        error: why it cannot be read.
    """

    key: str
    image: np.ndarray | None
    given: np.ndarray | None
    said: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None


class Predictions:
    """One entry a row of the input, in its order. Rows that could not be read have an error and no prediction.

    Args:
        keys: the input's path or row number, `row_keys` then.
        columns: prediction, and its probabilities: values of the rows that could be read.
        errors: one a row, None where it could be read.
        inputs: files that were read, which are never written over.
        notes: what was seen while the rows were read, such as cells that could not be used: name, value, why.
    """

    def __init__(
        self,
        keys: Sequence[str],
        columns: Mapping[str, Sequence[Any] | np.ndarray],
        errors: Sequence[str | None],
        inputs: Sequence[Path] = (),
        notes: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        self.row_keys, self.inputs, self.notes = keys, inputs, notes
        self._columns, self._errors = columns, errors
        self.held: object = None  # files in memory, say, whose life is that of the predictions

    @property
    def columns(self) -> Mapping[str, Sequence[Any] | np.ndarray]:
        """Column -> values of the rows that could be read."""
        return self._columns

    @property
    def errors(self) -> Sequence[str | None]:
        """One a row: why it could not be read, or None."""
        return self._errors

    def images(self) -> Iterator[PredictedImage]:
        """Predicted masks or restored images, one by one, computed while you go through them.

        Raises:
            UsageError: these are predictions of rows, not of images.
        """
        raise UsageError("these predictions are rows, not images", fix="Use predictions.frame()")

    def __repr__(self) -> str:
        names = ", ".join([*self.columns][:COLUMNS_SHOWN]) + (", ..." if len(self.columns) > COLUMNS_SHOWN else "")
        unreadable = sum(error is not None for error in self.errors)
        broken = f", {unreadable:,} unreadable" if unreadable else ""
        noted = "".join(f"; {name} {value}" for name, value, _ in self.notes[:NOTES_SHOWN] if name in NOTES_OF_CELLS)
        return f"Predictions({counted(len(self), 'row')}{broken}: {names}{noted})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the first rows."""
        frame = self.frame().head(ROWS_SHOWN)
        return f"<p>{html.escape(repr(self))}</p>{frame._repr_html_()}"

    if not TYPE_CHECKING:  # a type checker finds a name that is not there

        def __getattr__(self, name: str) -> Any:
            raise no_such_name("predictions", name, OF_PREDICTIONS, self)

    def __len__(self) -> int:
        return len(self.row_keys)

    def keys(self) -> list[str]:
        """The names of the columns, key first, error last: dict(predictions) is `table()`."""
        return ["key", *self.columns, "error"]

    def __getitem__(self, column: str) -> list[Any]:
        """A column by its name, None where a row could not be read; "key" and "error" of all rows.

        Raises:
            UsageError: there is no such column.
        """
        if column in ("key", "error"):
            return list(self.row_keys if column == "key" else self.errors)
        if not isinstance(column, str) or column not in self.columns:
            raise UsageError(
                f"predictions have no column {column!r}",
                fix=f"The columns are {', '.join(self.columns)}; list(predictions) gives the rows",
            )
        return self._spread(_plain(self.columns[column]), None)

    def __iter__(self) -> Iterator[Any]:
        """The rows in their order, each a dictionary: key, the columns, error."""
        table = self.table()
        return (dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True))

    def __contains__(self, column: object) -> bool:
        """Whether there is a column of this name."""
        return column in self.keys()

    def table(self) -> dict[str, list[Any]]:
        """All columns, key first, error last."""
        return {name: self[name] for name in self.keys()}

    def frame(self) -> pl.DataFrame:
        """All columns as a polars frame; `.to_pandas()` makes one of pandas."""
        return _frame(self.table())

    def write(self, path: str | Path, *, raw: bool = False, overlay: bool = False) -> Path:
        """Write a CSV, or Parquet by the name's ending. Predictions that were written there before are replaced.

        Of images, the table says where each is: beside it is a folder of its name with a PNG for each.

        Args:
            overlay: of masks also the images with their masks laid over them, in a second folder.
            raw: leave texts of a CSV that a spreadsheet would compute as they are; see `write_to`.

        Raises:
            UsageError: there is another file of this name, which goodfit did not make.
            DiskError: no room or no permission.
        """
        if overlay:
            raise UsageError("--overlay is for masks, and these predictions are rows", fix="Leave it out")
        path = Path(path)
        refuse_to_replace(path, is_predictions, self.inputs)
        return self._write_table(path, raw=raw)

    def _write_table(self, path: Path, *, raw: bool) -> Path:
        with replacing(path) as temporary:
            if path.suffix.lower() == ".parquet":
                _write_parquet(temporary, self.table())
            else:
                with temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
                    self.write_to(file, raw=raw)
        return path

    def write_to(self, file: TextIO, *, raw: bool = False, header: bool = True) -> None:
        """Write the CSV to an open file: numbers with all digits that they have, labels as they were written.

        A text that begins with = + - or @, and is no number, gets an apostrophe before it, so that no spreadsheet
        takes it for a formula; `raw` leaves it as it is. Without `header` there is no line of names.
        """
        writer = csv.writer(file, lineterminator="\n")
        names = ["key", *self.columns, "error"]
        if header:
            writer.writerow(names if raw else [without_formula(name) for name in names])
        columns = [self._spread(cells(values, raw=raw), "") for values in self.columns.values()]
        texts = rows_of([self.row_keys, self.errors], raw=raw)
        writer.writerows((key, *values, error) for (key, error), *values in zip(texts, *columns, strict=True))

    def _spread(self, values: list[Any], missing: Any) -> list[Any]:
        """Values of the readable rows over all rows."""
        if len(values) == len(self.errors):
            return values
        readable = iter(values)
        return [missing if error else next(readable) for error in self.errors]


def beside_keys(named: Mapping[str, Sequence[Any]], rows: Sequence[int], columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns by which people know the rows, of these rows; then the others.

    Args:
        named: of all rows; a name that is that of another column gets "of the data" behind it.
        columns: values of these rows.
    """
    taken = {"key", "error", *columns}
    free = {name: f"{name} of the data" if name in taken else name for name in named}
    return {**{free[name]: [values[row] for row in rows] for name, values in named.items()}, **columns}


def _write_parquet(path: Path, table: Mapping[str, list[Any]]) -> None:
    _frame(table).write_parquet(path)


def _frame(table: Mapping[str, list[Any]]) -> pl.DataFrame:
    import polars

    texts = {"key": polars.String, "error": polars.String}  # of text where all are empty as well
    columns = {
        name: polars.Series(name, _unicode(values), dtype=texts.get(name), strict=False)
        for name, values in table.items()
    }
    return polars.DataFrame(columns)


def _unicode(values: list[Any]) -> list[Any]:
    """Texts as Parquet can hold them: of file names that are not UTF-8, what is not has the replacement sign."""
    return [
        value.encode("utf-8", errors="replace").decode() if isinstance(value, str) and not value.isascii() else value
        for value in values
    ]


def _plain(values: Sequence[Any] | np.ndarray) -> list[Any]:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)
