"""Rows and their targets given apart, as scikit-learn takes them: fit(frame, y), (x, y), (texts, labels)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from goodfit.data.images.formats import image_endings
from goodfit.data.source import Source
from goodfit.data.tables.any_frame import is_frame, to_polars
from goodfit.data.tables.frame_index import with_labels_of
from goodfit.errors import DataError, UsageError
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

TARGET, TEXT = "target", "text"  # what columns are called that have no name


@dataclass(frozen=True)
class Together:
    """What a source opens.

    Attributes:
        data, valid, test: with the targets among them.
        options: how it is opened: the names of the columns, where targets became columns.
    """

    data: Any
    valid: Any
    test: Any
    options: dict[str, Any]


def together(data: Any, y: Any, valid: Any, test: Any, options: Mapping[str, Any]) -> Together:
    """Rows with their targets: a frame with a column more, or a pair of arrays; what is not given apart stays.

    Args:
        data: rows, or a pair (rows, targets); in place of rows also a path.
        y: targets: values, one a row; or names of columns of the data; None: `data` has them.
        valid, test: the same for these parts: pairs, where the data is one.
        options: of the source; target= may hold values.

    Raises:
        DataError: rows and targets that differ in number, or in the labels of their index.
        UsageError: targets are given twice, or beside data that is read from a path.
    """
    options, target = dict(options), options.get(TARGET)
    if y is not None and target is not None:
        raise UsageError("the targets are given twice: as a second argument and by --target", fix="Leave one out")
    if y is None and _are_values(target):
        y = options.pop(TARGET)
    if y is None:
        data, y = taken_apart(data)
    if y is None:
        return Together(data, valid, test, options)
    if isinstance(data, Source):
        raise UsageError("y was given, and the data is open already", fix="Give it where the data is opened")
    if (names := _names(data, y)) is not None:
        return Together(data, valid, test, {**options, TARGET: names})
    if not (_are_rows(data) or _is_path(data)):
        return Together((data, y), valid, test, options)
    whole, columns = with_columns(data, y)
    of_texts = {TEXT: [TEXT]} if _are_texts(data) else {}
    return Together(whole, _part(valid, columns), _part(test, columns), {**of_texts, **options, TARGET: columns})


def taken_apart(data: Any) -> tuple[Any, Any]:
    """A pair (frame, y) or (texts, labels) as two; all else, also a pair of arrays, as it is."""
    if isinstance(data, tuple) and len(data) == 2 and _are_rows(data[0]):
        rows, y = data
        if _are_values(y) or (isinstance(y, list | tuple) and len(y) == _height(rows)):
            return rows, y
    return data, None


def with_columns(data: Any, y: Any, names: Sequence[str] | None = None, text: str = TEXT) -> tuple[Any, list[str]]:
    """Rows as a frame with their targets as columns, and what these are called.

    Args:
        data: a frame of any library, rows of Python, a Series, or texts.
        names: of the columns of targets; None: as y calls them, or "target".
        text: what a column of texts is called.

    Raises:
        DataError: they differ in number, or in the labels of their index.
    """
    import polars as pl

    if _is_path(data):
        fix = "Read it into a frame, or name the column: target=..."
        raise UsageError("y holds values, and the data is a path", fix=fix)
    _refuse_other_index(data, y)
    frame = pl.DataFrame({text: _texts(data)}) if _are_texts(data) else to_polars(_as_frame(data, "x"))
    targets = to_polars(_as_frame(y, TARGET))
    if targets.height != frame.height:
        rows = counted(frame.height, "row")
        raise DataError(f"x has {rows} and y has {targets.height:,}", fix="Give one target a row")
    if names is None:
        names = [_free_name(name, targets[name], frame, named=_is_named(y)) for name in targets.columns]
    elif len(names) != targets.width:
        what = f"y has {counted(targets.width, 'column')}, and the targets of the run are {', '.join(names)}"
        raise DataError(what, fix="Give a column for each")
    targets.columns = list(names)
    return with_labels_of(data, frame.drop(names, strict=False).hstack(targets)), list(names)


def _are_rows(data: Any) -> bool:
    """Whether these are rows that become a frame: a frame, a Series, texts, dictionaries; not an array of numbers."""
    return _are_texts(data) or _is_series(data) or (is_frame(data) and not isinstance(data, np.ndarray))


def _are_values(y: Any) -> bool:
    """Whether these are values of rows, and not names of columns."""
    if y is None or isinstance(y, (str, int, os.PathLike, Mapping, Source)):
        return False
    return not isinstance(y, list | tuple) or not all(isinstance(each, str) for each in y)


def _names(data: Any, y: Any) -> Any:
    """What is a name, or names of columns, rather than values: of a path always, of a frame where it has them."""
    if isinstance(y, (str, int)) or (_is_path(data) and not _are_values(y)):
        return y
    if isinstance(y, list | tuple) and all(isinstance(each, str) for each in y) and hasattr(data, "columns"):
        known = {str(name) for name in data.columns}
        return list(y) if known.issuperset(y) else None
    return None


def _is_path(data: Any) -> bool:
    return isinstance(data, (str, os.PathLike))


def _height(rows: Any) -> int:
    return len(next(iter(rows.values()))) if isinstance(rows, Mapping) else len(rows)


def _part(place: Any, columns: list[str]) -> Any:
    """A further part: a pair as a frame with these targets; one that has them among its columns as it is."""
    rows, y = taken_apart(place)
    return rows if y is None else with_columns(rows, y, columns)[0]


def _is_series(data: Any) -> bool:
    return getattr(data, "ndim", 1) == 1 and hasattr(data, "to_frame") and hasattr(data, "name")


def _is_named(y: Any) -> bool:
    """Whether the columns of y have names of their own."""
    return hasattr(y, "columns") or isinstance(y, Mapping) or bool(getattr(y, "name", None))


def _as_frame(values: Any, name: str) -> Any:
    """Values as what `to_polars` reads: a Series as a frame, an array or list as columns."""
    if _is_series(values):
        return values.to_frame(values.name if values.name not in (None, "") else name)
    if is_frame(values):
        return values
    try:
        array = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    except ValueError as error:  # rows of several lengths, as of labels
        fix = "Give one target a row, or for several labels a row a column of 0 and 1 for each label"
        raise DataError(f"{name} holds lists of several lengths, such as {str(values[0])[:40]}", fix=fix) from error
    if array.ndim == 2 and array.shape[1] != 1:
        return {f"{name}_{at}": column for at, column in enumerate(array.T, start=1)}
    if isinstance(values, list | tuple):  # of texts and numbers together NumPy makes texts
        return {name: [None if cell != cell else cell for cell in values]}
    return {name: array.reshape(len(array))}


def _are_texts(data: Any) -> bool:
    """Whether these are texts in memory, one a row.

    Raises:
        DataError: they are the names of images.
    """
    if isinstance(data, np.ndarray):
        if data.ndim != 1 or data.dtype.kind not in "OU":
            return False
    elif not isinstance(data, list | tuple):
        return False
    cells, endings = [cell for cell in data if cell is not None], tuple(image_endings())
    if cells and all(isinstance(cell, (str, PurePath)) and str(cell).lower().endswith(endings) for cell in cells):
        fix = "Write a CSV of path,label and give that: polars.DataFrame({'path': x, 'label': y}).write_csv('list.csv')"
        raise DataError("these are names of images, and their labels beside them", fix=fix)
    return bool(cells) and all(isinstance(cell, str) for cell in cells)


def _texts(data: Any) -> list[str | None]:
    return [None if cell is None else str(cell) for cell in data]


def _free_name(name: str, values: pl.Series, frame: pl.DataFrame, *, named: bool) -> str:
    """What a target is called: fit(frame, frame["price"]) means the column that the frame has.

    Raises:
        DataError: the frame has another column of that name.
    """
    if name not in frame.columns or frame[name].equals(values, null_equal=True):
        return name
    if named:
        raise DataError(f"y is called '{name}', and so is another column of the frame", fix="Rename one of them")
    return next(
        free for free in map(f"{name}_{{}}".format, range(1, 1 + len(frame.columns))) if free not in frame.columns
    )


def _refuse_other_index(data: Any, y: Any) -> None:
    """Rows are put beside each other in their order; where both are of pandas, their labels have to say the same."""
    one, other = getattr(data, "index", None), getattr(y, "index", None)
    if one is None or other is None or callable(one) or callable(other) or len(one) != len(other):
        return
    if not one.equals(other):
        what = "the rows of x and y have different labels in their index, so that they may be in another order"
        raise DataError(what, fix="Give y.loc[x.index]; or y.to_numpy(), where the order is right")
