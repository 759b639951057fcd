"""How often two equally good models are called different at 5%: simulated predictors, as docs/compare.md shows it.

Classes: two classifiers see the log odds through noise of the same size, independent or shared (correlation 0.8), so
that their errors are independent or mostly the same. Numbers: errors of the same heavy-tailed law (Student t with 5
degrees of freedom), independent or shared. Folds: two models, least squares or the nearest neighbour, each of a column
of its own that tells as much of the target, fitted in 5 folds, with the plain t test over folds beside it.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable

import numpy as np
from scipy import stats

from goodfit.analysis.compare import compare_entries
from goodfit.analysis.entry import Entry
from goodfit.stats.paired import corrected_t

Learner = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
SHARED = 0.8
FOLDS = 5


def classes(random: np.random.Generator, rows: int, correlation: float) -> list[Entry]:
    odds = 2 * random.normal(size=rows)
    truth = np.where(random.random(rows) < 1 / (1 + np.exp(-odds)), "yes", "no")
    noise = random.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=rows)
    entries = []
    for at in (0, 1):
        share = 1 / (1 + np.exp(-odds - noise[:, at]))
        both = np.stack([1 - share, share], axis=1)
        predicted = np.where(share > 0.5, "yes", "no")
        keys = tuple(map(str, range(rows)))
        entries.append(Entry("ab"[at], "rows", keys, True, truth, predicted, ("no", "yes"), both))
    return entries


def numbers(random: np.random.Generator, rows: int, correlation: float) -> list[Entry]:
    common, own = random.standard_t(5, size=rows), random.standard_t(5, size=(2, rows))
    errors = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    truth = random.normal(size=rows)
    keys = tuple(map(str, range(rows)))
    return [Entry("ab"[at], "rows", keys, True, truth, truth + errors[at]) for at in (0, 1)]


def rejected(make: object, rows: int, correlation: float, draws: int) -> dict[str, float]:
    """Share of draws, in percent, in which a metric's p-value is below 5%."""
    assert callable(make)
    random, counts = np.random.default_rng(rows), Counter[str]()
    for _ in range(draws):
        for pair in compare_entries(make(random, rows, correlation), rope=0.01).pairs:
            counts[pair.metric.title] += pair.p < 0.05
    return {name: 100 * count / draws for name, count in counts.items()}


def least_squares(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    return np.asarray(new * (x @ y) / (x @ x))


def nearest(x: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The target of the nearest row: a model that changes with every row."""
    return np.asarray(y[np.abs(new[:, None] - x).argmin(axis=1)])


def over_folds(learn: Learner, rows: int, draws: int) -> tuple[float, float]:
    """Percent of draws called different by the corrected t test, and by the plain one."""
    random, corrected, plain = np.random.default_rng(1), 0, 0
    for _ in range(draws):
        x = random.normal(size=(rows, 2))
        y = x.sum(axis=1) + random.normal(size=rows)
        fold = np.arange(rows) % FOLDS
        differences = []
        for number in range(FOLDS):
            inside = fold == number
            errors = []
            for at in (0, 1):
                predicted = learn(x[~inside, at], y[~inside], x[inside, at])
                errors.append(((y[inside] - predicted) ** 2).mean())
            differences.append(errors[0] - errors[1])
        corrected += corrected_t(np.array(differences), 1 / FOLDS).p < 0.05
        plain += stats.ttest_1samp(differences, 0).pvalue < 0.05
    return 100 * corrected / draws, 100 * plain / draws


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4_000)
    draws = parser.parse_args().draws
    began = time.monotonic()
    print(f"percent of {draws:,} pairs of equally good models called different at 5%; a simulation error is "
          f"{100 * np.sqrt(0.05 * 0.95 / draws):.1f}")  # fmt: skip
    for what, make in (("classes", classes), ("numbers", numbers)):
        for correlation in (0.0, SHARED):
            for rows in (30, 100, 500):
                rates = rejected(make, rows, correlation, draws)
                errors = "shared errors" if correlation else "independent errors"
                print(f"{what}, {errors}, {rows:>3} rows: " + ", ".join(f"{k} {v:.1f}" for k, v in rates.items()))
    for name, learn in (("least squares", least_squares), ("nearest neighbour", nearest)):
        for rows in (50, 200):
            corrected, plain = over_folds(learn, rows, draws)
            print(f"{name} in {FOLDS} folds of {rows} rows: corrected t {corrected:.1f}, plain t {plain:.1f}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
