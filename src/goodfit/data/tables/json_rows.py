"""JSON -> polars: one object a line, an array of objects, an object of columns, or the object of a single row.

Objects in objects give columns such as address.city.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodfit.data.tables.decoding import excerpt, read_bytes, to_utf8
from goodfit.errors import DataError
from goodfit.formatting import counted
from goodfit.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import polars as pl

HOW = "Give one JSON object a line, an array of objects, or an object of columns as pandas writes it"
BETWEEN = lazy_pattern(r"\s*")
ACTION = lazy_pattern(
    rb'\{\s*"(?:index|create|update)"\s*:\s*\{(?:\s*"_?\w+"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,?)*\s*\}\s*\}'
)
DEPTH = 4  # of objects in objects
OF_COCO = {"images", "annotations", "categories"}  # keys of a file of boxes and shapes
OF_LABEL_STUDIO = {"annotations", "data"}
PICTURE = lazy_pattern(r"(?i).+\.(?:jpe?g|png|tiff?|bmp|webp|gif|heic)")
ROWS_OF_A_PAGE = 10  # objects in a list within an object: fewer may be of one row


def read_json(path: Path) -> pl.DataFrame:
    """The rows of a file of JSON.

    Raises:
        DataError: none of these.
    """
    import polars as pl

    data, _, _ = to_utf8(read_bytes(path), path)
    if not data.strip():
        raise DataError("the file is empty", where=path, fix=HOW)
    if data.lstrip().startswith(b"[") or (path.suffix.lower() == ".json" and not _is_lines(data)):
        return _flat(_frame(_array(data, path)))
    lines = [line for line in data.split(b"\n") if line.strip()]
    if _has_actions(lines):  # above each row, for Elasticsearch
        lines = lines[1::2]
        data = b"\n".join(lines)
    _refuse_twice(lines[0], path)
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip() and not line.strip().startswith(b"{"):
            raise DataError(f"line {number} is no JSON object: {_shown(line)}", where=path, fix=HOW)
    try:
        frame = pl.read_ndjson(io.BytesIO(b"\n".join(lines)), infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError, ValueError, RuntimeError, TypeError):  # NaN, or one column of two types
        frame = _frame(_objects(data, path))
    if frame.height != len(lines):
        raise DataError(f"{len(lines):,} lines hold {counted(frame.height, 'object')}", where=path, fix=HOW)
    return _flat(frame)


def _has_actions(lines: list[bytes]) -> bool:
    """Whether above each row a line says what a program is to do with it: {"index": {"_index": "shop", "_id": "1"}}."""
    return len(lines) % 2 == 0 and all(ACTION.fullmatch(line.strip()) for line in lines[::2])


def _is_lines(data: bytes) -> bool:
    """Whether the first line is an object of its own."""
    try:
        return isinstance(json.loads(data.lstrip().split(b"\n", 1)[0]), dict) and data.strip().count(b"\n") > 0
    except ValueError:
        return False


def _array(data: bytes, path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(data, object_pairs_hook=lambda pairs: _once(pairs, path))
    except (ValueError, RecursionError) as error:
        if (objects := _one_after_the_other(data)) is not None:
            return objects
        line = getattr(error, "lineno", 1)
        if data.lstrip()[:2] in (b"{'", b"['") or data.lstrip()[:3] == b"[{'":
            fix = "Write it with json.dumps: JSON has double quotes, and null, true and false"
            raise DataError("this is a value as Python prints it, not JSON", where=path, fix=fix) from error
        raise DataError(f"line {line} is not JSON that can be read", where=path, fix=HOW) from error
    if isinstance(rows, dict):
        if rows.keys() >= OF_COCO:
            fix = "Put the images of each class into a folder of its own, or give a CSV of path,label"
            raise DataError("boxes and shapes in images (COCO) are not learnt from", where=path, fix=fix)
        if (named := [name for name in rows if PICTURE.fullmatch(name)]) and len(named) == len(rows) > 1:
            what = f"it holds a label for the name of each image, such as '{excerpt(named[0])}'"
            raise DataError(what, where=path, fix="Write it as a CSV of path,label, and give that")
        by_columns = _by_columns(rows)
        if by_columns is not None:
            return by_columns
        held = [name for name, value in rows.items() if isinstance(value, list)]
        held += [
            f"{name}.{inner}"
            for name, value in rows.items()
            if isinstance(value, dict)
            for inner, each in value.items()
            if isinstance(each, list) and len(each) >= ROWS_OF_A_PAGE and all(isinstance(row, dict) for row in each)
        ]
        if not held and not all(isinstance(value, dict) for value in rows.values()):
            return [rows]  # of a row: a name for each value
        inner = f"; the rows may be in '{excerpt(str(held[0]))}'" if held else ""
        raise DataError("the file is one JSON object, not rows", where=path, fix=f"{HOW}{inner}")
    if rows and all(isinstance(row, dict) and row.keys() >= OF_LABEL_STUDIO for row in rows):
        fix = "Export it there as CSV, and give that beside the images"
        raise DataError("this is an export of Label Studio in JSON, which is not read", where=path, fix=fix)
    odd = next((at for at, row in enumerate(rows) if not isinstance(row, dict)), None)
    if odd == 0 and all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
        fix = "If the first holds names, give pandas.DataFrame(rows[1:], columns=rows[0]) in Python, or save it as CSV"
        raise DataError("its rows are arrays, not objects with names", where=path, fix=fix)
    if odd is not None:
        raise DataError(f"entry {odd + 1} of the array is no JSON object", where=path, fix=HOW)
    return list(rows)


def _one_after_the_other(data: bytes) -> list[dict[str, Any]] | None:
    """Objects of several lines each, or with nothing between them, as jq and others write them; None of all else."""
    text, at, rows, decoder = data.decode().strip(), 0, list[dict[str, Any]](), json.JSONDecoder()
    try:
        while at < len(text):
            row, at = decoder.raw_decode(text, at)
            rows.append(row)
            at = BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing as well
    except (ValueError, RecursionError):
        return None
    return rows if len(rows) > 1 and all(isinstance(row, dict) for row in rows) else None


def _once(pairs: list[tuple[str, Any]], path: Path) -> dict[str, Any]:
    """An object, of which no name stands twice: which value counts would be a guess."""
    whole = dict(pairs)
    if len(whole) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in whole if names.count(name) > 1)
        raise DataError(f"an object has '{excerpt(twice)}' twice", where=path, fix="Give each value a name of its own")
    return whole


def _refuse_twice(line: bytes, path: Path) -> None:
    with suppress(ValueError, RecursionError):  # what is no JSON is said below
        json.loads(line, object_pairs_hook=lambda pairs: _once(pairs, path))


def _by_columns(whole: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The rows of an object of columns, as pandas writes one; None of any other object.

    {"x": {"0": 7, "1": 8}}, {"x": [7, 8]} and {"columns": ["x"], "data": [[7], [8]]} are the same two rows, as is
    {"0": {"x": 7}, "1": {"x": 8}}.
    """
    if {"columns", "data"} <= whole.keys() <= {"columns", "index", "data"}:
        names, rows = whole["columns"], whole["data"]
        table = isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows)
        fits = table and all(len(row) == len(names) for row in rows) and all(isinstance(name, str) for name in names)
        return [dict(zip(names, row, strict=True)) for row in rows] if fits else None
    columns = list(whole.values())
    if all(isinstance(column, list) for column in columns):
        flat = not any(isinstance(cell, dict) for column in columns for cell in column)
        if not flat or len({len(column) for column in columns}) != 1:
            return None
        return [dict(zip(whole, row, strict=True)) for row in zip(*columns, strict=True)]
    if not all(isinstance(column, dict) and column.keys() == columns[0].keys() for column in columns):
        return None
    outer, inner = _are_places(whole), _are_places(columns[0])
    if outer == inner:
        return None  # which of them are the names of columns is not known
    return columns if outer else [{name: whole[name][row] for name in whole} for row in columns[0]]


