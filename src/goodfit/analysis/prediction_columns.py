"""Which column of anybody's predictions is which: by name, as people call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goodfit.errors import UsageError
from goodfit.lazy_pattern import lazy_pattern

TRUTH = (
    "truth", "ytrue", "true", "actual", "groundtruth", "target", "label", "truelabel", "trueclass", "ytest", "y",
    "observed", "reference", "class", "gold",
)  # fmt: skip
PREDICTION = (
    "prediction", "ypred", "pred", "predicted", "predictedlabel", "predictedclass", "predictions", "preds", "yhat",
    "output", "estimate", "forecast", "predlabel", "guess",
)  # fmt: skip
KEY = (
    "key", "id", "rowid", "row", "index", "uid", "uuid", "file", "filename", "path", "image", "imageid", "sample",
    "sampleid", "identifier", "name", "", "unnamed:0",
)  # fmt: skip
FOLD = ("fold", "cvfold", "folds", "split")
POSITIVE = ("probability", "proba", "prob", "score", "p", "yprob", "yscore", "yproba", "confidencepositive")
OF_CLASS = lazy_pattern(r"(?:p|prob|proba|probability|score)([ _\-.:(\[])(.+)", re.IGNORECASE | re.DOTALL)
CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Named:
    """Names of columns as the user says them; None: by how they are called."""

    truth: str | None = None
    prediction: str | None = None
    key: str | None = None
    fold: str | None = None
    group: str | None = None


def plain(name: str) -> str:
    """y_true, Y True and y-true as one."""
    return re.sub(r"[\s_\-.]+", "", name.strip().casefold())


def named_column(columns: Sequence[str], wanted: str | None, usual: Sequence[str], option: str) -> str | None:
    """The column that the user named, or the first of the usual names; None where there is none.

    Raises:
        UsageError: the named one is not there.
    """
    if wanted is not None:
        if wanted not in columns:
            raise UsageError(
                f"--{option} {wanted}: there is no such column", fix=f"The columns are {', '.join(columns)}"
            )
        return wanted
    by_name = {plain(name): name for name in reversed(columns)}
    return next((by_name[name] for name in usual if name in by_name), None)


def probability_columns(columns: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    """Label -> its column of probabilities: p_LABEL, proba LABEL, P(LABEL), or the label itself."""
    known = {" ".join(label.split()): label for label in labels}
    of_label = {}
    for name in columns:
        ways = labels_called(name)
        label = next(
            (known[way] for way in [*ways, " ".join(name.split())] if way in known), ways[-1] if ways else None
        )
        if label is not None:
            of_label[label] = name
    return of_label


def labels_called(name: str) -> list[str]:
    """Labels that a column of probabilities may be of, the last one the likeliest where none is known.

    A label may begin as a separator does (p_-1), and end with a bracket of its own (p_Rose (red)).
    """
    match = OF_CLASS.fullmatch(name.strip())
    if match is None:
        return []
    separator, rest = match[1], " ".join(match[2].split())
    bare = rest.lstrip(" _-.:([") or rest
    opened = separator if separator in CLOSING else rest[: len(rest) - len(bare)][-1:]
    closing = CLOSING.get(opened, "")
    return [rest, bare, bare.removesuffix(closing) if closing else bare]
