"""What the report shows of classes: the confusion matrix, recall by class, class balance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from goodfit.formatting import capital, percent, percent_decimals, plural
from goodfit.stats.calibration import Reliability
from goodfit.tasks.section import Plot, Section, Table

MAPPED_CLASSES = 100  # beyond, a cell of the matrix is under four pixels
CLASSES_ON_TOP = 12  # up to here the matrix fits the first screen
LISTED_PAIRS = 10
UNFOLDED_CLASSES = 20  # up to here the table of every class is open


class ConfusedPair(NamedTuple):
    """Rows of one class that were taken for another."""

    truth: str
    prediction: str
    rows: int
    share: float  # of the rows of the true class, 0..1


def confused_pairs(confusion: np.ndarray, classes: Sequence[str], most: int = LISTED_PAIRS) -> list[ConfusedPair]:
    """The pairs of classes that are mixed up most, the largest count first.

    Args:
        confusion: (C, C) counts, a row for each true class.
        classes: C names.
        most: how many pairs at most; pairs that never happen are left out.
    """
    counts = np.asarray(confusion)
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = []
    for truth, prediction in zip(*np.unravel_index(order, wrong.shape), strict=True):
        mixed = int(wrong[truth, prediction])
        if mixed > 0:
            share = mixed / float(counts[truth].sum())
            pairs.append(ConfusedPair(classes[truth], classes[prediction], mixed, share))
    return pairs


def confusion_section(confusion: np.ndarray, classes: Sequence[str], counted: str = "rows") -> list[Section]:
    """The matrix and the pairs that are mixed up most; none where there is nothing to show.

    Args:
        confusion: (C, C) counts, a row for each true class.
        counted: what is counted: rows or pixels.
    """
    blocks: list[Plot | Table] = []
    if len(classes) <= MAPPED_CLASSES:
        text = (
            "Each line is a true class, each column what was predicted. Blue is right, orange is wrong; the stronger "
            "the colour, the larger the share of the true class."
        )
        blocks.append(
            Plot("confusion", (confusion, classes), "Confusion matrix", "wide", first=len(classes) <= CLASSES_ON_TOP)
        )
    else:
        text = (
            f"{len(classes):,} classes are more than a matrix can show ({MAPPED_CLASSES}); "
            f"these pairs are mixed up most."
        )
    pairs = confused_pairs(confusion, classes) if len(classes) > 2 else []
    if pairs:
        rows = [(pair.truth, pair.prediction, pair.rows, f"{100 * pair.share:.1f}%") for pair in pairs]
        columns = ("true class", "taken for", counted, "share of the class")
        blocks.append(Table(columns, rows, text_columns=2, title="Mixed up most"))
    return [Section("confusion", "Confusion", text, blocks)] if blocks else []


def classes_section(
    per_class: Sequence[Mapping[str, Any]],
    class_counts: Mapping[str, Sequence[int]],
    classes: Sequence[str],
    noun: str = "class",
) -> Section:
    """Recall of every class beside its share of the rows, and a table of every class.

    Args:
        per_class: label, precision, recall, recall_low, recall_high, f1 and support of each class.
        class_counts: part -> rows of each class; empty: not shown.
        noun: what each of them is.
    """
    alt, few = f"Recall by {noun} with 95% intervals", len(per_class) <= CLASSES_ON_TOP
    blocks: list[Plot | Table] = [Plot("recall", (per_class,), alt, "half", first=few)]
    if not few:
        blocks.insert(0, Plot("recall", (per_class, CLASSES_ON_TOP), alt, "half", first=True))
    if class_counts:
        blocks.append(Plot("balance", (class_counts, classes), "Share of each class in each part", "half"))
    rows = [
        (
            row["label"],
            percent(row["recall"], 1) if row["support"] else None,
            interval_in_percent(row["recall_low"], row["recall_high"]) if row["support"] else None,
            percent(row["precision"], 1),
            percent(row["f1"], 1),
            row["support"],
        )
        for row in per_class
    ]
    columns = (noun, "recall", "95% interval", "precision", "F1", "rows")
    blocks.append(Table(columns, rows, summary=f"Every {noun}", unfolded=len(rows) <= UNFOLDED_CLASSES))
    return Section("classes", capital(plural(noun)), "", blocks)


def interval_in_percent(low: float, high: float) -> str:
    """53% to 73%, with the decimals that mean something."""
    decimals = percent_decimals(low, high)
    return f"{percent(low, decimals)} to {percent(high, decimals)}"


def reliability_section(calibration: Mapping[str, Any], temperature: float) -> Section:
    """Whether probabilities mean what they say.

    Args:
        calibration: as `goodfit.stats.calibration.Reliability.to_json` gives it.
        temperature: that the scores of the classes were divided by.
    """
    drawn = len(calibration["bins"]) > 1  # one point shows no course
    where = ": a point on the dashed line. Below it the model is too sure." if drawn else "."
    text = (
        f"Of the rows that are predicted with a confidence of 80%, 80% should be right{where} "
        f"On average the two differ by {100 * calibration['ece']:.1f} points; with "
        f"this many rows, chance alone gives {100 * Reliability.from_json(calibration).error_by_chance:.1f} even if "
        "every probability is right."
    )
    text += _of_temperature(temperature)
    plot = Plot("reliability", (calibration,), "Share that is right by confidence", "half")
    return Section("reliability", "Reliability of the confidence", text, [plot] if drawn else [], link="Reliability")


def labels_reliability_section(calibration: Mapping[str, Any], temperature: float) -> Section:
    """The same of rows with any number of labels: of all probabilities together, and of each label where it has bins.

    Args:
        calibration: as `reliability_section` takes it; of_labels: the same of each label, where there are few.
        temperature: that the scores of the labels were divided by.
    """
    drawn = len(calibration["bins"]) > 1
    where = ": a point on the dashed line. Below it probabilities are too high." if drawn else "."
    text = (
        f"Of the labels that are given a probability of 80%, 80% should be there{where} Over all labels of all rows "
        f"the two differ by {100 * calibration['ece']:.1f} points on average; with this many, chance alone gives "
        f"{100 * Reliability.from_json(calibration).error_by_chance:.1f} even if every probability is right."
    )
    text += _of_temperature(temperature)
    plots = [_of_label("all labels", calibration)] if drawn else []
    if len(calibration.get("of_labels", {})) > 1:  # of a single one it is the same
        plots += [_of_label(label, of) for label, of in calibration["of_labels"].items() if len(of["bins"]) > 1]
    return Section("reliability", "Reliability of the probabilities", text, plots, link="Reliability")


def _of_label(label: str, calibration: Mapping[str, Any]) -> Plot:
    alt = f"Share of {label} that is there, by probability"
    return Plot("reliability", (calibration, label), alt, "half")


def _of_temperature(temperature: float) -> str:
    """What is said of a model whose scores were divided; nothing of one that is as it was."""
    if temperature == 1:
        return ""
    less = "less" if temperature > 1 else "more"
    return (
        f" The model is made {less} sure than it was by itself: its scores are divided by {temperature:.2f}, the "
        "temperature that suits the rows held out best."
    )
