"""JSON -> polars: one object a line, or an array of objects. Objects in objects give columns such as address.city."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goodfit.data.tables.decoding import excerpt, read_bytes, to_utf8
from goodfit.errors import DataError
from goodfit.formatting import counted

if TYPE_CHECKING:
    import polars as pl

HOW = "Give one JSON object a line, or an array of objects"
DEPTH = 4  # of objects in objects


def read_json(path: Path) -> pl.DataFrame:
    """The rows of a file of JSON.

    Raises:
        DataError: neither an object a line nor an array of objects.
    """
    import polars as pl

    data, _, _ = to_utf8(read_bytes(path), path)
    if not data.strip():
        raise DataError("the file is empty", where=path, fix=HOW)
    if data.lstrip().startswith(b"[") or (path.suffix.lower() == ".json" and not _is_lines(data)):
        return _flat(_frame(_array(data, path)))
    lines = [line for line in data.split(b"\n") if line.strip()]
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


def _is_lines(data: bytes) -> bool:
    """Whether the first line is an object of its own."""
    try:
        return isinstance(json.loads(data.lstrip().split(b"\n", 1)[0]), dict) and data.strip().count(b"\n") > 0
    except ValueError:
        return False


def _array(data: bytes, path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise DataError(f"line {line} is not JSON that can be read", where=path, fix=HOW) from error
    if isinstance(rows, dict):
        held = [name for name, value in rows.items() if isinstance(value, list)]
        inner = f", such as the one in '{excerpt(str(held[0]))}'" if held else ""
        raise DataError("the file is one JSON object, not rows", where=path, fix=f"{HOW}{inner}")
    odd = next((at for at, row in enumerate(rows) if not isinstance(row, dict)), None)
    if odd is not None:
        raise DataError(f"entry {odd + 1} of the array is no JSON object", where=path, fix=HOW)
    return list(rows)


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
