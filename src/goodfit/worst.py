"""The worst mistakes: the rows whose loss is highest among those predicted wrongly."""

from __future__ import annotations

from torch import Tensor

from goodfit.tasks.task import Task

MOST = 24


def worst_rows(task: Task, out: Tensor, y: Tensor) -> list[int]:
    """Positions in `out`, the worst first; rows that are right are not mistakes and are left out."""
    losses = task.row_losses(out, y)
    order = losses.argsort(descending=True).tolist()
    if task.name == "classification":
        wrong = (out.argmax(1) != y).tolist()
        order = [at for at in order if wrong[at]]
    return order[:MOST]
