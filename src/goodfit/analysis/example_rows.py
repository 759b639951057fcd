"""The worst mistakes: the rows whose loss is highest among those predicted wrongly."""

from __future__ import annotations

from torch import Tensor

from goodfit.tasks.task import Task

MOST = 24


def worst_rows(task: Task, out: Tensor, y: Tensor) -> list[int]:
    """Positions in `out`, the worst first; rows that are right are not mistakes and are left out."""
    losses = task.row_losses(out, y)
    wrong = task.mistakes(out, y).tolist()
    return [at for at in losses.argsort(descending=True).tolist() if wrong[at]][:MOST]


EACH = 4  # of the best, of those in the middle; twice as many of the worst


def typical_rows(task: Task, out: Tensor, y: Tensor) -> list[int]:
    """Positions of the worst, the middle and the best by their loss, each once; for outputs that are images."""
    order = task.row_losses(out, y).argsort(descending=True).tolist()
    worst, each = parted(min(len(order), 4 * EACH))
    middle = max(worst, (len(order) - each) // 2)
    return [*order[:worst], *order[middle : middle + each], *order[len(order) - each :]]


def parted(count: int) -> tuple[int, int]:
    """How many of `count` typical rows are the worst, and how many the middle and the best, each: a quarter."""
    return count - 2 * (count // 4), count // 4
