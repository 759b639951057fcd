"""Fits that go on in a folder of runs: their epochs as they end, read from the history that each writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from goodfit.analysis.run_table import DEPTH, no_runs
from goodfit.formatting import fixed, spaced
from goodfit.record import read_record
from goodfit.store.run_folder import HISTORY, RECORD
from goodfit.tasks.metric import METRICS

NOT_SHOWN = ("epoch", "rows", "learning_rate", "seconds")  # as figures of an epoch


class Watched:
    """What is new in a folder since it was last looked at.

    Args:
        folder: holds runs, up to three folders deep.

    Raises:
        RunError: no such folder.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise no_runs(folder)
        self.folder = folder
        self._epochs: dict[Path, int] = {}  # history -> how many epochs of it are known
        self._finished = {path.parent for path in self._runs(RECORD)}

    def news(self) -> Iterator[str]:
        """A line for each fit with a new epoch (its last one), and for each that has ended since the last call."""
        for path in self._runs(HISTORY):
            if path.parent in self._finished:
                continue
            epochs = _epochs(path)
            if epochs and len(epochs) != self._epochs.get(path):
                self._epochs[path] = len(epochs)
                yield f"{self._name(path)}  {_words(epochs[-1])}"
        for path in self._runs(RECORD):
            if path.parent not in self._finished:
                self._finished.add(path.parent)
                yield f"{self._name(path)}  finished: {read_record(path.parent).verdict}"

    def _runs(self, name: str) -> list[Path]:
        return sorted(path for depth in range(DEPTH + 1) for path in self.folder.glob("/".join(["*"] * depth + [name])))

    def _name(self, path: Path) -> str:
        return path.parent.name if path.parent == self.folder else str(path.parent.relative_to(self.folder))


def _epochs(path: Path) -> list[Mapping[str, Any]]:
    """Whole lines of a history; one that is just being written comes next time."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:  # a fit that ended has just replaced or removed it
        return []
    whole = text[: text.rfind("\n") + 1]
    return [json.loads(line) for line in whole.splitlines()]


def _words(epoch: Mapping[str, Any]) -> str:
    figures = [_figure(name, value) for name, value in epoch.items() if name not in NOT_SHOWN]
    return f"epoch {epoch['epoch']}: {', '.join(figures)} ({epoch['seconds']:.0f} s)"


def _figure(name: str, value: Any) -> str:
    """accuracy 46.15%, RMSE 13.00, train loss 0.412."""
    metric = METRICS.get(name)
    return f"{spaced(name)} {fixed(value)}" if metric is None else f"{metric.title} {metric.cell(value)}"
