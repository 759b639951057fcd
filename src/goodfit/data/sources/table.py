"""Tables: CSV, TSV, Parquet, frames of any library. One or several columns are the target; the others teach."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.cache import cache_folder, reserve
from goodfit.data.source import Claim, Strength
from goodfit.data.tables.any_frame import is_frame
from goodfit.data.tables.column_types import DISTINCT_SHARE_OF_TEXT, ColumnType, infer_type, numbers, without_missing
from goodfit.data.tables.encoder import Encoder, texts
from goodfit.data.tables.frames import Frame
from goodfit.data.tables.reading import is_table, read_parts
from goodfit.data.tables.table_source import GROUP, TARGET, TIME, TableSource
from goodfit.errors import DataError, UsageError
from goodfit.options import Option

if TYPE_CHECKING:  # imported where they are used: `goodfit fit --help` lists the options of every source
    from torch import Tensor

ROWS_READ_TOGETHER = 2_000  # where they stay on disk
CLASSES_AT_MOST = 20  # of whole numbers: with more different values they are numbers; --task says otherwise


class Table(TableSource):
    """A source of rows of a table; see `table`."""

    kind = "table"
    arch = "tabm"
    options = (
        TARGET,
        GROUP,
        TIME,
        Option("categorical", str, "Columns to read as categories, separated by commas.", "Tables"),
        Option("numeric", str, "Columns to read as numbers, separated by commas.", "Tables"),
        Option("ignore", str, "Columns to leave out, separated by commas.", "Tables"),
    )

    def __init__(
        self, frame: Frame, parts: list[str | None], settings: Mapping[str, Any], name: str, *, in_memory: bool
    ) -> None:
        super().__init__(frame, parts, settings, name)
        self._in_memory = in_memory  # whether a frame was given, not a path
        self._types: dict[str, ColumnType] = {}
        self._encoder: Encoder | None = None
        self._cache: Path | None = None

    @classmethod
    def claims(cls, path: Path, given: Mapping[str, Any]) -> Claim | None:
        """Parquet, and delimited text, which may also be a list of images or ratings."""
        if not is_table(path):
            return None
        if "target" in given:
            return Claim(Strength.OPTION, "--target is given")
        if path.is_dir():
            return Claim(Strength.CONTENT, "there are Parquet files in it")
        if path.suffix.lower() == ".parquet":
            return Claim(Strength.ENDING, "its name ends in .parquet")
        return Claim(Strength.GENERIC, "it is a delimited text file")

    @classmethod
    def claims_object(cls, data: Any, given: Mapping[str, Any]) -> Claim | None:
        """A frame of any library."""
        return Claim(Strength.ENDING, "it is a frame") if is_frame(data) else None

    @property
    def block(self) -> int | None:
        return ROWS_READ_TOGETHER if self._frame.streamed else None

    @property
    def encoder(self) -> Encoder:
        assert self._encoder is not None, "learn() comes first"
        return self._encoder

    def prepare(
        self,
        schema: Mapping[str, Any] | None = None,
        *,
        accelerator: bool = False,
        cache: Path | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Infer the types of the columns; or read the rows as a run's schema says.

        Raises:
            DataError: a column that is asked for is not there, free text, no target.
        """
        self._cache = cache
        if schema is not None:
            self._settings = dict(schema["settings"])
            self._encoder = Encoder.from_json(schema["encoder"])
            target = self._settings["target"]
            if all(name in self._frame.columns for name in target):
                self.targets = self._read_targets(target, self._settings["form"])
            self._encode()
            return
        target = self._settings["target"]
        if not target:
            columns = ", ".join(self._frame.columns)
            if self._in_memory:
                raise UsageError(
                    "no target is given for this frame",
                    fix=f'Name the column to predict: goodfit.table(frame, target="..."); the columns are {columns}',
                )
            raise UsageError("--target is not given: it names the column to predict", fix=f"The columns are {columns}")
        for option in ("target", "categorical", "numeric", "ignore"):
            for name in self._settings[option]:
                self._refuse_absent(name, option)
        self.targets = self._read_targets(target, None)
        self._read_groups_and_times()
        left_out = {*target, self._settings["group"]}
        seen = self._frame.sample()
        self._types = {
            name: infer_type(
                seen[name],
                categorical=self._settings["categorical"],
                numeric=self._settings["numeric"],
                ignore=self._settings["ignore"],
            )
            for name in self._frame.columns
            if name not in left_out
        }
        self._note_types()

    def learn(self, rows: Tensor) -> None:
        """Means, deviations and levels, from these training rows alone."""
        seen = self._frame.sample(rows.numpy())
        self._encoder = Encoder.learn(seen, self._types, np.arange(seen.height))
        self._encode()

    def net_options(self) -> dict[str, Any]:
        """What an architecture is told: how many of the values are numbers, how many codes each category has."""
        return {"cardinalities": self.encoder.cardinalities}

    def schema(self) -> dict[str, Any]:
        """How new rows are read in the same way."""
        return {
            "kind": self.kind,
            "settings": {name: self._settings[name] for name in ("target", "form")},
            "encoder": self.encoder.to_json(),
        }

    @property
    def repeats(self) -> bool:
        """Whether every column repeats its values, so that rows are equal by nature."""
        seen = self._frame.sample()
        return not any(column.n_unique() > DISTINCT_SHARE_OF_TEXT * len(column) for column in seen.iter_columns())

    def columns(self) -> Mapping[str, np.ndarray]:
        if self._frame.streamed:
            return {}  # column by column, a file larger than memory would be read as often
        return dict(zip(self.encoder.names, self.whole().numpy().T, strict=True))

    def _encode(self) -> None:
        import torch

        if not self._frame.streamed:
            self._x = torch.from_numpy(self.encoder.encode(self._frame.sample()))
            return
        width = len(self.encoder.names)
        place = cache_folder(self._cache) / f"{self.name}-{os.getpid()}.rows"
        reserve(place, 4 * width * len(self), place.parent)
        rows = np.memmap(place, dtype=np.float32, mode="r+", shape=(len(self), width))
        if sys.platform != "win32":  # the mapping keeps the content until the process ends, however it does
            place.unlink()
        start = 0
        for piece in self._frame.pieces():
            rows[start : start + piece.height] = self.encoder.encode(piece)
            start += piece.height
        self._x = torch.from_numpy(rows)

    def _read_targets(self, names: Sequence[str], form: str | None) -> Sequence[Any]:
        """A value a row (an array of numbers, of several targets); None where it is missing.

        Args:
            form: text, whole or number, as the run says; inferred from the values when None. Whole numbers of many
                values are numbers: they are measured, not named.
        """
        columns = []
        for name in names:
            column = self._frame.column(name)
            if form is None:
                present = without_missing(column)
                values = numbers(present)
                whole = (
                    bool((values == values.round()).all()) and values.n_unique() <= CLASSES_AT_MOST and len(names) == 1
                )
                form = "text" if values.null_count() or not len(values) else "whole" if whole else "number"
                if form == "text" and len(names) > 1:
                    raise DataError(
                        f"the target '{name}' is not numbers; several targets have to be",
                        fix="Give one target of classes, or targets of numbers",
                    )
                self._settings["form"] = form
            if form == "text":
                columns.append(texts(column).to_list())
            else:
                cells = numbers(column).to_list()
                columns.append([None if value is None else int(value) for value in cells] if form == "whole" else cells)
        if len(columns) == 1:
            return columns[0]
        return [None if None in row else np.array(row) for row in zip(*columns, strict=True)]

    def _note_types(self) -> None:
        for kind, title in (("number", "numbers"), ("category", "categories"), ("date", "dates")):
            named = [name for name, column in self._types.items() if column.name == kind]
            if named:
                odd = [
                    f"{name}: {column.why}"
                    for name, column in self._types.items()
                    if column.name == kind and (";" in column.why or "form" in column.why)
                ]
                self.notes.append((title, f"{len(named)}", "; ".join([", ".join(named), *odd])))
        for name, column in self._types.items():
            if column.name == "left out":
                self.notes.append(("left out", name, column.why))


