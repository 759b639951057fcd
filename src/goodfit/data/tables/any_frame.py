"""Frames of any library (pandas, polars, PyArrow, Modin, ...) -> polars, through narwhals.

Also what holds columns or rows without being a frame: dictionaries, NumPy's structured arrays, a Bunch of scikit-learn.
"""

from __future__ import annotations

import datetime
import decimal
import numbers
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.tables.frame_index import FrameWithIndex
from goodfit.errors import DataError

if TYPE_CHECKING:
    import polars as pl

BYTES_OF_A_FLOAT = 8  # a long double has more
INTEGERS_BELOW = 2**63  # of 64 bits; beyond, whole numbers are names
UNITS_OF_POLARS = ("ms", "us", "ns")  # of times; NumPy and pandas have seconds and days as well
LISTS = (list, tuple, set, frozenset, np.ndarray)
NAMES_SHOWN = 6  # in a message
PLAIN_TYPES = {str, int, float, bool, type(None)}
KEPT_TYPES = {bool, int, float, datetime.date, datetime.time, datetime.timedelta, decimal.Decimal}


def is_frame(data: Any) -> bool:
    """Whether this is a frame of a library that narwhals knows, or rows of Python: see `is_rows`."""
    if isinstance(data, FrameWithIndex):
        return is_frame(data.frame)
    if is_rows(data) or _is_of_polars(data) or _has_columns(data):
        return True
    import narwhals as nw

    try:
        return isinstance(nw.from_native(data, pass_through=True), (nw.DataFrame, nw.LazyFrame))
    except nw.exceptions.DuplicateError:
        return True  # `to_polars` says which names are the same


def _is_of_polars(data: Any) -> bool:
    """Whether this is a frame of polars, said without narwhals, which takes a tenth of the time of one row."""
    polars = sys.modules.get("polars")
    return polars is not None and isinstance(data, (polars.DataFrame, polars.LazyFrame))


def is_rows(data: Any) -> bool:
    """Whether this is a list of dictionaries, one a row, or a dictionary of columns of equal length."""
    if isinstance(data, (list, tuple)):
        return len(data) > 0 and all(isinstance(row, Mapping) for row in data)
    if type(data) is not dict or not data:
        return False  # a Bunch of scikit-learn holds other things too
    if _by_places(data):
        return True
    return all(isinstance(each, (list, tuple)) or getattr(each, "ndim", 0) == 1 for each in data.values())


def _by_places(data: Any) -> bool:
    """Whether this is {"age": {0: 43, 1: 30}}, as frame.to_dict() of pandas gives it."""
    if type(data) is not dict or not data or not all(type(column) is dict and column for column in data.values()):
        return False
    places = next(iter(data.values())).keys()
    return all(type(place) is int for place in places) and all(column.keys() == places for column in data.values())


def _has_columns(data: Any) -> bool:
    """Whether this is a structured array of NumPy, or a data set of scikit-learn."""
    if isinstance(data, np.ndarray):
        return data.dtype.names is not None and data.ndim == 1
    return type(data).__name__ == "Bunch" and isinstance(data, Mapping) and {"data", "target"} <= data.keys()


def _columns_of(data: Any) -> Any:
    """The columns that it has, by name, or the frame that it holds; all else as it is."""
    if _by_places(data):
        return {name: list(column.values()) for name, column in data.items()}
    if not _has_columns(data):
        return data
    if isinstance(data, np.ndarray):
        fields = {name: data[name] for name in data.dtype.names or ()}
        return {name: field if field.ndim == 1 else field.tolist() for name, field in fields.items()}
    if data.get("frame") is not None:
        return data["frame"]
    rows = np.asarray(data["data"])
    if rows.ndim != 2:
        raise DataError("this Bunch holds no rows of numbers", fix="Give its data and target to goodfit.arrays")
    names = data.get("feature_names")
    names = [f"column_{at}" for at in range(1, rows.shape[1] + 1)] if names is None else list(names)
    return dict(zip(names, rows.T, strict=True)) | {"target": np.asarray(data["target"])}


