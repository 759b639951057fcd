"""A model's figures, and what each row does to them: what paired tests are made on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.stats.areas import placement_values
from goodfit.stats.precisions import precision_influence
from goodfit.stats.recalls import recall_influence
from goodfit.tasks.metric import ACCURACY, AUC, AVERAGE_PRECISION, BALANCED_ACCURACY, LOG_LOSS, MAE, RMSE, Metric

SMALLEST_SHARE = 1e-15  # of a probability, so that its logarithm is a number
LOSS = Metric("loss", "mean loss of a row", higher_is_better=False)

Values = np.ndarray  # (N,) whose mean is the figure
RowScore = Callable[[Entry], Values]


def right(entry: Entry) -> Values:
    """1 where the predicted class is the true one."""
    return np.asarray(entry.predicted == entry.truth, dtype=np.float64)


def log_losses(entry: Entry) -> Values:
    """-log of the probability of the true class."""
    assert entry.probabilities is not None
    chosen = entry.probabilities[np.arange(len(entry)), class_numbers(entry)]
    return np.asarray(-np.log(np.maximum(chosen, SMALLEST_SHARE)))


def recalls(entry: Entry) -> Values:
    """Of balanced accuracy: the mean over classes of the share that is right."""
    return recall_influence(right(entry), class_numbers(entry))


def auc_influence(entry: Entry) -> Values:
    """Of the area under the ROC curve, by DeLong's placement values (DeLong, DeLong and Clarke-Pearson 1988).

    Of more than two classes the mean of the areas of each against the rest.
    """
    assert entry.probabilities is not None
    numbers = class_numbers(entry)
    each = [placement_values(entry.probabilities[:, number], numbers == number) for number in ranked(entry, numbers)]
    return np.asarray(np.mean(each, axis=0))


def precision_rows(entry: Entry) -> Values:
    """Of average precision, by the jackknife: of the second of two classes."""
    assert entry.probabilities is not None
    return precision_influence(entry.probabilities[:, 1], class_numbers(entry) == 1)


def ranked(entry: Entry, numbers: np.ndarray) -> list[int]:
    """The classes whose rows are ranked against the rest: the second of two."""
    count = len(entry.classes)
    return [1] if count == 2 else [number for number in range(count) if 0 < (numbers == number).sum() < len(entry)]


def absolute_errors(entry: Entry) -> Values:
    """The mean over targets where there are several."""
    return np.asarray(np.abs(_errors(entry)).mean(axis=1))


def squared_errors(entry: Entry) -> Values:
    """The mean over targets where there are several."""
    return np.asarray((_errors(entry) ** 2).mean(axis=1))


def row_losses(entry: Entry) -> Values:
    """As the task of the run has them."""
    assert entry.losses is not None
    return entry.losses


def metrics_of(entries: Sequence[Entry]) -> dict[Metric, RowScore]:
    """The metrics that all of these paired entries have; the first is the headline."""
    first = entries[0]
    if first.kind == "losses":
        return {**{metric: _figure(metric) for metric in common_figures(entries)}, LOSS: row_losses}
    if first.kind == "numbers":
        return {RMSE: squared_errors, MAE: absolute_errors}
    chosen: dict[Metric, RowScore] = {ACCURACY: right, BALANCED_ACCURACY: recalls}
    if all(entry.probabilities is not None for entry in entries):
        chosen[LOG_LOSS] = log_losses
        assert first.truth is not None
        if len(np.unique(first.truth)) >= 2:
            chosen[AUC] = auc_influence
            if len(first.classes) == 2:
                chosen[AVERAGE_PRECISION] = precision_rows
    return chosen


def common_figures(entries: Sequence[Entry]) -> list[Metric]:
    """The further figures of rows that all of these have."""
    return [metric for metric in entries[0].figures if all(metric in entry.figures for entry in entries)]


def _figure(metric: Metric) -> RowScore:
    return lambda entry: entry.figures[metric]


def class_numbers(entry: Entry) -> np.ndarray:
    """(N,) the true class of each row, by its place among the classes."""
    number = {label: at for at, label in enumerate(entry.classes)}
    assert entry.truth is not None
    return np.array([number[label] for label in entry.truth.tolist()], dtype=np.int64)


def _errors(entry: Entry) -> np.ndarray:
    assert entry.predicted is not None
    assert entry.truth is not None
    return np.asarray((entry.predicted - entry.truth).reshape(len(entry), -1))
