"""Error rates of the verdict: fits whose truth is known by construction, and what they are called.

    python bench/verdict.py [--each 20] [--workers 2] [--kinds noise,linear]

Every kind is drawn anew for each fit, half of the fits with classes and half with numbers as the target; the defaults
are used but for what makes the kind (epochs of a fit that is too short or too long). Printed is how often each kind is
given each verdict, with the 95% interval (Wilson) of the share that is named rightly.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import goodfit as gf
from goodfit.stats.estimates import proportion

Columns = dict[str, np.ndarray]


def plain(random: np.random.Generator, rows: int, columns: int = 6) -> np.ndarray:
    return random.normal(size=(rows, columns))


def target(score: np.ndarray, noise: float, classes: bool, random: np.random.Generator) -> np.ndarray:
    """Classes of a logistic law of the score, or the score with noise of so many of its deviations."""
    score = (score - score.mean()) / score.std()
    if classes:
        yes = random.random(len(score)) < 1 / (1 + np.exp(-score * 3 / max(noise, 1e-6)))
        return np.where(yes, "yes", "no")
    return score + noise * random.normal(size=len(score))


def noise_only(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    rows = int(random.integers(200, 1500))
    return plain(random, rows), target(random.normal(size=rows), 1.0, classes, random)


def interaction(random: np.random.Generator, rows: int, noise: float, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    x = plain(random, rows)
    return x, target(x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) + (x[:, 3] > 0) * x[:, 4], noise, classes, random)


def good(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    return interaction(random, int(random.integers(1200, 2500)), 0.5, classes)


def linear(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    x = plain(random, int(random.integers(800, 2000)))
    return x, target(x @ random.normal(size=x.shape[1]), 0.7, classes, random)


def few(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    x = plain(random, int(random.integers(16, 26)))
    return x, target(x[:, 0] + x[:, 1], 0.7, classes, random)


def leak(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    x, y = interaction(random, int(random.integers(400, 1200)), 1.0, classes)
    known = (y == "yes") * 2.0 if classes else y.astype(float)
    x[:, 5] = known * 10 + 0.01 * random.normal(size=len(x))
    return x, y


def wide(random: np.random.Generator, classes: bool) -> tuple[np.ndarray, np.ndarray]:
    """Few rows and many columns: a net learns them by heart."""
    rows = int(random.integers(150, 250))
    x = plain(random, rows, 120)
    return x, target(x[:, :4].sum(axis=1), 0.4, classes, random)


Kind = tuple[Callable[[np.random.Generator, bool], tuple[np.ndarray, np.ndarray]], dict[str, Any], set[str]]
LONG = {"folds": 1, "epochs": 60, "rivals": "none", "lr": 6e-3}
KINDS: dict[str, Kind] = {
    "noise": (noise_only, {}, {"no better than the baseline", "too few rows to tell"}),
    "good": (good, {}, {"good fit"}),
    "linear": (linear, {}, {"a simpler model is as good"}),
    "few rows": (few, {}, {"too few rows to tell", "no better than the baseline"}),
    "too short": (good, {"epochs": 1, "lr": 3e-4, "rivals": "none"}, {"underfit"}),
    "too long": (lambda random, classes: interaction(random, 800, 1.0, classes), LONG, {"overfit"}),
    "leak": (leak, {}, {"not to be trusted"}),
    "by heart": (wide, {"folds": 1, "epochs": 40, "rivals": "none"}, {"memorises its rows", "overfit"}),
}


def one(task: tuple[str, int]) -> tuple[str, str]:
    kind, seed = task
    make, options, _ = KINDS[kind]
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    x, y = make(random, seed % 2 == 0)
    frame = pl.DataFrame({f"column {at}": column for at, column in enumerate(x.T)} | {"target": y})
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = gf.fit(gf.table(frame, "target"), out=Path(folder) / "run", seed=seed, quiet=True, **options)
        return kind, run.verdict


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args()
    kinds = given.kinds.split(",")
    tasks = [(kind, seed) for seed in range(given.each) for kind in kinds]
    verdicts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    with ProcessPoolExecutor(given.workers) as pool:
        for kind, verdict in pool.map(one, tasks):
            verdicts[kind][verdict] += 1
    for kind, counts in verdicts.items():
        right = sum(counts[verdict] for verdict in KINDS[kind][2])
        share = proportion(right, given.each)
        listed = ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common())
        print(f"{kind:<10} {right:>3} of {given.each} ({share.low:.0%} to {share.high:.0%}): {listed}")


if __name__ == "__main__":
    main()
