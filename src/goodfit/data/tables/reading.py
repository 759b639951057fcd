"""Tables as they come -> polars: delimited text, Parquet (a file or a folder), Arrow, JSON lines, Excel, frames.

Text files are read as text, cell by cell: `column_types` infers what a column holds, from all of it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from goodfit.data.columns import Labels, nothing
from goodfit.data.other_files import of_another_program
from goodfit.data.tables.any_frame import is_frame, refuse_same_names, to_polars
from goodfit.data.tables.by_polars import by_polars
from goodfit.data.tables.decoding import PACKED_ENDINGS, decoded, read_bytes, unpacked_name
from goodfit.data.tables.delimited import Delimited, read_delimited
from goodfit.data.tables.excel import is_workbook, read_excel
from goodfit.data.tables.frame_index import KEY, index_labels, note_on_index
from goodfit.data.tables.frames import (
    MEMORY_SHARE,
    Frame,
    TableInMemory,
    TableOnDisk,
    better_in_pieces,
    free_memory,
    other_spellings,
    parquet_files,
    too_large,
)
from goodfit.data.tables.header import column_names
from goodfit.data.tables.html_rows import encoding_of, is_page, table_of_page
from goodfit.data.tables.json_rows import read_json
from goodfit.data.tables.partitions import note_on_partitions, partitioned, partitions
from goodfit.data.tables.same_marks import in_the_marks_of
from goodfit.data.tables.text_on_disk import DelimitedOnDisk, open_text
from goodfit.errors import DataError
from goodfit.formatting import counted, some_of, type_named
from goodfit.store.absent import absent
from goodfit.store.files import refuse_nul, refuse_text

if TYPE_CHECKING:
    import polars as pl

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".data", ".base", ".test", ".tab", ".dat")
JSON_ENDINGS = (".jsonl", ".ndjson", ".json")
ARROW_ENDINGS = (".feather", ".arrow", ".ipc")
EXCEL_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls")
COLUMNS_SHOWN = 8  # in a message
TEXT_BYTES_WHOLE = 16 * 2**20  # of rows to predict: more are read piece by piece
MEMORY_OF_TEXT = 2.5  # bytes in memory of a byte of text: a number of two digits and its comma are eight
ENDINGS = (*TEXT_ENDINGS, *JSON_ENDINGS, *ARROW_ENDINGS, *EXCEL_ENDINGS, ".parquet")


@dataclass(frozen=True)
class Dialect:
    """What the user says about delimited text; None: decided from the file. See `read_delimited`.

    Attributes:
        sheet: of a workbook.
    """

    header: bool | None = None
    separator: str | None = None
    encoding: str | None = None
    fill_gaps: bool = False
    sheet: str | None = None


@dataclass(frozen=True)
class TableParts:
    """A table and the tables of further parts, as one.

    Attributes:
        frame: all rows.
        parts: the part that each row came in, None where it is to be chosen.
        name: of the data.
        delimited: the file of text, where the table is a single one.
        notes: what was guessed when the files were read.
        percents: columns of a workbook whose numbers are shown as percentages: 0.45 as 45%.
    """

    frame: Frame
    parts: Sequence[str | None]
    name: str
    delimited: Delimited | DelimitedOnDisk | None
    notes: list[tuple[str, str, str]]
    percents: frozenset[str] = frozenset()
    labels: Sequence[str] | None = None


class _Read(NamedTuple):
    """A frame, what was guessed when it was read, and the file of text that it was."""

    frame: pl.DataFrame
    notes: Sequence[tuple[str, str, str]] = ()
    delimited: Delimited | None = None
    percents: frozenset[str] = frozenset()
    labels: Sequence[str] | None = None


def is_table(path: Path) -> bool:
    """Whether this place looks like a table: by its ending, or a folder that holds Parquet files."""
    if path.is_dir():
        return any(path.glob("*.parquet")) or bool(partitions(path))
    return unpacked_name(path).suffix.lower() in ENDINGS


def read_table(place: Any, dialect: Dialect | None = None) -> pl.DataFrame:
    """A polars frame with the columns in their order, text where the file was text.

    Args:
        place: a path, or a frame of any library.

    Raises:
        DataError: not a table, an empty one, or one whose columns have the same name twice.
    """
    return _read(place, dialect or Dialect()).frame


def read_parts(
    data: Any,
    *,
    valid: Any,
    test: Any,
    stream: bool | None = None,
    dialect: Dialect | None = None,
    to_predict: bool = False,
) -> TableParts:
    """One table of all parts.

    Args:
        stream: leave the rows on disk; None: where they might need more than a share of the free memory.
        to_predict: the rows are for a fitted model: in pieces whenever they are many, since nothing is learnt from all.
    """
    import polars as pl

    dialect = dialect or Dialect()
    for place in (data, valid, test):
        if isinstance(place, (str, os.PathLike)):
            refuse_nul(place)
            refuse_text(place)
    name = unpacked_name(Path(data).resolve()).stem if isinstance(data, (str, os.PathLike)) else "table"
    given = [("", data), *((part, more) for part, more in (("valid", valid), ("test", test)) if more is not None)]
    frames: list[Frame] = []
    if all(isinstance(place, (str, os.PathLike)) and parquet_files(Path(place)) for _, place in given):
        files = [file for _, place in given for file in parquet_files(Path(place))]
        choose = better_in_pieces if to_predict else too_large
        if choose(files) if stream is None else stream:
            frames = [TableOnDisk(parquet_files(Path(place))) for _, place in given]
    elif valid is None and test is None and isinstance(data, (str, os.PathLike)):
        text = _text_in_pieces(Path(data), dialect, stream, to_predict=to_predict)
        if text is not None:
            return TableParts(text.frame, nothing(text.frame.height), name, text, list(text.notes))
    if valid is None and test is None and isinstance(data, pl.DataFrame):
        alone = TableInMemory(_checked(data, None))
        return TableParts(alone, nothing(alone.height), name, None, [])
    read = [] if frames else [_read(place, dialect) for _, place in given]
    read = [read[0], *(_with_columns(read[0].frame, each) for each in read[1:])] if read else read
    whole = frames or [TableInMemory(each.frame) for each in read]
    counts: list[tuple[str | None, int]] = []
    for (part, _), frame in zip(given, whole, strict=True):
        present = set(frame.columns)
        absent = [column for column in whole[0].columns if column not in present]
        if absent and part and len(absent) == len(whole[0].columns) and (row := _first_cell(read, len(counts))):
            what = (
                f"the first line of the {part} table is a row ({row}, ...), and the first table has columns with names"
            )
            raise DataError(
                what, fix=f"Write their names into a first line: {some_of(whole[0].columns, COLUMNS_SHOWN)}"
            )
        if absent:
            fix = "Give it the same columns; rows without a target are for goodfit predict"
            raise DataError(f"the {part} table has no column '{absent[0]}'", fix=fix)
        first = "train" if valid is not None and test is not None else None
        counts.append((part or first, frame.height))
    codes = np.repeat(np.arange(len(counts), dtype=np.int8), [height for _, height in counts])
    parts = Labels(codes, [part for part, _ in counts]) if len(counts) > 1 else nothing(len(codes))
    if frames:
        joined: Frame = TableOnDisk([file for _, place in given for file in parquet_files(Path(place))])
        return TableParts(joined, parts, name, None, [])
    together = whole[0].sample()
    if len(whole) > 1:
        in_memory = [frame.sample()[whole[0].columns] for frame in whole]
        try:
            together = pl.concat(in_memory, how="vertical_relaxed")
        except pl.exceptions.PolarsError as error:
            raise DataError(
                "the columns of the validation or test table hold other types than those of the first",
                fix="Give files of one kind, with the same columns",
            ) from error
    notes = [note for each in read for note in each.notes]
    delimited = read[0].delimited if len(read) == 1 else None
    labels = _labels(read)
    if labels is None:
        notes = [
            ("left out", note[1], "it does not tell the rows of all parts apart") if note[0] == KEY else note
            for note in notes
        ]
    found = list(dict.fromkeys(notes))
    return TableParts(TableInMemory(together), parts, name, delimited, found, read[0].percents, labels)


def _labels(read: Sequence[_Read]) -> list[str] | None:
    """What the rows of all parts are called, where each part says it and no two rows are called the same."""
    labels = [label for each in read for label in each.labels or ()]
    whole = len(labels) == sum(each.frame.height for each in read)
    return labels if labels and whole and len(set(labels)) == len(labels) else None


def _first_cell(read: Sequence[_Read], at: int) -> str | None:
    """The first cell of a file of text; None of others."""
    file = read[at].delimited if at < len(read) else None
    return None if file is None else file.first[0]


def _text_in_pieces(path: Path, dialect: Dialect, stream: bool | None, *, to_predict: bool) -> DelimitedOnDisk | None:
    """A large file of text whose rows stay on disk; None where it is read whole."""
    kind = unpacked_name(path).suffix.lower()
    if stream is False or kind in (*JSON_ENDINGS, *ARROW_ENDINGS, *EXCEL_ENDINGS, ".parquet") or not path.is_file():
        return None
    size = path.stat().st_size
    many = size > TEXT_BYTES_WHOLE if to_predict else size * MEMORY_OF_TEXT > MEMORY_SHARE * free_memory()
    if not (many if stream is None else stream):
        return None
    return open_text(path, header=dialect.header, separator=dialect.separator, encoding=dialect.encoding)


def _with_columns(first: pl.DataFrame, read: _Read) -> _Read:
    """A further part: whether its first line names the columns is as in the first part, where only that fits, names in
    other letters or spaces are those of the first part, and so are the decimal marks.
    """
    columns = first.columns
    if read.delimited is not None:
        fitting = read.delimited.read_for(columns)
        read = _Read(fitting.frame, fitting.notes, fitting)
    names = other_spellings(read.frame.columns, columns)
    notes = [("column", f"'{name}'", f"read as '{known}', as in the first table") for name, known in names.items()]
    frame, of_marks = in_the_marks_of(first, read.frame.rename(names))
    return read._replace(frame=frame, notes=[*read.notes, *notes, *of_marks])


def _read(place: Any, dialect: Dialect) -> _Read:
    import polars as pl

    if isinstance(place, pl.DataFrame):
        return _Read(_checked(place, None))
    if isinstance(place, (str, os.PathLike)):
        path = Path(place)
        if not path.exists():
            raise absent(path)
        kind = "" if path.is_dir() else unpacked_name(path).suffix.lower()
        if dialect.sheet is not None and kind not in EXCEL_ENDINGS:
            raise DataError("--sheet is for workbooks", where=path, fix="Leave it out")
        if path.is_dir() and (files := partitions(path)):
            return _Read(_checked(partitioned(path, files), path), [note_on_partitions(path, files)])
        if path.is_dir() or kind == ".parquet":
            return _Read(_checked(_parquet(path), path))
        if kind in EXCEL_ENDINGS:
            data = read_bytes(path)
            exported = None if is_workbook(data) else _exported(data, path, dialect)
            if exported is not None:
                return exported
            frame, notes, percents = read_excel(data, path, dialect.sheet)
            return _Read(_checked(frame, path), notes, percents=percents)
        for endings, read in ((JSON_ENDINGS, read_json), (ARROW_ENDINGS, _arrow)):
            if kind in endings:
                return _Read(_checked(read(path), path))
        if kind not in ENDINGS and path.suffix.lower() not in PACKED_ENDINGS:
            _refuse_other_program(path)
        return _delimited(path, dialect)
    if is_frame(place):
        index = note_on_index(place)
        return _Read(_checked(to_polars(place), None), [] if index is None else [index], labels=index_labels(place))
    arrays = ", or goodfit.arrays(x, y) for an array" if isinstance(place, np.ndarray) else ""
    raise DataError(
        f"{type_named(place)} is not a table",
        fix=f"Give a path, or a frame such as those of pandas and polars{arrays}",
    )


def _refuse_other_program(path: Path) -> None:
    if (known := of_another_program(path)) is not None:
        raise known


def _delimited(path: Path, dialect: Dialect, content: bytes | None = None) -> _Read:
    delimited = read_delimited(
        path,
        header=dialect.header,
        separator=dialect.separator,
        encoding=dialect.encoding,
        fill_gaps=dialect.fill_gaps,
        content=content,
    )
    return _Read(_checked(delimited.frame, path), delimited.notes, delimited)


def _exported(data: bytes, path: Path, dialect: Dialect) -> _Read | None:
    """A file that is called a workbook and is a web page or delimited text, as programs export them; None of others."""
    if is_page(data):
        page, _, _ = decoded(data, path, dialect.encoding or encoding_of(data))
        table, named = table_of_page(page.decode(), path)
        header = dialect.header if dialect.header is not None or not named else True
        what = "a web page with a table"
        read = _delimited(path, Dialect(header, "tab", "utf-8"), table.encode())
    else:
        what = "delimited text"
        if read_delimited(path, encoding=dialect.encoding, content=data).frame.width == 1:
            return None
        read = _delimited(path, dialect, data)
    return read._replace(notes=[("kind", what, "its name says Excel, and its content does not"), *read.notes])


def _checked(frame: pl.DataFrame, path: Path | None) -> pl.DataFrame:
    """With names of one line each, as `read_delimited` gives them, so that a column has one name wherever it is."""
    if frame.width == 0 or frame.height == 0:
        raise DataError("the table has no rows", where=path, fix="Give at least one row under the column names")
    names = column_names(frame.columns)
    refuse_same_names(names, path or "the frame")
    if names == frame.columns:
        return frame
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def _parquet(path: Path) -> pl.DataFrame:
    import polars as pl

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        tables = sorted(file.name for file in path.iterdir() if file.is_file() and is_table(file))
        what = f"a folder with {counted(len(tables), 'table')}, such as {tables[0]}, and " if tables else ""
        fix = (
            "Give one file, or put them together" if tables else "Give a table: one file, or a folder of Parquet files"
        )
        raise DataError(f"{what}no Parquet files in it", where=path, fix=fix)
    if path.suffix.lower() in PACKED_ENDINGS:
        return by_polars(path, "a Parquet file", lambda: pl.read_parquet(io.BytesIO(read_bytes(path))))
    frames = [by_polars(file, "a Parquet file", partial(pl.read_parquet, file)) for file in files]
    for file, frame in zip(files, frames, strict=True):
        if frame.columns != frames[0].columns:
            raise DataError(
                "its columns differ from those of the first file", where=file, fix="Give files of one shape"
            )
    try:
        return pl.concat(frames, how="vertical_relaxed")
    except pl.exceptions.PolarsError as error:
        raise DataError(
            "not Parquet files of one shape: a column holds values of different types",
            where=path,
            fix="Write them with one schema",
        ) from error


def _arrow(path: Path) -> pl.DataFrame:
    import polars as pl

    return by_polars(path, "an Arrow file (Feather version 2)", lambda: pl.read_ipc(io.BytesIO(read_bytes(path))))
