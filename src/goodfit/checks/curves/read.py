"""Histories of finished runs, as training programs write them: CSV, JSON, and TensorBoard's event files.

Read are the CSV of any logger (Keras, Lightning, YOLO, one's own), of Weights & Biases' export and of TensorBoard's
download; lines of JSON, such as goodfit's own history.jsonl; trainer_state.json of Hugging Face's Trainer; a JSON
object of lists, as Keras' History has them; and event files, alone or in a folder.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from goodfit.checks.curves.curves import Curves, Series
from goodfit.checks.curves.event_files import is_event_file, scalars
from goodfit.checks.curves.naming import is_loss, is_step, pairs
from goodfit.errors import DataError

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".json")
DOWNLOADED = {"wall time", "step", "value"}  # the columns of a CSV from TensorBoard's page
BYTES_AT_MOST = 512 * 2**20

Rows = list[dict[str, Any]]


def is_history(path: Path) -> bool:
    """Whether a file or folder is the history of a run, and no data to train on: it counts epochs and has a loss."""
    if path.is_dir():
        return any(is_event_file(each) for each in path.rglob("*") if each.is_file())
    if is_event_file(path):
        return True
    if path.suffix.lower() not in ENDINGS or path.stat().st_size > BYTES_AT_MOST:
        return False
    try:
        rows = _rows(path)
    except (DataError, UnicodeDecodeError):
        return False
    if not any(map(is_loss, map(_metric, _names(rows)))):
        return _is_download(rows)
    return _step_name(rows) is not None or _is_object_of_lists(path)


def read_curves(path: Path) -> list[Curves]:
    """The losses of a history, those of training beside those of validation.

    Raises:
        DataError: nothing in it is a loss, or it cannot be read.
    """
    curves = pairs(_of_events(path) if path.is_dir() or is_event_file(path) else _of_rows(path, _rows(path)))
    if not curves:
        raise DataError(
            "no column of this history is a loss", where=path, fix="Name the columns train_loss and valid_loss"
        )
    return curves


def _of_events(path: Path) -> list[Series]:
    files = sorted(each for each in path.rglob("*") if is_event_file(each)) if path.is_dir() else [path]
    points: dict[str, dict[int, float]] = {}
    for file in files:
        run = file.parent.relative_to(path).as_posix() if path.is_dir() else "."
        for tag, step, value in scalars(file):
            points.setdefault(tag if run == "." else f"{run}/{tag}", {})[step] = value
    return [_series(name, sorted(values.items())) for name, values in points.items()]


def _of_rows(path: Path, rows: Rows) -> list[Series]:
    if _is_download(rows):
        by_name = {key.strip().lower(): key for key in rows[0]}
        points = [(_number(row[by_name["step"]]), _number(row[by_name["value"]])) for row in rows]
        name = path.stem if is_loss(path.stem) else f"{path.stem} loss"
        return [_series(name, [(step, value) for step, value in points if step is not None and value is not None])]
    step = _step_name(rows)
    series = []
    for name in _names(rows):
        if name == step or not is_loss(_metric(name)):
            continue
        points = [(_number(row.get(step)) if step else at, _number(row.get(name))) for at, row in enumerate(rows)]
        kept = [(at, value) for at, value in points if at is not None and value is not None]
        if kept:
            series.append(
                _series(name, kept, "row" if step is None else "epoch" if "epoch" in step.lower() else "step")
            )
    return series


def _series(name: str, points: Iterable[tuple[float, float]], counted: str = "step") -> Series:
    steps, values = np.array(list(points), dtype=float).reshape(-1, 2).T
    return Series(name, steps, values, counted)


def _metric(name: str) -> str:
    return name.rpartition(" - ")[2]


def _names(rows: Rows) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _is_download(rows: Rows) -> bool:
    return bool(rows) and {name.strip().lower() for name in rows[0]} == DOWNLOADED


def _step_name(rows: Rows) -> str | None:
    """The column that counts: one with such a name that never falls."""
    for name in sorted(filter(is_step, _names(rows)), key=lambda name: "epoch" in name.lower()):
        values = [value for row in rows if (value := _number(row.get(name))) is not None]
        if len(values) >= len(rows) / 2 and all(a <= b for a, b in pairwise(values)):
            return name
    return None


def _is_object_of_lists(path: Path) -> bool:
    """Whether a history that has been read is one of lists: its epochs need no column that counts them."""
    return path.suffix.lower() == ".json" and path.read_text(encoding="utf-8-sig").lstrip().startswith("{")


def _rows_of_lists(data: Mapping[str, Any]) -> Rows:
    """The epochs of an object that has a list of as many values for each metric; what is no list is left out."""
    lists = {name: values for name, values in data.items() if isinstance(values, list)}
    longest = max(map(len, lists.values()), default=0)
    return [{name: values[at] for name, values in lists.items() if at < len(values)} for at in range(longest)]


def _number(value: Any) -> float | None:
    """A number, NaN and infinity too; None for an empty cell or text."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _rows(path: Path) -> Rows:
    """The records of a table or of JSON, as they are written."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() in (".csv", ".tsv"):
        try:
            dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
        except csv.Error:
            dialect = csv.excel
        rows = list(csv.DictReader(text.splitlines(), dialect=dialect))
        return [{(key or "").strip(): value for key, value in row.items() if key is not None} for row in rows]
    try:
        if path.suffix.lower() == ".json":
            data = json.loads(text)
            if isinstance(data, dict):
                data = data["log_history"] if "log_history" in data else _rows_of_lists(data)
        else:
            data = [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError as error:
        raise DataError(f"not valid JSON ({error})", where=path, fix="Write it again") from error
    if not isinstance(data, list) or not all(isinstance(row, Mapping) for row in data):
        raise DataError("not the history of a run", where=path, fix="Give a list of records with a loss in each")
    return [dict(row) for row in data]