def table(
    data: Any,
    target: str | Sequence[str] | None = None,
    *,
    valid: Any = None,
    test: Any = None,
    categorical: Sequence[str] | str = (),
    numeric: Sequence[str] | str = (),
    ignore: Sequence[str] | str = (),
    group: str | None = None,
    time: str | None = None,
    stream: bool | None = None,
) -> Table:
    """Rows of a table.

    Args:
        data: a path of CSV, TSV or Parquet (a file, or a folder of Parquet files), or a frame (pandas, polars, ...).
        target: the column to predict: y of shape (N,), as a Series of pandas. A list of columns gives y of shape
            (N, K), as a DataFrame. None for data to predict.
        valid, test: further tables, whose rows are the validation or test part.
        categorical, numeric, ignore: columns to be read so; the types of the others are inferred from their values.
        group: rows with the same value of this column stay in one part; it is not learnt from.
        time: split by time: validation and test rows are later than training rows by this column.
        stream: leave the rows of Parquet files on disk; chosen by their size and the free memory when None.

    Raises:
        DataError: nothing that can be read there; duplicate or missing columns.
    """
    frame, parts, name = read_parts(data, valid=valid, test=test, stream=stream)
    settings = {
        "target": _listed(target),
        "categorical": _listed(categorical),
        "numeric": _listed(numeric),
        "ignore": _listed(ignore),
        "group": group,
        "time": time,
        "form": None,
    }
    return Table(frame, parts, settings, name, in_memory=not isinstance(data, (str, os.PathLike)))


def _listed(names: Sequence[str] | str | None) -> list[str]:
    if names is None:
        return []
    return [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else list(names)
