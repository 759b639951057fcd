"""What sources over a table have in common, whatever they make of its rows."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.columns import Labels, of_texts
from goodfit.data.packed import RowNumbers
from goodfit.data.row_digests import RowDigests
from goodfit.data.source import Source
from goodfit.data.tables.column_types import WORDS_OF_FREE_TEXT, ColumnType
from goodfit.data.tables.delimited import Delimited, numbered_names
from goodfit.data.tables.frame_index import KEY
from goodfit.data.tables.frames import RenamedFrame, TableInMemory, other_spellings, with_gaps
from goodfit.data.tables.numbers import is_nested
from goodfit.data.tables.reading import TableParts
from goodfit.data.tables.spelt_alike import names_alike_doubt
from goodfit.data.tables.times import read_times, repeated_clock
from goodfit.data.tables.words import texts
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted, some_of

if TYPE_CHECKING:  # imported where it is used: `goodfit fit --help` lists the options of every source
    import polars as pl
    from torch import Tensor


NAMES_SHOWN = 6  # in a message
COLUMNS_SHOWN, LETTERS_SHOWN, LETTERS_OF_TEXT = 12, 40, 160  # of a row that people look at
TIMES_AT_LEAST, SMALLEST_YEAR = 12, 1_000  # fewer different times, and none as large as a year: a class, perhaps


class TableSource(Source):
    """A source over the rows of a table; `_x`, the encoded rows, is for the subclass to set.

    Args:
        table: all rows, and the parts that they came in.
        settings: names of columns by the option that named them.
    """

    def __init__(self, table: TableParts, settings: Mapping[str, Any]) -> None:
        super().__init__(table.name, RowNumbers(table.frame.height), parts=table.parts)
        self.notes += table.notes
        self._labels = table.labels  # what a pandas frame called the rows
        self._whole_frame = table.frame
        self._delimited, self._percents = table.delimited, table.percents
        self._settings = dict(settings)
        self._digests: RowDigests | None = None
        self._leave_gaps()
        self._x: Tensor | None = None  # (N, D) float32

    @property
    def in_shape(self) -> tuple[int, ...]:
        return tuple(self.whole().shape[1:])

    def read(self, rows: Tensor) -> Tensor:
        """(n, D) float32 of these rows."""
        return self.whole().index_select(0, rows)

    def whole(self) -> Tensor:
        """(N, D) float32 of all rows."""
        assert self._x is not None, "learn() comes first"
        return self._x

    def names(self) -> Sequence[str]:
        """The labels of a frame's index, where they tell the rows apart."""
        return self.keys if self._labels is None else self._labels

    def _named_by(self, column: str | None) -> None:
        """Take note of a column of identifiers that names the rows: the index of the frame is not needed then."""
        if column is None or self._labels is None:
            return
        self._labels = None
        why = f"the column '{column}' names the rows: frame.reset_index() makes the index a column"
        self.notes = [("left out", note[1], why) if note[0] == KEY else note for note in self.notes]

    @property
    def column_names(self) -> Sequence[str]:
        return list(self._frame.columns)

    def columns_as_read(self, columns: int, rows: int) -> Iterator[tuple[pl.Series, ColumnType]]:
        kinds = dict(list(self._column_types().items())[:columns])
        chosen = np.arange(self._frame.height)[:: max(1, -(-self._frame.height // rows))]
        frame = self._frame.sample(chosen) if self._frame.streamed else None
        for name, kind in kinds.items():  # of a table in memory one at a time: it may have thousands of others
            yield (self._frame.column(name)[chosen] if frame is None else frame[name]), kind

    def _column_types(self) -> Mapping[str, ColumnType]:
        """Of the columns that are described, the target first."""
        return {}

    def digests(self, *, inputs: bool = False) -> Sequence[str] | None:
        """Of all cells of a row, the target's too; of inputs alone where a column is free text, which differs."""
        if not inputs:
            if self._digests is None:  # kept, at eight bytes a row: of a table on disk, they read all files
                self._digests = RowDigests(hashed(piece) for piece in self._frame.pieces())
            return self._digests
        if not self.has_texts:
            return None
        return RowDigests(self._of_inputs())

    def _of_inputs(self) -> Iterator[np.ndarray]:
        """Digests of the inputs, piece by piece; of a row without any it is its number: empty ones are not copies."""
        start = 0
        for piece in self._frame.pieces():
            inputs = piece.drop(self._settings["target"])
            codes = hashed(inputs).copy()
            empty = np.flatnonzero(without_values(inputs))
            codes[empty] = (start + empty).astype(np.uint64)
            start += piece.height
            yield codes

    @property
    def has_texts(self) -> bool:
        """Whether a column is free text, after `learn`."""
        return False

    def values(self, rows: Sequence[int]) -> list[dict[str, str]]:
        import numpy as np

        order = np.argsort(np.asarray(rows, dtype=np.int64), kind="stable")
        names = [name for name in self._frame.columns if name not in self._target_names][:COLUMNS_SHOWN]
        frame = self._frame.sample(np.asarray(rows, dtype=np.int64)[order]).select(names)
        shown: list[dict[str, str]] = [{}] * len(order)
        for at, row in zip(order.tolist(), frame.iter_rows(named=True), strict=True):
            shown[at] = {name: _excerpt(value) for name, value in row.items()}
        return shown

    @property
    def _target_names(self) -> tuple[str, ...]:
        targets = self._settings.get("target") or ()
        return (targets,) if isinstance(targets, str) else tuple(targets)

    def release(self) -> None:
        """Let go of the table and the encoded rows."""
        self._frame.clear()
        self._delimited = None
        self._x = None

    def _leave_gaps(self) -> None:
        """Read the cells that the user calls missing as empty ones."""
        self._frame = with_gaps(self._whole_frame, self._settings.get("missing") or ())
        self._digests = None

    def _read_as(self, columns: Sequence[str], targets: Sequence[str] = ()) -> None:
        """Read new data by the columns that a run was fitted on.

        Whether the first line of a file names the columns is decided anew, and a column whose name is spelt otherwise
        is taken for the one that is not there.
        """
        file = None if self._delimited is None else self._delimited.read_for(columns)
        if file is not None and file is not self._delimited:
            self._delimited = file
            self._whole_frame = TableInMemory(file.frame) if isinstance(file, Delimited) else file.frame
            self.keys = RowNumbers(self._whole_frame.height)
            self.parts = Labels(np.zeros(len(self.keys), dtype=np.int8), [self.parts[0]])
        self._refuse_rows_for_names(columns)
        names = other_spellings(self._whole_frame.columns, list(dict.fromkeys([*columns, *targets])))
        if names:
            self._whole_frame = RenamedFrame(self._whole_frame, names)
            self.notes += [
                ("column", f"'{name}'", f"read as '{known}', which is not there") for name, known in names.items()
            ]
        self._leave_gaps()

    def _name_only_column(self, name: str) -> None:
        """Give the only column of new data this name, where the run reads one column of text and nothing else.

        The first line of a file may be a text, and is a name where it is a single word.
        """
        columns = self._whole_frame.columns
        if len(columns) != 1 or columns == [name]:
            return
        if self._delimited is None or (self._delimited.header and columns[0].isidentifier()):
            self._whole_frame = RenamedFrame(self._whole_frame, {columns[0]: name})
            self.notes.append(("column", f"'{columns[0]}'", f"the only one: read as '{name}'"))

    def _refuse_rows_for_names(self, columns: Sequence[str]) -> None:
        """Raise where the first line of a file is a row, and the run needs columns by their names."""
        file = self._delimited
        if (
            file is not None
            and self._whole_frame.columns == numbered_names(len(file.first))
            and any(name not in self._whole_frame.columns for name in columns)
        ):
            raise DataError(
                f"its first line is a row ({file.first[0]}, ...), and the run was fitted on columns with names "
                f"({', '.join(columns[:NAMES_SHOWN])}{', ...' if len(columns) > NAMES_SHOWN else ''})",
                fix="Write their names into a first line",
            )

    def _without_refusal(self, read: Callable[[], None]) -> None:
        """Read new targets; where they cannot be, that is an error for who needs them, and of no matter to predict."""
        try:
            read()
        except DataError as error:
            self.targets, self.targets_refused = None, error

    def _refuse_absent(self, name: str, option: str) -> None:
        if name not in self._frame.columns:
            by_letters = {column.casefold(): column for column in self._frame.columns}
            near = difflib.get_close_matches(name.casefold(), by_letters, n=1, cutoff=0.7)
            if not near and len(name) > 2:  # Surv for Survived
                near = [column for column in by_letters if column.startswith(name.casefold())][:1]
            hint = f"Did you mean {by_letters[near[0]]}? " if near else ""
            if not near and all(word.casefold() in by_letters for word in name.split()):
                near = name.casefold().split()
                hint = f"Did you mean {','.join(by_letters[word] for word in near)}? Commas separate several. "
            if not near and any(note[1].startswith("index ") and f"'{name}'" in note[1] for note in self.notes):
                hint = "It is the name of the frame's index: give frame.reset_index(). "
            if not near and len(self._frame.columns) == 1 and self._delimited is not None:
                hint = "If that is several columns, name what stands between them with --separator. "
            elif not near and any(str(cell).strip() == name for cell in self._frame.sample(np.array([0])).row(0)):
                hint = "It stands in the first row: remove the line above it, so that it names the columns. "
                if self._delimited is not None and not self._delimited.header:
                    hint = "It stands in the first line, which is read as a row: --header reads names there. "
            elif not near and any(note[0] == "encoding" for note in self.notes):
                hint = "If these are not the names in the file, name its --encoding, such as cp1251 or gb18030. "
            raise UsageError(
                f"--{option.replace('_', '-')} {name}: there is no such column",
                fix=f"{hint}The columns are {', '.join(self._frame.columns)}",
            )

    def _read_groups_and_times(self) -> None:
        """From the columns that `group` and `time` name, where they do."""
        group, time = self._settings["group"], self._settings["time"]
        if group is not None:
            self._refuse_absent(group, "group")
            if group in self._target_names:
                others = some_of([name for name in self._frame.columns if name != group], NAMES_SHOWN)
                raise UsageError(f"--group and --target are both {group}", fix=f"The other columns are {others}")
            column = self._frame.column(group)
            if is_nested(column.dtype):
                raise UsageError(f"--group {group}: lists, bytes or structs", fix="Give a column of names or numbers")
            names = texts(column)
            if (alike := names_alike_doubt(names.rename(group), "a group", loosely=True)) is not None:
                self.doubts.append(
                    (alike[0], "If they are one group, write it in one way: else it may be in two parts")
                )
            codes, levels = of_texts(names.fill_null("None"))
            self.groups = Labels(codes, levels)
            if names.null_count():
                self.notes.append(
                    ("group", f"{counted(names.null_count(), 'row')}", "they have none: these are one group")
                )
        if time is not None:
            self._refuse_absent(time, "time")
            self.times = read_times(
                self._frame.column(time), self._settings.get("decimal"), self._settings.get("date_order")
            )
            distinct = len(set(self.times.tolist()))
            if distinct <= TIMES_AT_LEAST < len(self.times) and float(abs(self.times).max()) < SMALLEST_YEAR:
                what = f"the times in '{time}' are {distinct} different numbers, the largest {self.times.max():g}"
                self.doubts.append((what, "Is it the right column? --time takes one of dates, times or steps"))
            elif (clock := repeated_clock(self._frame.column(time), self.times)) is not None:
                self.doubts.append(clock)


def _excerpt(value: Any) -> str:
    """A cell as people look at it: of a text more than of a name."""
    cell = "" if value is None else str(value)
    return cell[: LETTERS_OF_TEXT if cell.count(" ") >= WORDS_OF_FREE_TEXT else LETTERS_SHOWN]


def without_values(piece: pl.DataFrame) -> np.ndarray:
    """(n,) bool: rows whose cells are all empty."""
    import polars as pl

    empty = [
        column.is_null() | (column.str.strip_chars() == "") if column.dtype == pl.String else column.is_null()
        for column in piece.iter_columns()
    ]
    rows = np.ones(piece.height, dtype=bool)
    for column in empty:
        rows &= column.fill_null(value=True).to_numpy()
    return rows


def hashed(piece: pl.DataFrame) -> np.ndarray:
    """(n,) uint64, a number for each row; Python objects, which have none, are left out of it."""
    import polars as pl

    kept = piece[[column.name for column in piece.iter_columns() if column.dtype != pl.Object]]
    return kept.hash_rows(seed=0).to_numpy()
