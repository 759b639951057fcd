"""All rivals of one lesson, and what the better one would lose with half of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from goodfit.rivals.half import HalfTheRows, half_the_rows
from goodfit.rivals.rival import FittedRival, Lesson, rivals

Progress = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True)
class Learnt:
    """Rivals that have learnt; `half` is None where it was not tried."""

    fitted: Sequence[FittedRival]
    half: HalfTheRows | None


def learn_all(lesson: Lesson, progress: Progress = nullcontext) -> Learnt:
    """Fit each rival that suits the rows, and the better one to half of them.

    Args:
        progress: is given what is going on, and is open meanwhile.
    """
    fitted = []
    for rival in rivals():
        if rival.suits(lesson):
            with progress(f"fitting {rival.name}"):
                fitted.append(rival.fit(lesson))
    if not fitted:
        return Learnt((), None)
    with progress("fitting a rival to half of the rows"):
        return Learnt(fitted, half_the_rows(lesson, fitted))
