"""Labels that were flipped on purpose: how many are found, beside the cleanlab package on the same probabilities.

    python bench/wrong_labels.py --data DATA     (a folder with tables/; Fashion-MNIST where the other benches have it)

5% of the labels, drawn at random, get another class. Probabilities of each row come from a model that was fitted in
five folds without it: a logistic regression of pixels or principal components for images, boosted trees for tables.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from _fashion import arrays
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from goodfit.stats.confident_learning import wrong_labels

FLIPPED = 0.05
FASHION_ROWS = 10_000
TABLES = ("satimage", "segment")


def digits() -> tuple[np.ndarray, np.ndarray, Any]:
    x, y = load_digits(return_X_y=True)
    return x / 16, y, LogisticRegression(max_iter=300)


def fashion() -> tuple[np.ndarray, np.ndarray, Any]:
    images, labels = arrays("train")
    x = images[:FASHION_ROWS].reshape(FASHION_ROWS, -1) / 255
    model = make_pipeline(PCA(80, random_state=0, whiten=True), LogisticRegression(max_iter=200, C=0.05))
    return x, labels[:FASHION_ROWS].astype(np.int64), model


def table(folder: Path, target: str) -> tuple[np.ndarray, np.ndarray, Any]:
    import polars as pl

    frame = pl.concat([pl.read_csv(folder / f"{part}.csv", infer_schema_length=None) for part in ("train", "test")])
    y = np.unique(frame[target].cast(pl.String).to_numpy(), return_inverse=True)[1]
    x = frame.drop(target).select(pl.selectors.numeric()).cast(pl.Float64).to_numpy()
    return x, y, HistGradientBoostingClassifier(max_iter=60, random_state=0)


def sets(data: Path | None) -> Iterator[tuple[str, Callable[[], tuple[np.ndarray, np.ndarray, Any]]]]:
    yield "handwritten digits", digits
    yield f"Fashion-MNIST, {FASHION_ROWS:,} rows", fashion
    for name in TABLES if data is not None else ():
        assert data is not None
        yield name, partial(table, data / "tables" / name, "label")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    from cleanlab.filter import find_label_issues

    columns = ("data", "flipped", *("goodfit lists", "precision", "recall"), *("cleanlab lists", "precision", "recall"))
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for name, made in sets(options.data):
        x, y, model = made()
        figures = []
        for seed in range(options.seeds):
            random = np.random.default_rng(seed)
            flipped, count = random.random(len(y)) < FLIPPED, int(y.max()) + 1
            labels = np.where(flipped, (y + random.integers(1, count, len(y))) % count, y)
            shares = cross_val_predict(model, x, labels, cv=5, method="predict_proba")
            theirs = find_label_issues(
                labels, shares, filter_by="both", return_indices_ranked_by="self_confidence", n_jobs=1
            )
            line = [float(flipped.sum())]
            for listed in (wrong_labels(labels, shares), theirs):
                line += [len(listed), 100 * flipped[listed].mean(), 100 * flipped[listed].sum() / flipped.sum()]
            figures.append(line)
        cells = [_span([line[at] for line in figures], at in (2, 3, 5, 6)) for at in range(7)]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _span(values: list[float], percent: bool) -> str:
    """The lowest and the highest of the seeds."""
    low, high = (f"{end:.0f}" for end in (min(values), max(values)))
    return (low if low == high else f"{low} to {high}") + ("%" if percent else "")


if __name__ == "__main__":
    main()
