"""Texts: which library a paragraph of documentation is from, beside what people use for such a task.

    python bench/documents.py [--seeds 3]

The paragraphs are those of the docstrings of five installed packages, each different text once: real prose, and the
same for everybody who has these versions. A quarter of them, drawn anew for each seed, are the test rows, scored once.
The rivals are scikit-learn's TF-IDF of words and of pairs of words under logistic regression (C = 1, its default, and
the best of 0.1 to 100 by five folds of the training rows), and multinomial naive Bayes.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import accuracy_score, log_loss
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

import goodfit as gf

LIBRARIES = {
    "numpy": ("numpy",),
    "polars": ("polars", "polars.DataFrame", "polars.Series", "polars.Expr", "polars.LazyFrame"),
    "scipy": ("scipy.stats", "scipy.signal"),
    "sklearn": (
        "sklearn.linear_model",
        "sklearn.ensemble",
        "sklearn.metrics",
        "sklearn.cluster",
        "sklearn.preprocessing",
    ),
    "torch": ("torch", "torch.nn"),
}
PARAGRAPHS, SHORTEST, LONGEST = 3, 30, 400  # the first ones of each docstring, in characters


def paragraphs() -> pl.DataFrame:
    """Columns text and library."""
    rows: dict[str, str] = {}
    for library, places in LIBRARIES.items():
        for place in places:
            for text in sorted(_of(place)):
                rows.setdefault(text, library)
    return pl.DataFrame({"text": list(rows), "library": list(rows.values())})


def _of(place: str) -> set[str]:
    module, _, inner = place.rpartition(".")
    try:
        owner = importlib.import_module(place)
    except ModuleNotFoundError:
        owner = getattr(importlib.import_module(module), inner)
    texts: set[str] = set()
    for name in dir(owner):
        documented = inspect.getdoc(getattr(owner, name, None)) or ""
        for paragraph in documented.split("\n\n")[:PARAGRAPHS]:
            text = re.sub(r"\s+", " ", paragraph).strip()
            if SHORTEST < len(text) < LONGEST and ">>>" not in text:
                texts.add(text)
    return texts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args().seeds
    warnings.simplefilter("ignore")
    frame = paragraphs()
    print(f"{frame.height:,} paragraphs, {frame['library'].n_unique()} libraries")
    words = {"ngram_range": (1, 2), "sublinear_tf": True}
    rivals = {
        "TF-IDF, logistic regression": make_pipeline(TfidfVectorizer(**words), LogisticRegression(max_iter=1000)),
        "the same, C by five folds": make_pipeline(
            TfidfVectorizer(**words),
            LogisticRegressionCV(Cs=np.logspace(-1, 2, 7), cv=5, scoring="neg_log_loss", max_iter=1000),
        ),
        "naive Bayes": make_pipeline(TfidfVectorizer(**words), MultinomialNB()),
    }
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(frame.height)
        test, train = frame[order[: frame.height // 4]], frame[order[frame.height // 4 :]]
        for name, rival in rivals.items():
            began = time.perf_counter()
            rival.fit(train["text"].to_list(), train["library"].to_list())
            _tell(seed, name, rival.classes_, rival.predict_proba(test["text"].to_list()), test, began)
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            run = gf.fit(gf.table(train, target="library"), out=Path(folder) / "run", quiet=True)
            classes = sorted(frame["library"].unique())
            shares = run.predict(test.drop("library")).frame()[[f"p_{name}" for name in classes]].to_numpy()
            _tell(seed, "goodfit", classes, shares, test, began)


def _tell(seed: int, name: str, classes: object, shares: np.ndarray, test: pl.DataFrame, began: float) -> None:
    truth, classes = test["library"].to_numpy(), np.asarray(classes)
    right = accuracy_score(truth, classes[shares.argmax(1)])
    loss = log_loss(truth, shares / shares.sum(axis=1, keepdims=True), labels=classes)
    print(
        f"seed {seed}  {name:30}  accuracy {right:.4f}  log loss {loss:.4f}  {time.perf_counter() - began:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
