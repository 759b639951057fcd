"""What is predicted. One file a task; a file that defines TASK is found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from goodfit.errors import UsageError

if TYPE_CHECKING:  # torch: `goodfit compare` of files asks for metrics alone
    from goodfit.tasks.task import Targets, Task


@cache
def known_tasks() -> dict[str, type[Task]]:
    """Every task by its name."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    tasks = (module.TASK for module in modules if hasattr(module, "TASK"))
    return {task.name: task for task in tasks}


def task_for(targets: Targets, name: str | None = None, options: Mapping[str, Any] | None = None) -> Task:
    """The task that these raw training targets call for, or the named one.

    Args:
        options: what the source says to the named task besides the targets.

    Raises:
        UsageError: no task of this name, or none that such targets fit.
        DataError: targets that cannot be learnt from, such as a single class.
    """
    tasks = known_tasks()
    if name is not None:
        if name not in tasks:
            raise UsageError(f"the task '{name}' is not known", fix=f"Choose one of {', '.join(tasks)}")
        return tasks[name].from_targets(targets, **(options or {}))
    for task in tasks.values():  # at most one fits: the kinds of targets are disjoint
        if task.fits(targets):
            return task.from_targets(targets)
    raise UsageError(f"targets such as {targets[0]!r} fit no task", fix=f"Name it: --task {', '.join(tasks)}")


def from_json(values: Mapping[str, Any]) -> Task:
    """The task that a run recorded."""
    return known_tasks()[values["name"]].from_json(values)
