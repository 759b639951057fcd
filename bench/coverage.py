"""How often the 95% intervals of goodfit's metrics hold the truth: simulated rows, as docs/benchmarks.md shows it.

Each line is a law of rows whose true figure is known (by formula, or from four million rows), drawn again and again.
Accuracies are drawn at many true shares, since the coverage of a share goes up and down with it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit
from scipy.stats import norm, t

from goodfit.stats.areas import auc, average_precision, mean_auc
from goodfit.stats.estimates import (
    Estimate,
    balanced_accuracy,
    mean,
    mean_of_ratios,
    proportion,
    r2,
    rmse,
)

MANY = 4_000_000
Draw = Callable[[np.random.Generator, int], "tuple[Estimate | None, float]"]


def log_losses(random: np.random.Generator, rows: int, scale: float, sharpness: float) -> np.ndarray:
    """Of two classes: log odds of this deviation, said `sharpness` times too sure."""
    odds = scale * random.normal(size=rows)
    signed = np.where(random.random(rows) < expit(odds), odds, -odds)
    return np.asarray(np.logaddexp(0, -sharpness * signed))


def of_mean(values: Callable[[np.random.Generator, int], np.ndarray]) -> Draw:
    truth = float(values(np.random.default_rng(99), MANY).mean())
    return lambda random, rows: (mean(values(random, rows)), truth)


def of_accuracy(random: np.random.Generator, rows: int) -> tuple[Estimate, float]:
    share = random.uniform(0.6, 0.98)
    return proportion(float(random.binomial(rows, share)), rows), share


def of_balanced_accuracy(random: np.random.Generator, rows: int) -> tuple[Estimate | None, float]:
    shares, weights = np.array([0.95, 0.8, 0.6]), np.array([0.6, 0.3, 0.1])
    labels = random.choice(3, size=rows, p=weights)
    if len(np.unique(labels)) < 3:
        return None, 0.0  # another figure: that of two classes
    return balanced_accuracy(random.random(rows) < shares[labels], labels), float(shares.mean())


def of_auc(distance: float, spread: float, share: float = 0.4) -> Draw:
    truth = float(norm.cdf(distance / np.sqrt(1 + spread**2)))

    def draw(random: np.random.Generator, rows: int) -> tuple[Estimate | None, float]:
        positive = random.random(rows) < share
        return auc(random.normal(size=rows) * np.where(positive, spread, 1) + distance * positive, positive), truth

    return draw


def of_mean_auc(random: np.random.Generator, rows: int) -> tuple[Estimate | None, float]:
    """Of three classes; each has a score of its own, higher by 2.1 deviations in its rows."""
    labels = random.choice(3, size=rows, p=[0.6, 0.3, 0.1])
    positive = labels[:, None] == np.arange(3)
    if not positive.any(axis=0).all():
        return None, 0.0
    return mean_auc(random.normal(size=(rows, 3)) + 2.1 * positive, positive), float(norm.cdf(2.1 / np.sqrt(2)))


def of_average_precision(distance: float) -> Draw:
    def rows_of(random: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        positive = random.random(rows) < 0.3
        return random.normal(size=rows) + distance * positive, positive

    known = average_precision(*rows_of(np.random.default_rng(99), MANY // 4))
    assert known is not None
    return lambda random, rows: (average_precision(*rows_of(random, rows)), known.value)


def of_rmse(heavy: bool) -> Draw:
    truth = float(np.sqrt(5 / 3)) if heavy else 1.0

    def draw(random: np.random.Generator, rows: int) -> tuple[Estimate, float]:
        return rmse(random.standard_t(5, size=rows) if heavy else random.normal(size=rows)), truth

    return draw


def of_r2(random: np.random.Generator, rows: int) -> tuple[Estimate | None, float]:
    return r2(0.7 * random.normal(size=rows), random.normal(size=rows)), 1 - 0.49


def of_skewed_r2(random: np.random.Generator, rows: int) -> tuple[Estimate | None, float]:
    """What is predicted has an exponential law of deviation 1, its errors are normal."""
    errors = 0.7 * random.normal(size=rows)
    return r2(errors, random.exponential(size=rows) + errors), 1 - 0.49 / 1.49


def of_iou(random: np.random.Generator, rows: int) -> tuple[Estimate, float]:
    """Two classes; sizes of objects of a lognormal law, overlaps of a beta law of mean 0.75."""
    sizes = np.exp(0.7 * random.normal(size=(rows, 2)))
    return mean_of_ratios(sizes * random.beta(6, 2, size=(rows, 2)), sizes), 0.75


def laws() -> Iterator[tuple[str, str, Draw]]:
    yield "accuracy", "from 60% to 98%", of_accuracy
    yield "balanced accuracy", "three classes of 60%, 30% and 10% of the rows", of_balanced_accuracy
    yield "log loss", "log odds of deviation 1", of_mean(lambda random, rows: log_losses(random, rows, 1, 1))
    yield "log loss", "log odds of deviation 3", of_mean(lambda random, rows: log_losses(random, rows, 3, 1))
    yield "log loss", "twice as sure as it should be", of_mean(lambda random, rows: log_losses(random, rows, 3, 2))
    for distance, spread in ((0.75, 1.0), (1.8, 1.0), (2.7, 1.0), (3.3, 1.0), (1.8, 2.0), (4.2, 2.0)):
        area = norm.cdf(distance / np.sqrt(1 + spread**2))
        for share in (0.4, 0.1):
            words = f"{area:.2f}, deviations 1 and {spread:g}" + (", 1 positive in 10" if share == 0.1 else "")
            yield "AUC", words, of_auc(distance, spread, share)
    yield "mean AUC", "three classes of 60%, 30% and 10%, 0.93", of_mean_auc
    for distance in (1.0, 2.0):
        yield "average precision", f"30% positive, distance {distance:g}", of_average_precision(distance)
    yield "RMSE", "normal errors", of_rmse(False)
    yield "RMSE", "heavy tails: Student t, 5 degrees", of_rmse(True)
    yield "MAE", "normal errors", of_mean(lambda random, rows: np.abs(random.normal(size=rows)))
    yield (
        "MAE",
        "heavy tails: Student t, 5 degrees",
        of_mean(lambda random, rows: np.abs(np.asarray(t.rvs(5, size=rows, random_state=random)))),
    )
    yield "R²", "0.51, normal", of_r2
    yield "R²", "0.67, of an exponential law", of_skewed_r2
    yield "IoU", "two classes, 0.75", of_iou


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4_000)
    parser.add_argument("--only", default="", help="metrics with this in their name")
    options = parser.parse_args()
    draws, began, sizes = options.draws, time.monotonic(), (30, 100, 300, 1_000)
    print(f"percent of {draws:,} intervals that hold the truth; a simulation error is "
          f"{100 * np.sqrt(0.05 * 0.95 / draws):.1f}")  # fmt: skip
    print(f"| metric | rows | {' | '.join(f'n = {rows:,}' for rows in sizes)} |\n|---|---|{'---|' * len(sizes)}")
    for number, (metric, law, draw) in enumerate(laws()):
        if options.only not in metric:
            continue
        shares = []
        for rows in sizes:
            random, held, drawn = np.random.default_rng([rows, number]), 0, 0
            for _ in range(draws):
                estimate, truth = draw(random, rows)
                if estimate is not None:
                    drawn += 1
                    held += estimate.low <= truth <= estimate.high
            shares.append(f"{100 * held / drawn:.1f}")
        print(f"| {metric} | {law} | {' | '.join(shares)} |", flush=True)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
