"""How many epochs of cross-fitted nets for a table fit into the minute that a person waits for 5,000 rows.

They end by themselves after some epochs without a better one, which takes half a minute on most processors and two on a
slow one with many columns. Their rate is steady and an average of the weights is kept, so that any epoch can be the
last: what is left out gains little (docs/decisions/072-a-minute-for-a-table.md). The speed is that of the machine's
class, as for images, so that a seed gives one model on all machines of a class.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from torch import nn

from goodfit.fitting.effort import Effort
from goodfit.formatting import counted
from goodfit.nets.multiply_adds import multiply_adds
from goodfit.train.precision import Precision
from goodfit.train.speed import OPERATIONS, PLANNED, choose_speed

SECONDS_BESIDE = 30.0  # of reading, rivals, scores and the page
SECONDS, ROWS = 30.0, 5_000  # of training, for so many rows; more rows take as much longer
EPOCHS_AT_LEAST = 10
ENOUGH = 60  # epochs, after which few fits go on
SHARE_OF_SPEED = 0.45  # that steps of one thread reach, of the speed that is planned with
MULTIPLY_ADDS_BESIDE = 90_000  # of a row: what is no product costs as much time


def affordable_epochs(
    make: Callable[[], nn.Module],
    in_shape: tuple[int, ...],
    rows: int,
    folds: int,
    most: int,
    patience: int,
    given: int | None = None,
) -> Effort | None:
    """The most epochs, where the time bounds them; None where any usual processor affords enough.

    Args:
        make: one of the nets.
        in_shape: of a row.
        rows: of training; each net has them all but its fold.
        most: epochs in any case.
        patience: epochs without a better one, after which training ends.
        given: the Gflop/s that were asked for.
    """
    operations = OPERATIONS * (multiply_adds(make, in_shape) + MULTIPLY_ADDS_BESIDE) * (folds - 1) * rows
    seconds = SECONDS * max(1.0, rows / ROWS)

    def seconds_an_epoch(gigaflops: float) -> float:
        return operations / (1e9 * SHARE_OF_SPEED * gigaflops)

    if given is None and seconds / seconds_an_epoch(PLANNED["AVX2"]) >= ENOUGH:
        return None
    speed = choose_speed(Precision("float32", channels_last=False, why=""), 1, given)
    each = seconds_an_epoch(speed.gigaflops)
    epochs = max(EPOCHS_AT_LEAST, math.floor(seconds / each))
    if epochs >= most:
        return Effort(None, most, speed)
    whole = max(1, round((SECONDS_BESIDE + epochs * each) / 60))
    more = f"--minutes {max(5, 3 * whole)} for more"
    why = f"at most, in about {counted(whole, 'minute')}; it ends after {patience} without a better one; {more}"
    return Effort(None, epochs, speed, why)
