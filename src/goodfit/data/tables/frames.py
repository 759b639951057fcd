"""A table in memory, or one that is read from Parquet piece by piece: the same few questions to both."""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from goodfit.data.tables.any_frame import refuse_same_names
from goodfit.data.tables.by_polars import unreadable
from goodfit.data.tables.header import column_names
from goodfit.data.tables.visible import visible
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

ROWS_AT_A_TIME = 50_000  # in memory, of a table that stays on disk
CELLS_AT_A_TIME = 4_000_000
ROWS_SAMPLED = 100_000  # for column types, means and levels, where not all are in memory
DAY_LETTERS = 10  # of 2024-05-31
MEMORY_SHARE = (
    0.1  # of what is free: a larger table is read piece by piece; a fit takes nine times its size (bench/large.py)
)


class Frame(Protocol):
    """Rows of a table."""

    @property
    def columns(self) -> list[str]:
        """Their names."""
        ...

    @property
    def height(self) -> int:
        """How many rows there are."""
        ...

    @property
    def streamed(self) -> bool:
        """Whether the rows stay on disk."""
        ...

    def column(self, name: str) -> pl.Series:
        """One column, whole."""
        ...

    def dtype(self, name: str) -> pl.DataType:
        """What the cells of a column are."""
        ...

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        """All of the rows (of those asked for), or ROWS_SAMPLED of them, spread evenly, where they stay on disk."""
        ...

    def pieces(self) -> Iterator[pl.DataFrame]:
        """All rows in their order, piece by piece."""
        ...

    def clear(self) -> None: ...


class TableInMemory:
    """A table in memory."""

    streamed = False

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.columns, self.height = frame.columns, frame.height

    def column(self, name: str) -> pl.Series:
        return self.frame[name]

    def dtype(self, name: str) -> pl.DataType:
        return self.frame.schema[name]

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        return self.frame if rows is None else self.frame[rows]

    def pieces(self) -> Iterator[pl.DataFrame]:
        yield self.frame

    def clear(self) -> None:
        self.frame = self.frame.clear()


