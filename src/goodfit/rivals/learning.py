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
    """Rivals that have learnt; `half` is None where it was not tried, `left_out` what there was no time for."""

    fitted: Sequence[FittedRival]
    half: HalfTheRows | None
    left_out: Sequence[str] = ()


def learn_all(lesson: Lesson, progress: Progress = nullcontext) -> Learnt:
    """Fit each rival that suits the rows, and the better one to half of them.

    Args:
        progress: is given what is going on, and is open meanwhile.
    """
    fitted = []
    for rival in rivals():
        if rival.suits(lesson) and lesson.limit.allows(rival.least_seconds(lesson), rival.name):
            with progress(f"fitting {rival.name}"):
                fitted.append(rival.fit(lesson))
    if not fitted:
        return Learnt((), None, lesson.limit.left_out)
    with progress("fitting a rival to half of the rows"):
        half = half_the_rows(lesson, fitted)
    return Learnt(fitted, half, lesson.limit.left_out)
