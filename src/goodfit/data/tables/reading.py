"""Tables as they come -> polars: CSV and TSV of any dialect, Parquet (a file or a folder), frames of any library.

Text files are read as text, cell by cell: `column_types` infers what a column holds, from all of it.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodfit.data.tables.any_frame import is_frame, refuse_same_names, to_polars
from goodfit.data.tables.frames import Frame, TableInMemory, TableOnDisk, parquet_files, too_large
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".data", ".base", ".test", ".tab")
NAMELESS = "column_"  # and a number, in files without names
BYTES_SAMPLED = 64 * 1024  # for the separator and the names of the columns


def is_table(path: Path) -> bool:
    """Whether this place looks like a table: by its ending, or a folder that holds Parquet files."""
    if path.is_dir():
        return any(path.glob("*.parquet"))
    return path.suffix.lower() in (*TEXT_ENDINGS, ".parquet")


def read_table(place: Any) -> pl.DataFrame:
    """A polars frame with the columns in their order, text where the file was text.

    Args:
        place: a path, or a frame of any library.

    Raises:
        DataError: not a table, an empty one, or one whose columns have the same name twice.
    """
    import polars as pl

    if isinstance(place, pl.DataFrame):
        return _checked(place, None)
    if isinstance(place, (str, os.PathLike)):
        path = Path(place)
        if not path.exists():
            raise DataError("no such file or folder", where=path, fix="Check the path")
        if path.is_dir() or path.suffix.lower() == ".parquet":
            return _checked(_parquet(path), path)
        return _checked(_text(path), path)
    if is_frame(place):
        return _checked(to_polars(place), None)
    raise DataError(
        f"a {type(place).__name__} is not a table", fix="Give a path, or a frame such as those of pandas and polars"
    )


def read_parts(data: Any, *, valid: Any, test: Any, stream: bool | None = None) -> tuple[Frame, list[str | None], str]:
    """One frame of all parts, the part that each row came in (None where it is to be chosen), and the data's name."""
    import polars as pl

    name = Path(data).resolve().stem if isinstance(data, (str, os.PathLike)) else "table"
    given = [("", data), *((part, more) for part, more in (("valid", valid), ("test", test)) if more is not None)]
    frames: list[Frame] = []
    parts: list[str | None] = []
    if all(isinstance(place, (str, os.PathLike)) and parquet_files(Path(place)) for _, place in given):
        files = [file for _, place in given for file in parquet_files(Path(place))]
        if too_large(files) if stream is None else stream:
            frames = [TableOnDisk(parquet_files(Path(place))) for _, place in given]
    whole = frames or [TableInMemory(read_table(place)) for _, place in given]
    for (part, _), frame in zip(given, whole, strict=True):
        absent = [column for column in whole[0].columns if column not in frame.columns]
        if absent:
            raise DataError(f"the {part} table has no column '{absent[0]}'", fix="Give it the same columns")
        parts += [part or None] * frame.height
    if valid is not None and test is not None:
        parts = [part or "train" for part in parts]
    if frames:
        return TableOnDisk([file for _, place in given for file in parquet_files(Path(place))]), parts, name
    in_memory = [frame.sample().select(whole[0].columns) for frame in whole]
    return (
        TableInMemory(pl.concat(in_memory, how="vertical_relaxed") if len(in_memory) > 1 else in_memory[0]),
        parts,
        name,
    )


def _checked(frame: pl.DataFrame, path: Path | None) -> pl.DataFrame:
    if frame.width == 0 or frame.height == 0:
        raise DataError("the table has no rows", where=path, fix="Give at least one row under the column names")
    return frame


def _parquet(path: Path) -> pl.DataFrame:
    import polars as pl

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files:
        raise DataError("no Parquet files in it", where=path, fix="Give a folder of Parquet files, or one file")
    try:
        return pl.concat([pl.read_parquet(file) for file in files], how="vertical_relaxed")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(f"not Parquet files of one shape ({_first_line(error)})", where=path) from error


def _text(path: Path) -> pl.DataFrame:
    import polars as pl

    data = path.read_bytes()
    if not data.strip():
        raise DataError("the file is empty", where=path, fix="Give a table with column names in its first line")
    if b"\0" in data[:BYTES_SAMPLED] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataError("not a text file", where=path, fix="Give CSV, TSV or Parquet")
    text = _decoded(data, path)
    first = text[:BYTES_SAMPLED].splitlines()
    separator = _separator(first, path)
    names = [name.strip() for name in next(csv.reader(first[:1], delimiter=separator))]
    has_header = _is_header(names)
    if has_header:
        refuse_same_names(names, path)
        if not text.partition("\n")[2].strip():
            return pl.DataFrame()
    width = len(names)
    try:
        frame = pl.read_csv(
            io.StringIO(text),
            separator=separator,
            has_header=False,
            skip_rows=1 if has_header else 0,
            infer_schema=False,
            truncate_ragged_lines=False,
            new_columns=names if has_header else [f"{NAMELESS}{at}" for at in range(1, width + 1)],
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(
            _ragged(text, separator, width) or _first_line(error), where=path, fix="Fix the file"
        ) from error
    if frame.width != width:
        raise DataError(
            f"the first line has {width} names and the rows have {frame.width} cells",
            where=path,
            fix="Give every column one name",
        )
    frame = frame.with_columns(pl.all().str.strip_chars())
    return frame.filter(~pl.all_horizontal(pl.all().is_null() | (pl.all() == "")))  # blank lines


def _decoded(data: bytes, path: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, in which nearly every byte means something."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise DataError(
            f"byte {error.start} is neither UTF-8 nor Windows-1252", where=path, fix="Save the file as UTF-8"
        ) from error


def _separator(lines: Sequence[str], path: Path) -> str:
    """The one of tab, comma, semicolon and bar that cuts the most lines into as many cells as the first."""
    most_cells, chosen = 0, "\t" if path.suffix.lower() in (".tsv", ".tab") else ","
    for separator in (",", "\t", ";", "|"):
        counts = [len(row) for row in csv.reader(lines[:50], delimiter=separator) if row]
        if counts and counts[0] > 1:
            agree = sum(count == counts[0] for count in counts) * counts[0]
            if agree > most_cells:
                most_cells, chosen = agree, separator
    return chosen


def _is_header(cells: Sequence[str]) -> bool:
    """The first line names the columns unless one of its cells is a number."""
    return not any(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", ""))
    except ValueError:
        return False
    return True


def _ragged(text: str, separator: str, width: int) -> str | None:
    for line, cells in enumerate(csv.reader(io.StringIO(text), delimiter=separator), start=1):
        if cells and len(cells) != width:
            return f"line {line} has {len(cells)} cells where the first has {width}"
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