class TableOnDisk:
    """Parquet files whose rows stay on disk.

    Raises:
        DataError: not Parquet files of one shape.
    """

    streamed = True

    def __init__(self, files: Sequence[Path]) -> None:
        import polars as pl

        self.files = list(files)
        try:
            self._heights = [int(pl.scan_parquet(file).select(pl.len()).collect().item()) for file in self.files]
            self._schemas = [pl.scan_parquet(file).collect_schema() for file in self.files]
        except (pl.exceptions.PolarsError, OSError) as error:
            raise unreadable(self.files[0], "a Parquet file") from error
        names = [schema.names() for schema in self._schemas]
        other = next((at for at, each in enumerate(names) if each != names[0]), None)
        if other is not None:
            raise DataError("its columns differ from those of the first file", where=self.files[other])
        refuse_same_names(names[0], self.files[0])
        self.columns, self.height = names[0], sum(self._heights)
        self._rows_at_a_time = max(1, min(ROWS_AT_A_TIME, CELLS_AT_A_TIME // max(1, len(self.columns))))

    @property
    def alike(self) -> bool:
        """Whether all files have columns of the same types, and names that need no change: then any piece will do."""
        same = all(schema == self._schemas[0] for schema in self._schemas)
        return same and self.height > 0 and column_names(self.columns) == self.columns

    def column(self, name: str) -> pl.Series:
        import polars as pl

        return pl.concat([_collected(pl.scan_parquet(file).select(pl.col(name)), file)[name] for file in self.files])

    def dtype(self, name: str) -> pl.DataType:
        return self._schemas[0][name]

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        import polars as pl

        chosen = np.arange(self.height) if rows is None else rows
        chosen = chosen[:: max(1, -(-len(chosen) // ROWS_SAMPLED))]
        chosen_pieces, start = [pl.DataFrame(schema=self._schemas[0])], 0
        for file, at, count in self._slices():
            inside = chosen[(chosen >= start) & (chosen < start + count)] - start
            if len(inside):
                chosen_pieces.append(_piece(file, at, count)[inside])
            start += count
        return pl.concat(chosen_pieces)

    def pieces(self) -> Iterator[pl.DataFrame]:
        return (_piece(*each) for each in self._slices())

    def _slices(self) -> Iterator[tuple[Path, int, int]]:
        """A file, its first row and their number, of the rows of each piece."""
        for file, height in zip(self.files, self._heights, strict=True):
            for start in range(0, height, self._rows_at_a_time):
                yield file, start, min(self._rows_at_a_time, height - start)

    def clear(self) -> None:
        self.files = []


class FrameWithGaps:
    """A frame in which some cells count as empty, as the user says.

    Args:
        cells: texts; a number means all cells that are this number.
    """

    def __init__(self, frame: Frame, cells: Sequence[str]) -> None:
        self._frame = frame
        self._cells = list(cells)
        self.columns, self.height, self.streamed = frame.columns, frame.height, frame.streamed

    def column(self, name: str) -> pl.Series:
        return self._emptied(self._frame.column(name))

    def dtype(self, name: str) -> pl.DataType:
        return self._frame.dtype(name)

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        return self._all_emptied(self._frame.sample(rows))

    def pieces(self) -> Iterator[pl.DataFrame]:
        return map(self._all_emptied, self._frame.pieces())

    def clear(self) -> None:
        self._frame.clear()

    def _all_emptied(self, piece: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        return pl.DataFrame([self._emptied(column) for column in piece.iter_columns()])

    def _emptied(self, column: pl.Series) -> pl.Series:
        import polars as pl

        if column.dtype in (pl.String, pl.Categorical, pl.Enum):
            text = column.cast(pl.String)
            gone = visible(text).is_in(self._cells)
            if numbers := _numbers_of(self._cells):
                gone |= text.cast(pl.Float64, strict=False).is_in(numbers).fill_null(value=False)
        elif column.dtype.is_numeric():
            gone = column.cast(pl.Float64).is_in(_numbers_of(self._cells))
        elif column.dtype in (pl.Date, pl.Datetime):
            gone = column.cast(pl.String).str.slice(0, DAY_LETTERS).is_in(self._cells)
        else:
            return column
        if not gone.any():
            return column
        return pl.select(pl.when(~gone).then(column)).to_series().rename(column.name)


class RenamedFrame:
    """A frame some of whose columns go by other names.

    Args:
        names: name in the frame -> name that it goes by.
    """

    def __init__(self, frame: Frame, names: Mapping[str, str]) -> None:
        self._frame = frame
        self._names = dict(names)
        self._inner = {new: old for old, new in names.items()}
        self.columns = [self._names.get(name, name) for name in frame.columns]
        self.height, self.streamed = frame.height, frame.streamed

    def column(self, name: str) -> pl.Series:
        return self._frame.column(self._inner.get(name, name)).rename(name)

    def dtype(self, name: str) -> pl.DataType:
        return self._frame.dtype(self._inner.get(name, name))

    def sample(self, rows: np.ndarray | None = None) -> pl.DataFrame:
        return self._frame.sample(rows).rename(self._names)

    def pieces(self) -> Iterator[pl.DataFrame]:
        return (piece.rename(self._names) for piece in self._frame.pieces())

    def clear(self) -> None:
        self._frame.clear()


def other_spellings(columns: Sequence[str], wanted: Sequence[str]) -> dict[str, str]:
    """Columns that are spelt in other letters, spaces or signs than one that is wanted and not there -> that one."""
    present, needed = set(columns), set(wanted)
    absent = [name for name in wanted if name not in present]
    spare: dict[str, list[str]] = {}
    for name in columns:
        if name not in needed:
            spare.setdefault(_plain(name), []).append(name)
    same = {name: spare.get(_plain(name), []) for name in absent}
    alone = {name for name in absent if [_plain(other) for other in absent].count(_plain(name)) == 1}
    return {found[0]: name for name, found in same.items() if len(found) == 1 and name in alone}


def _plain(name: str) -> str:
    letters = "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())
    return letters or name


def with_gaps(frame: Frame, cells: Sequence[str]) -> Frame:
    """The frame, with these cells as empty ones."""
    return FrameWithGaps(frame, cells) if cells else frame


def _numbers_of(cells: Sequence[str]) -> list[float]:
    """Those that are numbers."""
    numbers = []
    for cell in cells:
        try:
            numbers.append(float(cell))
        except ValueError:
            continue  # a word
    return numbers


def _piece(file: Path, start: int, count: int) -> pl.DataFrame:
    import polars as pl

    return _collected(pl.scan_parquet(file).slice(start, count), file)


def _collected(lazy: pl.LazyFrame, file: Path) -> pl.DataFrame:
    import polars as pl

    try:
        return lazy.collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(file, "a Parquet file") from error


def parquet_files(path: Path) -> list[Path]:
    """The Parquet files of a folder or a single one, in the order of their names; none of anything else."""
    if path.is_dir():
        return sorted(path.glob("*.parquet"))
    return [path] if path.suffix.lower() == ".parquet" else []


def too_large(files: Sequence[Path]) -> bool:
    """Whether these Parquet files, at eight bytes a cell, might need more than a share of the free memory."""
    table = TableOnDisk(files)
    return table.height * len(table.columns) * 8 > MEMORY_SHARE * free_memory()


def better_in_pieces(files: Sequence[Path]) -> bool:
    """Whether rows to predict are read piece by piece: there are many cells, and all pieces are of the same types."""
    table = TableOnDisk(files)
    return table.height * len(table.columns) > CELLS_AT_A_TIME and table.alike


def free_memory() -> float:
    """Bytes that the system leaves to this process, within the limits of its container and its own (`ulimit`)."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 8 * 2**30  # a system that does not tell: a common size
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.exists() and used.exists() and (largest := limit.read_text().strip()) != "max":
        free = min(free, int(largest) - int(used.read_text()))
    return max(0, min(free, _left_by_own_limits()))


def _left_by_own_limits() -> float:
    """Bytes up to the limits of address space and data that the process was given; infinite without any."""
    try:
        import resource

        pages = [int(field) for field in Path("/proc/self/statm").read_text().split()]
        size = os.sysconf("SC_PAGE_SIZE")
    except (ImportError, OSError):
        return math.inf  # a system without such limits, or one that does not tell what is used
    used = {resource.RLIMIT_AS: pages[0] * size, resource.RLIMIT_DATA: pages[5] * size}
    limits = {kind: resource.getrlimit(kind)[0] for kind in used}
    left = [limits[kind] - used[kind] for kind in used if limits[kind] != resource.RLIM_INFINITY]
    return min(left, default=math.inf)
