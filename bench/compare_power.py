"""How often the tests of `goodfit compare` find a difference that there is, beside the tests that people know.

    python bench/compare_power.py [--draws 2000]

Classes: both models are right in a share of the rows, with errors that are shared in part (a Gaussian copula of
correlation 0.6); McNemar's score test, as goodfit has it, beside the exact test (binomial) and the one with Yates'
correction. Numbers: errors of a normal law and of Student's t with 3 degrees, those of one model larger; the sign-flip
test of the absolute errors beside Student's paired t test and Wilcoxon's. Effects are chosen so that half of the
samples or so show them; the first line of each kind has no effect, and shows how often each test is wrong at 5%.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

import numpy as np
from scipy import stats

from goodfit.stats.paired import mcnemar
from goodfit.stats.sign_flips import sign_flip

ROWS = (30, 100, 500)
SHARED = 0.6


def of_classes(random: np.random.Generator, rows: int, gap: float) -> dict[str, float]:
    """p-values for a model that is right in 80% of the rows, and one that is right in so much less."""
    z = random.multivariate_normal([0, 0], [[1, SHARED], [SHARED, 1]], size=rows)
    right = z < stats.norm.ppf([0.8, 0.8 - gap])
    only_a, only_b = int((right[:, 0] & ~right[:, 1]).sum()), int((right[:, 1] & ~right[:, 0]).sum())
    apart = only_a + only_b
    yates = stats.chi2.sf(max(0, abs(only_a - only_b) - 1) ** 2 / apart, 1) if apart else 1.0
    exact = stats.binomtest(only_a, apart).pvalue if apart else 1.0
    return {"McNemar, score": mcnemar(only_a, only_b), "exact": exact, "Yates": yates}


def of_numbers(random: np.random.Generator, rows: int, ratio: float, heavy: bool) -> dict[str, float]:
    """p-values of absolute errors, those of the second model larger by a ratio."""
    z = random.multivariate_normal([0, 0], [[1, SHARED], [SHARED, 1]], size=rows)
    if heavy:
        z = z / np.sqrt(random.chisquare(3, size=(rows, 2)) / 3)
    a, b = np.abs(z[:, 0]), np.abs(ratio * z[:, 1])
    return {
        "sign-flip": sign_flip(a, b).p,
        "paired t": float(stats.ttest_rel(a, b).pvalue),
        "Wilcoxon": float(stats.wilcoxon(a, b).pvalue),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=2_000)
    draws = parser.parse_args().draws
    began = time.monotonic()
    print(f"percent of {draws:,} samples in which a test says p < 0.05; 95% of the figures lie within "
          f"{196 * np.sqrt(0.25 / draws):.1f} (of 5%: {196 * np.sqrt(0.05 * 0.95 / draws):.1f})")  # fmt: skip
    for rows in ROWS:
        for what, effects in (("classes", (0.0, 1.1)), ("normal errors", (0.0, 1.5)), ("errors of t, 3", (0.0, 2.2))):
            for effect in effects:
                random, counts = np.random.default_rng([rows, round(10 * effect)]), Counter[str]()
                for _ in range(draws):
                    size = effect / np.sqrt(rows)
                    made = (
                        of_classes(random, rows, size)
                        if what == "classes"
                        else of_numbers(random, rows, 1 + size, what != "normal errors")
                    )
                    counts.update({name: int(p < 0.05) for name, p in made.items()})
                figures = ", ".join(f"{name} {100 * count / draws:.1f}" for name, count in counts.items())
                print(f"{rows:>3} rows, {what}, {'no effect' if not effect else 'an effect'}: {figures}", flush=True)
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
