"""How often two equally good models are called different at 5%: simulated predictors, as docs/compare.md shows it.

Classes: two classifiers see the log odds through noise of the same size, independent or shared (correlation 0.8), so
that their errors are independent or mostly the same. Numbers: errors of the same heavy-tailed law (Student t with 5
degrees of freedom), independent or shared. Unlike models: scores of positive rows that spread twice as much in one
model as in the other, with the same area; errors of normal law in one model, of Student t with 10 degrees of freedom
in the other, with the same RMSE (or the same MAE). Folds: two models, least squares or the nearest neighbour, each of a
column of its own that tells as much of the target, fitted in 5 folds, with the plain t test over folds beside it.
Groups: each model is better for some groups of five rows.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from scipy import stats

from goodfit.analysis.compare import compare_entries
from goodfit.analysis.entry import Entry
from goodfit.analysis.row_scores import right
from goodfit.stats.paired import corrected_t, mcnemar
from goodfit.tasks.metric import AUC, MAE, RMSE, Metric

Learner = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
Maker = Callable[[np.random.Generator, int, float], list[Entry]]
SHARED = 0.8
HEAVY = stats.t(10)
HEAVY_SIZE = float(HEAVY.expect(np.abs))
FOLDS = 5
PER_GROUP = 5


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


def in_groups(random: np.random.Generator, rows: int, *, numbers: bool, known: bool) -> list[Entry]:
    """Two models, each of which is good for some groups of five rows and worse for others, and equal on average.

    Args:
        known: whether the groups are given with the rows.
    """
    groups = np.arange(rows) // PER_GROUP
    keys, own = tuple(map(str, range(rows))), random.normal(size=(2, rows))[:, groups]
    told = groups if known else None
    if numbers:
        truth = random.normal(size=rows)
        errors = own + random.normal(size=(2, rows))
        return [Entry("ab"[at], "rows", keys, True, truth, truth + errors[at], groups=told) for at in (0, 1)]
    truth, entries = np.where(random.random(rows) < 0.4, "yes", "no"), []
    for at in (0, 1):
        odds = 1.5 * np.where(truth == "yes", 1, -1) + own[at] + random.normal(size=rows)
        share = 1 / (1 + np.exp(-odds))
        both, predicted = np.stack([1 - share, share], axis=1), np.where(share > 0.5, "yes", "no")
        entries.append(Entry("ab"[at], "rows", keys, True, truth, predicted, ("no", "yes"), both, groups=told))
    return entries


def unlike(random: np.random.Generator, rows: int, correlation: float) -> Iterator[tuple[Metric, list[Entry]]]:
    """Models of different laws that are equal in one metric each."""
    keys, positive = tuple(map(str, range(rows))), random.random(rows) < 0.4
    noise = random.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=rows).T
    wide = np.where(positive, 2, 1) * noise[1] + 1.5 * np.sqrt((1 + 2**2) / 2) * positive
    truth = np.where(positive, "yes", "no")
    entries = []
    for name, scores in (("a", noise[0] + 1.5 * positive), ("b", wide)):
        shares = 1 / (1 + np.exp(-scores))
        entries.append(Entry(name, "rows", keys, True, truth, truth, ("no", "yes"), np.stack([1 - shares, shares], 1)))
    yield AUC, entries
    heavy, y = HEAVY.ppf(stats.norm.cdf(noise[1])), random.normal(size=rows)
    for metric, scale in ((RMSE, HEAVY.std()), (MAE, HEAVY_SIZE / np.sqrt(2 / np.pi))):
        yield metric, [Entry(name, "rows", keys, True, y, y + e) for name, e in (("a", noise[0]), ("b", heavy / scale))]


def rejected(make: Maker, rows: int, correlation: float, draws: int) -> dict[str, float]:
    """Share of draws, in percent, in which a metric's p-value is below 5%; and the mean count of rows told apart."""
    random, counts = np.random.default_rng(rows), defaultdict[str, float](float)
    for _ in range(draws):
        entries = make(random, rows, correlation)
        for pair in compare_entries(entries, rope=0.01).pairs:
            counts[pair.metric.title] += pair.p < 0.05
        if entries[0].kind == "classes":
            a, b = (right(entry) for entry in entries)
            counts["rows told apart"] += np.count_nonzero(a != b) / 100
    return {name: 100 * count / draws for name, count in counts.items()}


