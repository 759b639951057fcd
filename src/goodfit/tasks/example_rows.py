"""Which scored rows the report shows: the worst mistakes; of images the worst, some of the middle and the best."""

from __future__ import annotations

from torch import Tensor

MISTAKES = 24
IMAGES_EACH = 4  # of the best, of those in the middle; twice as many of the worst


def worst_rows(losses: Tensor, wrong: Tensor) -> list[int]:
    """Positions of the rows that are wrong, the highest loss first, 24 at most."""
    mistakes = wrong.tolist()
    return [at for at in losses.argsort(descending=True).tolist() if mistakes[at]][:MISTAKES]


def typical_rows(losses: Tensor) -> list[int]:
    """Positions of the worst, the middle and the best by their loss, each once."""
    order = losses.argsort(descending=True).tolist()
    worst, quarter = parted(min(len(order), 4 * IMAGES_EACH))
    middle = max(worst, (len(order) - quarter) // 2)
    return [*order[:worst], *order[middle : middle + quarter], *order[len(order) - quarter :]]


def parted(count: int) -> tuple[int, int]:
    """How many of `count` typical rows are the worst, and how many the middle and the best, each: a quarter."""
    return count - 2 * (count // 4), count // 4
