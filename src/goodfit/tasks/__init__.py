"""Floor 2: what is predicted. One file a task; a file that defines TASK is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

from goodfit.errors import UsageError
from goodfit.tasks.task import Targets, Task


@cache
def _known() -> dict[str, type[Task]]:
    found: dict[str, type[Task]] = {}
    for info in pkgutil.iter_modules(__path__):
        kind = getattr(importlib.import_module(f"{__name__}.{info.name}"), "TASK", None)
        if kind is not None:
            found[kind.name] = kind
    return found


def task_for(targets: Targets, name: str | None = None, told: Mapping[str, Any] | None = None) -> Task:
    """The task that these raw training targets call for, or the named one.

    Args:
        told: what the source tells the task besides the targets.

    Raises:
        UsageError: no task of this name, or none that such targets fit.
        DataError: targets that cannot be learnt from, such as a single class.
    """
    if name is not None:
        if name not in _known():
            raise UsageError(f"the task '{name}' is not known", fix=f"Choose one of {', '.join(_known())}")
        named: Any = _known()[name]
        task: Task = named.from_targets(targets, **(told or {}))
        return task
    for kind in _known().values():  # at most one fits: the kinds of targets are disjoint
        if kind.fits(targets):
            return kind.from_targets(targets)
    raise UsageError(f"targets such as {targets[0]!r} fit no task", fix=f"Say it: --task {', '.join(_known())}")


def from_json(values: Mapping[str, Any]) -> Task:
    """The task that a run recorded."""
    return _known()[values["name"]].from_json(values)