def rejected_unlike(rows: int, correlation: float, draws: int) -> dict[str, float]:
    random, counts = np.random.default_rng(rows), Counter[str]()
    for _ in range(draws):
        for metric, entries in unlike(random, rows, correlation):
            pairs = compare_entries(entries, rope=0.01).pairs
            counts[metric.title] += next(pair.p < 0.05 for pair in pairs if pair.metric == metric)
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


def exact_sizes(rows: int, told_apart: Sequence[float]) -> dict[str, list[float]]:
    """Percent of pairs of equally good classifiers that differ in so many rows on average, called different.

    All by adding up all outcomes: McNemar's score test, the exact and the mid-p test given the rows that differ, the
    exact unconditional test (Suissa and Shuster 1991: the largest probability under any share of these, of outcomes at
    least as far from equal), and the score test that also rejects where three rows all speak for one model. A test of
    shares counts rows, and rejects an outcome or not: none lies between.
    """
    shares = np.linspace(0, 1, 1_001)[1:-1]
    count, for_a = np.array([(n, k) for n in range(1, rows + 1) for k in range(n + 1)]).T
    exact = np.minimum(1, 2 * stats.binom.cdf(np.minimum(for_a, count - for_a), count, 0.5))
    of_tests = {
        "score": np.array([mcnemar(k, n - k) for n, k in zip(count, for_a, strict=True)]),
        "exact": exact,
        "mid-p": exact - stats.binom.pmf(for_a, count, 0.5),
    }
    given = stats.binom.pmf(for_a, count, 0.5)
    cells = stats.binom.pmf(count[:, None], rows, shares) * given[:, None]
    far = np.abs(2 * for_a - count) / np.sqrt(count)
    of_tests["unconditional"] = np.array([cells[far >= each - 1e-9].sum(axis=0).max() for each in far])
    of_tests["the next"] = np.where((count == 3) & (far > 1.7), 0.0, of_tests["score"])
    at = [stats.binom.pmf(count, rows, each / rows) * given for each in told_apart]
    return {name: [100 * float(cell[p < 0.05].sum()) for cell in at] for name, p in of_tests.items()}


def _uncorrelated(random: np.random.Generator, rows: int, _: float, *, numbers: bool, known: bool) -> list[Entry]:
    return in_groups(random, rows, numbers=numbers, known=known)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4_000)
    parser.add_argument("--only", default="", help="lines with this in them")
    options = parser.parse_args()
    draws, only = options.draws, options.only
    began = time.monotonic()
    told_apart = (1.0, 2.8, 4.0, 6.2, 10.0, 15.0)
    print(f"30 rows, of which {', '.join(map(str, told_apart))} are right in one model alone on average, exactly:")
    for name, sizes in exact_sizes(30, told_apart).items():
        print(f"  {name}: {', '.join(f'{size:.1f}' for size in sizes)}")
    print(f"percent of {draws:,} pairs of equally good models called different at 5%; a simulation error is "
          f"{100 * np.sqrt(0.05 * 0.95 / draws):.1f}")  # fmt: skip
    for what, many in (("classes", False), ("numbers", True)):
        for known in (True, False):
            name = f"{what} in groups of {PER_GROUP}, which are {'' if known else 'not '}given"
            for rows in (30, 100, 500) if only in name else ():
                rates = rejected(partial(_uncorrelated, numbers=many, known=known), rows, 0, draws)
                figures = ", ".join(f"{metric} {rate:.1f}" for metric, rate in rates.items())
                print(f"{name}, {rows:>3} rows: {figures}", flush=True)
    for what, make in (("classes", classes), ("numbers", numbers), ("unlike models", None)):
        for correlation in (0.0, SHARED):
            for rows in (30, 100, 500) if only in what else ():
                rates = rejected(make, rows, correlation, draws) if make else rejected_unlike(rows, correlation, draws)
                errors = "shared errors" if correlation else "independent errors"
                figures = ", ".join(f"{name} {rate:.1f}" for name, rate in rates.items())
                print(f"{what}, {errors}, {rows:>3} rows: {figures}", flush=True)
    for name, learn in (("least squares", least_squares), ("nearest neighbour", nearest)):
        for rows in (50, 200) if only in name else ():
            corrected, plain = over_folds(learn, rows, draws)
            print(f"{name} in {FOLDS} folds of {rows} rows: corrected t {corrected:.1f}, plain t {plain:.1f}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
