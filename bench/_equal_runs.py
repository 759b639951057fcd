"""Whether two runs are equal, byte by byte, but for when and how fast they were made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SAME_BYTES = ("model.safetensors", "scores.safetensors", "predictions.csv", "split.csv", "looks.json")
TIMES = {"created", "seconds", "decoded", "checksum"}  # fields that say when and how fast, and the sum over them


def difference(one: Path, other: Path, caches: list[Path]) -> str | None:
    """The first thing in which two runs differ, or that is left over."""
    names = [sorted(path.name for path in folder.iterdir()) for folder in (one, other)]
    if names[0] != names[1]:
        return f"other files: {sorted(set(names[0]) ^ set(names[1]))}"
    for name in SAME_BYTES:
        if (one / name).exists() and (one / name).read_bytes() != (other / name).read_bytes():
            return f"{name} differs"
    records = [_without_times(json.loads((folder / "run.json").read_text())) for folder in (one, other)]
    different = [key for key in records[0] if records[0][key] != records[1].get(key)]
    if different:
        return f"run.json differs in {different}: {records[0][different[0]]} and {records[1][different[0]]}"[:1500]
    lines = [
        [_without_times(json.loads(line)) for line in (folder / "history.jsonl").read_text().splitlines()]
        for folder in (one, other)
    ]
    if lines[0] != lines[1]:
        return "history.jsonl differs"
    beside = [sorted(path.name for path in folder.parent.iterdir() if path.is_dir()) for folder in (one, other)]
    if beside[0] != beside[1]:
        return f"other folders: {beside[0]} and {beside[1]}"
    left = [path.name for cache in caches for path in cache.glob(".*.tmp")]
    return f"left in the cache: {left}" if left else None


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_times(inner) for key, inner in value.items() if key not in TIMES}
    return [_without_times(inner) for inner in value] if isinstance(value, list) else value
