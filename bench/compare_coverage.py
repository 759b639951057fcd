"""How often 95% intervals of the difference of two correlated models hold it, as docs/compare.md shows it.

Two models see the log odds through noise that is correlated, of the same size or of another one. The true difference of
models of unequal quality is that of 2,000,000 rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from sklearn.metrics import average_precision_score, balanced_accuracy_score, roc_auc_score

from goodfit.stats.areas import area_difference
from goodfit.stats.paired import paired_t
from goodfit.stats.precisions import precision_difference
from goodfit.stats.recalls import recall_influence

METRICS = ("AUC", "average precision", "balanced accuracy")
ROWS = (100, 300, 1_000)
ROWS_OF_THE_TRUTH = 2_000_000
# correlation of the noise, its size in both models, and a shift of the log odds: -2.5 leaves 18% of the rows positive
LAWS = ((0.8, 1, 1, 0), (0.8, 1, 1.6, 0), (0.95, 1, 1.2, 0), (0.99, 1, 1, 0), (0.8, 1, 1, -2.5), (0.8, 1, 1.6, -2.5))

Law = Sequence[float]


def draw(random: np.random.Generator, rows: int, law: Law) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which rows are positive, and the log odds that each model gives them."""
    correlation, of_a, of_b, shift = law
    odds = 2 * random.normal(size=rows) + shift
    positive = random.random(rows) < 1 / (1 + np.exp(-odds))
    common, own = random.normal(size=rows), random.normal(size=(2, rows))
    noise = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own
    return positive, odds + of_a * noise[0], odds + of_b * noise[1]


def true_difference(law: Law) -> np.ndarray:
    if law[1] == law[2]:
        return np.zeros(len(METRICS))
    positive, *models = draw(np.random.default_rng(7), ROWS_OF_THE_TRUTH, law)
    areas = [(roc_auc_score(positive, each), average_precision_score(positive, each)) for each in models]
    recalls = [balanced_accuracy_score(positive, each > 0) for each in models]
    of_a, of_b = ([*area, recall] for area, recall in zip(areas, recalls, strict=True))
    return np.subtract(of_a, of_b)


def coverage(law: Law, rows: int, draws: int, truth: np.ndarray) -> np.ndarray:
    """Percent of draws whose intervals hold the truth, by metric."""
    random, held, drawn = np.random.default_rng(rows + 1), np.zeros(len(METRICS)), 0
    for _ in range(draws):
        positive, a, b = draw(random, rows, law)
        if positive.sum() < 2:
            continue
        drawn += 1
        of_a, of_b = (recall_influence((each > 0) == positive, positive) for each in (a, b))
        tests = (
            area_difference(a[:, None], b[:, None], positive[:, None])[0],
            precision_difference(a, b, positive)[0],
            paired_t(of_a, of_b),
        )
        ends = [(test.difference.low, test.difference.high) for test in tests]
        held += [low <= value <= high for value, (low, high) in zip(truth, ends, strict=True)]
    return 100 * held / drawn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2_000)
    options = parser.parse_args()
    print(f"percent of {options.draws:,} intervals that hold the difference: {', '.join(METRICS)}")
    for law in LAWS:
        truth = true_difference(law)
        for rows in ROWS:
            shown = ", ".join(f"{share:.1f}" for share in coverage(law, rows, options.draws, truth))
            print(
                f"correlation {law[0]}, noise {law[1]} and {law[2]}, shift {law[3]}, {rows} rows: {shown}", flush=True
            )


if __name__ == "__main__":
    main()