def _of_rows(data: Any) -> pl.DataFrame:
    import polars as pl

    if isinstance(data, Mapping):
        columns = {str(name): _cells(cells) for name, cells in data.items()}
        heights = {name: len(cells) for name, cells in columns.items()}
        if len(set(heights.values())) > 1:
            shown = ", ".join(f"{name} {height}" for name, height in list(heights.items())[:NAMES_SHOWN])
            raise DataError(f"its columns have different lengths ({shown})", fix="Give each a value for every row")
    elif len(data) == 1 and all(map(_is_plain, data[0].values())):
        return pl.DataFrame([{str(name): cell for name, cell in data[0].items()}])  # a tenth of the time
    else:
        names = list(dict.fromkeys(name for row in data for name in row))
        columns = {str(name): [row.get(name) for row in data] for name in names}
    return pl.DataFrame([_of_objects(name, cells) for name, cells in columns.items()])


def _is_plain(cell: Any) -> bool:
    return type(cell) in PLAIN_TYPES and not (type(cell) is int and abs(cell) >= INTEGERS_BELOW)


def _cells(column: Any) -> list[Any]:
    """As objects of Python: numbers of NumPy are numbers of Python, times are times."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "mM":
        column = column.astype(f"{column.dtype.kind}8[us]")  # of nanoseconds NumPy gives numbers
    if isinstance(column, np.ndarray) and column.dtype.kind != "U":
        return list(column.tolist())
    return [None if cell is np.ma.masked else cell for cell in column]


def known_times(values: np.ndarray) -> np.ndarray:
    """Times in a unit that polars knows: those of NumPy may be in seconds or days."""
    if values.dtype.kind in "mM" and np.datetime_data(values.dtype)[0] not in UNITS_OF_POLARS:
        return values.astype(f"{values.dtype.kind}8[us]")
    return values


def to_polars(data: Any) -> pl.DataFrame:
    """A frame as one of polars: numbers, dates and text as they are, all else as text.

    Column by column: whole frames of pandas would need PyArrow.

    Raises:
        DataError: two columns have the same name, or names have several levels.
    """
    import narwhals as nw
    import polars as pl

    if isinstance(data, FrameWithIndex):
        return to_polars(data.frame)
    data = _columns_of(data)
    if is_rows(data):
        return _of_rows(data)
    try:
        frame = nw.from_native(data)
    except nw.exceptions.DuplicateError as error:
        refuse_same_names([str(name) for name in data.columns], "the frame")
        raise DataError("two columns have the same name", where="the frame") from error
    whole = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    if isinstance(native := whole.to_native(), pl.DataFrame):
        return native
    if any(isinstance(name, tuple) for name in whole.columns):
        raise DataError(
            "the names of its columns have several levels",
            where="the frame",
            fix="Join them: frame.columns = ['_'.join(map(str, names)) for names in frame.columns]",
        )
    refuse_same_names([str(name) for name in whole.columns], "the frame")
    known = _blocks_of_pandas(native)
    return pl.DataFrame(
        [known[at] if at in known else _column(series) for at, series in enumerate(whole.iter_columns())]
    )


def _blocks_of_pandas(frame: Any) -> dict[int, pl.Series]:
    """Columns of a pandas frame by their places, where NumPy holds them: one call for all of a type, not four for each.

    What each becomes is as `_column` has it.
    """
    import polars as pl

    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(frame, pandas.DataFrame):
        return {}
    of_type: dict[np.dtype[Any], list[int]] = {}
    for at, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, np.dtype) and dtype.kind in "fiubO":
            of_type.setdefault(dtype, []).append(at)
    names, columns = [str(name) for name in frame.columns], {}
    for dtype, places in of_type.items():
        values = frame.iloc[:, places].to_numpy()
        gone = pandas.isna(values) if dtype.kind == "O" else None
        values = values.astype(np.float64) if dtype.kind == "f" and dtype.itemsize > BYTES_OF_A_FLOAT else values
        for at, cells in zip(places, values.T, strict=True):
            if gone is None:
                columns[at] = pl.Series(names[at], cells)
                continue
            missing = gone[:, places.index(at)]
            objects = [None if lost else cell for cell, lost in zip(cells.tolist(), missing.tolist(), strict=True)]
            columns[at] = _of_objects(names[at], objects)
    return columns


def _column(series: Any) -> pl.Series:
    import narwhals as nw
    import polars as pl

    name, kind = str(series.name), series.dtype
    if isinstance(kind, nw.Datetime) and kind.time_zone is not None:  # the instant: zones may differ by cell
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        kind = series.dtype
    missing = series.is_null()
    if kind.is_float() or kind in (nw.Datetime, nw.Duration):
        return pl.Series(name, known_times(series.to_numpy()))
    if (kind.is_integer() or kind == nw.Boolean) and not missing.any():
        return pl.Series(name, series.to_numpy())
    cells = [None if gone else cell for cell, gone in zip(series.to_list(), missing.to_list(), strict=True)]
    if kind.is_integer() or kind in (nw.Boolean, nw.Date, nw.Decimal, nw.Time):
        return pl.Series(name, cells)
    column = _of_objects(name, cells)
    is_category = kind in (nw.Categorical, nw.Enum) and column.dtype != pl.Boolean and not column.dtype.is_nested()
    return column.cast(pl.String).cast(pl.Categorical) if is_category else column


def _of_objects(name: str, cells: list[Any]) -> pl.Series:
    """Python objects: values of one type that polars knows as that type, lists and bytes as such, all else as text."""
    import polars as pl

    cells = [cell[()] if isinstance(cell, np.ndarray) and cell.ndim == 0 else cell for cell in cells]
    types = {type(cell) for cell in cells if cell is not None}
    if any(issubclass(each, LISTS) for each in types):
        lists = [
            None if cell is None else [str(one) for one in (cell if isinstance(cell, LISTS) else [cell])]
            for cell in cells
        ]
        return pl.Series(name, lists, dtype=pl.List(pl.String))
    if types == {bytes} and (words := _decoded(cells)) is not None:
        return pl.Series(name, words, dtype=pl.String)
    if types & {dict, bytes, bytearray}:
        return pl.Series(name, [None if cell is None else str(cell).encode() for cell in cells], dtype=pl.Binary)
    if types - {int} and bool not in types and all(issubclass(each, numbers.Real) for each in types):
        return pl.Series(
            name, [None if cell is None else float(cell) for cell in cells]
        )  # also fractions and NumPy's numbers
    if types == {int} and any(cell is not None and abs(cell) >= INTEGERS_BELOW for cell in cells):
        types = {str}
    if len(types) == 1 and types <= KEPT_TYPES:
        return pl.Series(name, cells)
    return pl.Series(name, [None if cell is None else str(cell) for cell in cells], dtype=pl.String)


def _decoded(cells: list[Any]) -> list[str | None] | None:
    """Bytes that are text, as readers of SAS give it; None of others."""
    try:
        words = [None if cell is None else cell.decode() for cell in cells]
    except UnicodeDecodeError:
        return None
    return words if all(word is None or word.isprintable() for word in words) else None


def refuse_same_names(names: Sequence[str], where: Path | str, fix: str | None = None) -> None:
    """Columns are found by name.

    Args:
        fix: what to do about it; None: the usual.

    Raises:
        DataError: two have the same, or one is ^...$, which polars takes for a pattern of names.
    """
    seen: set[str] = set()
    for name in names:
        if name.startswith("^") and name.endswith("$"):
            raise DataError(f"a column is called '{name[:40]}'", where=where, fix="Give it a name without ^ and $")
        if name in seen:
            raise DataError(f"two columns are called '{name}'", where=where, fix=fix or "Give each a name of its own")
        seen.add(name)
