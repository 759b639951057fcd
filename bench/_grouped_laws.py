"""Laws of rows that belong to groups, such as visits of patients: for bench/coverage.py.

A group shifts its rows together; with 30 rows there are few groups, as real data has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from _laws import Draw, Law, Random
from scipy.stats import norm

from goodfit.stats.areas import auc, average_precision
from goodfit.stats.estimates import Estimate, mean, mean_of_ratios, r2, rmse, share
from goodfit.stats.recalls import balanced_accuracy

Figure = Callable[[np.ndarray, np.ndarray, np.ndarray], "Estimate | None"]
MANY = 1_000_000
PER_GROUP = 5


def shifted(random: Random, rows: int, *, unequal: bool) -> tuple[np.ndarray, np.ndarray]:
    """(N,) the number of each row's group, and its shift, of deviation 1."""
    if unequal:
        groups = np.repeat(np.arange(rows), random.geometric(1 / PER_GROUP, size=rows))[:rows]
    else:
        groups = np.arange(rows) // PER_GROUP
    return groups, random.normal(size=rows)[groups]


def of_figure(rows_of: Callable[[Random, int, np.ndarray], tuple[np.ndarray, np.ndarray]], figure: Figure,
              *, unequal: bool = False) -> Callable[[], Draw]:  # fmt: skip
    """Of rows made from the shifts of their groups."""

    def made() -> Draw:
        random = np.random.default_rng(99)
        known = figure(*rows_of(random, MANY, shifted(random, MANY, unequal=unequal)[1]), np.arange(MANY))
        assert known is not None

        def draw(random: Random, rows: int) -> tuple[Estimate | None, float]:
            groups, shift = shifted(random, rows, unequal=unequal)
            return figure(*rows_of(random, rows, shift), groups), known.value

        return draw

    return made


def right(random: Random, rows: int, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether a row is right, 84% of them; and its class, of three."""
    return 1.4 + shift + random.normal(size=rows) > 0, random.choice(3, size=rows, p=[0.5, 0.3, 0.2])


def ranked(random: Random, rows: int, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores and whether a row is positive, 30%; a group has rows of both kinds, and higher scores than another."""
    positive = random.random(rows) < 0.3
    return 2.2 * positive + 0.8 * shift + random.normal(size=rows), positive


def errors(random: Random, rows: int, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Errors and numbers."""
    wrong = 0.7 * shift + random.normal(size=rows)
    return wrong, wrong + 2 * random.normal(size=rows)


def overlaps(random: Random, rows: int, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.exp(0.7 * random.normal(size=(rows, 1)))
    return sizes * norm.cdf(1 + 0.6 * shift + 0.6 * random.normal(size=rows))[:, None], sizes


def grouped_laws() -> Iterator[Law]:
    words = "in groups of five"
    yield "accuracy", words, of_figure(right, lambda right, _, groups: share(right, groups))
    uneven = of_figure(right, lambda right, _, groups: share(right, groups), unequal=True)
    yield "accuracy", "in groups of one to many", uneven
    yield "balanced accuracy", words, of_figure(right, balanced_accuracy)
    yield "AUC", words, of_figure(ranked, auc)
    yield "average precision", words, of_figure(ranked, average_precision)
    yield "RMSE", words, of_figure(errors, lambda errors, _, groups: rmse(errors, groups))
    yield "MAE, log loss", words, of_figure(errors, lambda errors, _, groups: mean(np.abs(errors), groups))
    yield "R²", words, of_figure(errors, r2)
    yield "IoU", words, of_figure(overlaps, mean_of_ratios)
