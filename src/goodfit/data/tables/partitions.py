"""A table of Parquet files in folders such as year=2024/month=05, whose names are the values of columns.

Spark, pandas, polars and DuckDB write a table so when they are asked to part it by columns.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from goodfit.data.tables.by_polars import by_polars
from goodfit.errors import DataError
from goodfit.formatting import counted, listed

if TYPE_CHECKING:
    import polars as pl

EMPTY = "__HIVE_DEFAULT_PARTITION__"  # the name of a folder of rows without a value
HIDDEN = (".", "_")  # what such a name begins with is no data: _temporary, _delta_log


def partitions(folder: Path) -> list[Path]:
    """The Parquet files in folders of the form name=value, in the order of their names; none where there are others."""
    try:
        places = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(HIDDEN))
    except OSError:  # it is said by who reads the folder
        return []
    if not places or any("=" not in place.name for place in places) or any(folder.glob("*.parquet")):
        return []
    files: list[Path] = []
    for place in places:
        inner = sorted(path for path in place.glob("*.parquet") if not path.name.startswith(HIDDEN))
        files += inner or partitions(place)
    return files


def partitioned(folder: Path, files: list[Path]) -> pl.DataFrame:
    """One table of these files, with a column of text for each name before a sign of equality.

    Raises:
        DataError: one of them is no Parquet file, or they have other columns.
    """
    import polars as pl

    frames = []
    for file in files:
        frame = by_polars(file, "a Parquet file", partial(pl.read_parquet, file))
        named = [part.partition("=") for part in file.relative_to(folder).parts[:-1]]
        values = {name: None if value == EMPTY else unquote(value) for name, _, value in named if name not in frame}
        frames.append(frame.with_columns(pl.lit(value, pl.String).alias(name) for name, value in values.items()))
        if frames[-1].columns != frames[0].columns:
            fix = "Give files of one shape"
            raise DataError("its columns differ from those of the first file", where=file, fix=fix)
    try:
        return pl.concat(frames, how="vertical_relaxed")
    except pl.exceptions.PolarsError as error:
        what = "not Parquet files of one shape: a column holds values of different types"
        raise DataError(what, where=folder, fix="Write them with one schema") from error


def note_on_partitions(folder: Path, files: list[Path]) -> tuple[str, str, str]:
    """What is said of it: which columns are names of folders."""
    names = [part.partition("=")[0] for part in files[0].relative_to(folder).parts[:-1]]
    shown, columns = listed(f"'{name}'" for name in names), "a column" if len(names) == 1 else "columns"
    why = f"the folders are called so, such as {files[0].relative_to(folder).parts[0]}"
    return "parts", f"{counted(len(files), 'Parquet file')} by {shown}", f"{why}: {columns} of the table"
