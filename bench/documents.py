"""Texts, beside what people use for such a task: scikit-learn's TF-IDF under a linear model.

    python bench/documents.py [--seeds 2] [--sets documents packages sizes] [--reviews FOLDER] [--rows 8000]

documents   paragraphs of the docstrings of five installed packages: of which package each is
packages    one-line descriptions of Debian's packages (`apt-cache dumpavail`): of which of fifteen sections each is
sizes       the same, beside two numbers and two categories: the logarithm of the installed size
reviews     of products, films, tweets and editorials: what people rated each sentence, from -4 to 4; the files
            *_GroundTruth.txt of the archive in vaderSentiment's source distribution (Hutto and Gilbert 2014, "VADER"),
            unpacked into FOLDER

Each different text stands once. A quarter of the rows, drawn anew for each seed, are the test rows, scored once. The
rivals are scikit-learn's TF-IDF of words and of pairs of words under logistic regression (C = 1, its default, and the
best of 0.1 to 100 by five folds of the training rows) and multinomial naive Bayes; of numbers under ridge regression
(1, its default, and the best of 0.01 to 100 by five folds), with the other columns beside the words.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import math
import re
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV, Ridge
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

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
FEWEST_WORDS, SECTIONS = 4, 15  # of a description; the largest sections
REVIEWS = ("amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets", "tweets")


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


def packages() -> pl.DataFrame:
    """Columns text, y (the section), size, depends, architecture and priority."""
    listed = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    rows: dict[str, tuple[Any, ...]] = {}
    for record in listed.split("\n\n"):
        of = dict(re.findall(r"^([A-Za-z0-9-]+): (.*)$", record, flags=re.MULTILINE))
        text = of.get("Description", "")
        if len(text.split()) >= FEWEST_WORDS and {"Section", "Installed-Size"} <= of.keys():
            size = math.log10(1 + float(of["Installed-Size"]))
            depends = float(of.get("Depends", "").count(","))
            rows.setdefault(text, (text, of["Section"], size, depends, of["Architecture"], of["Priority"]))
    names = ["text", "y", "size", "depends", "architecture", "priority"]
    frame = pl.DataFrame(list(rows.values()), schema=names, orient="row")
    common = frame["y"].value_counts(sort=True)["y"][:SECTIONS].to_list()
    return frame.filter(pl.col("y").is_in(common))


def reviews(folder: Path, kind: str) -> pl.DataFrame:
    """Columns text and y, a number."""
    rows: dict[str, float] = {}
    content = (folder / f"{kind}_GroundTruth.txt").read_text("utf-8", errors="replace")
    for line in filter(None, content.split("\n")):
        _, rating, text = line.split("\t", 2)
        rows.setdefault(text, float(rating))
    return pl.DataFrame({"text": list(rows), "y": list(rows.values())})


def of_classes(frame: pl.DataFrame, seeds: int) -> None:
    """Frames with columns text and y."""
    words = {"ngram_range": (1, 2), "sublinear_tf": True}
    rivals = {
        "TF-IDF, logistic regression": make_pipeline(TfidfVectorizer(**words), LogisticRegression(max_iter=1000)),
        "the same, C by five folds": make_pipeline(
            TfidfVectorizer(**words),
            LogisticRegressionCV(Cs=np.logspace(-1, 2, 7), cv=5, scoring="neg_log_loss", max_iter=1000),
        ),
        "naive Bayes": make_pipeline(TfidfVectorizer(**words), MultinomialNB()),
    }
    for seed, train, test in _parts(frame, seeds):
        truth, classes = test["y"].to_numpy(), np.array(sorted(frame["y"].unique()))

        def tell(name: str, shares: np.ndarray, began: float) -> None:
            right = accuracy_score(truth, classes[shares.argmax(1)])  # noqa: B023
            loss = log_loss(truth, shares / shares.sum(axis=1, keepdims=True), labels=classes)  # noqa: B023
            _line(seed, name, f"accuracy {right:.4f}  log loss {loss:.4f}", began)  # noqa: B023

        for name, rival in rivals.items():
            began = time.perf_counter()
            rival.fit(train["text"].to_list(), train["y"].to_list())
            tell(name, rival.predict_proba(test["text"].to_list()), began)
        began = time.perf_counter()
        predicted = _goodfit(train, test)
        tell("goodfit", predicted[[f"p_{name}" for name in classes]].to_numpy(), began)


def of_numbers(frame: pl.DataFrame, seeds: int) -> None:
    """Frames with columns text and y, and perhaps others."""
    beside = [name for name in frame.columns if name not in ("text", "y")]
    columns: list[tuple[str, Any, Any]] = [("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), "text")]
    for name in beside:
        made = StandardScaler() if frame[name].dtype.is_numeric() else OneHotEncoder(handle_unknown="ignore")
        columns.append((name, made, [name]))
    rivals = {
        "TF-IDF, ridge regression": Ridge(),
        "the same, alpha by five folds": GridSearchCV(
            Ridge(), {"alpha": np.logspace(-2, 2, 9)}, cv=5, scoring="neg_mean_squared_error"
        ),
    }
    for seed, train, test in _parts(frame, seeds):
        truth = test["y"].to_numpy()
        for name, model in rivals.items():
            began = time.perf_counter()
            rival = make_pipeline(ColumnTransformer(columns), model)
            rival.fit(_frame(train), train["y"].to_numpy())
            _line(seed, name, _errors(truth, rival.predict(_frame(test))), began)
        began = time.perf_counter()
        _line(seed, "goodfit", _errors(truth, _goodfit(train, test)["prediction"].to_numpy()), began)


def _parts(frame: pl.DataFrame, seeds: int) -> Iterator[tuple[int, pl.DataFrame, pl.DataFrame]]:
    """Each seed with its training and test rows."""
    print(f"{frame.height:,} texts", flush=True)
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(frame.height)
        yield seed, frame[order[frame.height // 4 :]], frame[order[: frame.height // 4]]


def _goodfit(train: pl.DataFrame, test: pl.DataFrame) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        source = gf.table(
            train, target="y", text="text", test=test
        )  # as a suite of tables is fitted: none of train held out
        run = gf.fit(source, out=Path(folder) / "run", quiet=True)
        return run.predict(test.drop("y")).frame()


def _frame(rows: pl.DataFrame) -> pd.DataFrame:
    """Without pyarrow, which `to_pandas` would need."""
    return pd.DataFrame(rows.to_dict(as_series=False))


def _errors(truth: np.ndarray, predicted: np.ndarray) -> str:
    squared = float(np.square(predicted - truth).mean())
    return f"R2 {1 - squared / truth.var():.4f}  RMSE {squared**0.5:.4f}"


def _line(seed: int, name: str, figures: str, began: float) -> None:
    print(f"seed {seed}  {name:30}  {figures}  {time.perf_counter() - began:.0f} s", flush=True)


def _some(frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    return frame if frame.height <= rows else frame.sample(rows, shuffle=True, seed=0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--sets", nargs="*", choices=["documents", "packages", "sizes"], default=["documents"])
    parser.add_argument("--reviews", type=Path)
    parser.add_argument("--rows", type=int, default=8000, help="of a set, at most")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in given.sets:
        print(name)
        if name == "documents":
            of_classes(_some(paragraphs().rename({"library": "y"}), given.rows), given.seeds)
            continue
        frame = _some(packages(), given.rows)
        if name == "packages":
            of_classes(frame["text", "y"], given.seeds)
        else:
            of_numbers(frame.drop("y").rename({"size": "y"}), given.seeds)
    for kind in REVIEWS if given.reviews else ():
        print(kind)
        of_numbers(_some(reviews(given.reviews, kind), given.rows), given.seeds)


if __name__ == "__main__":
    main()
