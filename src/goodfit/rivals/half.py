"""Whether more rows would help: how much worse a rival is that learns from half of them.

A point of the learning curve below the one that is known (Perlich et al. 2003, "Tree induction vs. logistic regression:
a learning-curve analysis"). Curves flatten, so that twice as many rows bring at most about as much as these did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from goodfit.formatting import counted, number, percent, percent_decimals
from goodfit.rivals.rival import FittedRival, Lesson, rivals
from goodfit.stats.estimates import Estimate, mean

ROWS_AND_OUTPUTS_AT_MOST = 6_000  # more take longer than a fit should for one sentence
ROWS_THAT_TELL = 500  # of the held-out ones: folds beyond these would only take time
WORTH_HAVING = 0.02  # of the loss
SHARE_OF_TIME = 0.5  # of fitting with all rows
TIMES_FROM = 1.0  # a loss that is more than doubled is said in times: 1,227% higher is hard to read


@dataclass(frozen=True)
class HalfTheRows:
    """What a rival loses more with half of its training rows.

    Attributes:
        rows: that it learnt from when it had all, of each fold.
        excess: mean over rows held out, as a share of the loss with all.
    """

    rival: str
    rows: int
    excess: Estimate

    def to_json(self) -> dict[str, object]:
        """As run.json has it."""
        return {"rival": self.rival, "rows": self.rows, "excess": self.excess.to_json()}

    @property
    def more_would_help(self) -> bool:
        """Whether that is beyond doubt."""
        return self.excess.low > WORTH_HAVING

    def sentence(self) -> str:
        """What it says of more rows."""
        low, high = self.excess.low, self.excess.high
        if self.more_would_help:
            words = "more rows would help"
        elif high < WORTH_HAVING:
            words = "more rows of this kind would hardly help"
        else:
            words = "these rows cannot show whether more would help"
        shares = (self.excess.value, low, high)
        if self.excess.value >= TIMES_FROM:
            value, *ends = (number(1 + share, 2) for share in shares)
            loss = f"{value} times the loss on rows held out ({ends[0]} to {ends[1]} times)"
        else:
            value, *ends = (percent(share, percent_decimals(low, high)) for share in shares)
            loss = f"a loss {value} higher on rows held out ({ends[0]} to {ends[1]})"
        return f"Trained on half of {counted(self.rows, 'row')}, {self.rival} would have {loss}: {words}."


def half_the_rows(lesson: Lesson, fitted: Sequence[FittedRival]) -> HalfTheRows | None:
    """Fit the better of the rivals again in the form that it has, on half of the rows of each fold.

    There are as many folds as it takes for rows enough to tell. None where there is no rival, where the better one
    knows no more than the trivial predictor, or where it would take long.
    """
    if not fitted or len(lesson.x) * lesson.task.outputs > ROWS_AND_OUTPUTS_AT_MOST:
        return None
    rows = torch.from_numpy(lesson.held_out)
    y, task = lesson.y[rows], lesson.task
    losses = [task.row_losses(each.out, y).double() for each in fitted]
    best = min(range(len(fitted)), key=lambda at: float(losses[at].mean()))
    trivial = task.trivial_losses(lesson.y, y)
    if trivial is None or not mean((trivial.double() - losses[best]).numpy()).low > 0:
        return None
    if not lesson.limit.allows(SHARE_OF_TIME * fitted[best].seconds, "a rival fitted to half of the rows"):
        return None
    learner = next(rival for rival in rivals() if rival.name == fitted[best].name)
    order = torch.randperm(len(lesson.x), generator=torch.Generator().manual_seed(lesson.seed)).numpy()
    halves = _folds_that_tell([(learnt[order[learnt] % 2 == 0], held_out) for learnt, held_out in lesson.folds])
    asked = replace(lesson, folds=halves)
    before = len(lesson.limit.left_out)
    out = learner.refitted(asked, fitted[best])
    if len(lesson.limit.left_out) > before:  # it was cut short, so that it says nothing of the rows
        lesson.limit.left_out[before:] = ["a rival fitted to half of the rows"]
        return None
    at = torch.from_numpy(np.searchsorted(lesson.held_out, asked.held_out))
    whole = losses[best][at]
    excess = mean((task.row_losses(out, y[at]).double() - whole).numpy())
    loss = float(whole.mean())
    if loss <= 0:
        return None
    share = Estimate(excess.value / loss, excess.low / loss, excess.high / loss)
    learnt = round(sum(len(learnt) for learnt, _ in lesson.folds) / len(lesson.folds))
    return HalfTheRows(fitted[best].name, learnt, share)


def _folds_that_tell(folds: list[tuple[np.ndarray, np.ndarray]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The first ones, that have rows enough together; two at least."""
    heights = np.cumsum([len(held_out) for _, held_out in folds])
    return folds[: max(2, 1 + int(np.searchsorted(heights, ROWS_THAT_TELL)))]