def _are_places(keys: Iterable[str]) -> bool:
    """Whether these name rows by their numbers."""
    return all(key.isdecimal() for key in keys)


def _objects(data: bytes, path: Path) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"line {number} is no JSON object: {_shown(line)}", where=path, fix=HOW) from error
        if not isinstance(row, dict):
            raise DataError(f"line {number} is no JSON object: {_shown(line)}", where=path, fix=HOW)
        rows.append(row)
    return rows


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Objects in objects are columns; values of several types in a column are text, as they were written."""
    import polars as pl

    flat = [_of_object(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    return pl.DataFrame([_column(name, [row.get(name) for row in flat]) for name in names])


def _of_object(row: dict[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value and depth < DEPTH:
            flat |= _of_object(value, f"{before}{name}.", depth + 1)
        else:
            flat[f"{before}{name}"] = value
    return flat


def _column(name: str, values: list[Any]) -> pl.Series:
    import polars as pl

    types = {type(value) for value in values if value is not None}
    if types & {list, dict}:
        return pl.Series(name, [None if value is None else str(value).encode() for value in values], dtype=pl.Binary)
    if types <= {int, float} and float in types:
        return pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
    if len(types) <= 1 and not any(type(value) is int and abs(value) >= 2**63 for value in values):
        return pl.Series(name, values)
    texts = [None if value is None else value if isinstance(value, str) else json.dumps(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of structs as a column for each of their fields."""
    import polars as pl

    for _ in range(DEPTH):
        nested = [column.name for column in frame.iter_columns() if isinstance(column.dtype, pl.Struct)]
        if not nested:
            break
        columns: list[pl.Series] = []
        for column in frame.iter_columns():
            if column.name not in nested:
                columns.append(column)
                continue
            fields = column.struct.unnest()
            columns += [field.rename(f"{column.name}.{field.name}") for field in fields.iter_columns()]
        frame = pl.DataFrame(columns)
    return frame


def _shown(line: bytes) -> str:
    return excerpt(line[:200].decode(errors="replace"))
