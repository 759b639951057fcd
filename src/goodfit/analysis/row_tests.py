"""The paired test of two models in one metric, on rows or groups of rows, and what is believed of their difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_scores import class_numbers, ranked, recalls, right
from goodfit.stats.areas import area_difference, average_precision, mean_auc
from goodfit.stats.estimates import Estimate
from goodfit.stats.paired import (
    DiscordantPosterior,
    PairedTest,
    Posterior,
    correlated_posterior,
    mcnemar,
    paired_t,
    posterior_of,
    share_difference,
)
from goodfit.stats.precisions import precision_difference
from goodfit.stats.recalls import balanced_accuracy
from goodfit.stats.sign_flips import sign_flip, sign_flip_of_parts
from goodfit.tasks.metric import ACCURACY, AUC, AVERAGE_PRECISION, BALANCED_ACCURACY, Metric

ROUNDING = 1e-6  # of the largest value: predictions that are read from a file have lost their last digits
NOTHING = Estimate(0.0, 0.0, 0.0)
OF_ALL_ROWS = (BALANCED_ACCURACY, AUC, AVERAGE_PRECISION)  # no means of rows: what a row adds, others decide too

Belief = Posterior | DiscordantPosterior


def row_test(metric: Metric, a: Entry, b: Entry, differences: np.ndarray) -> tuple[PairedTest, Belief]:
    """The test, and the belief after these rows.

    Args:
        differences: (N,) whose mean is the difference of the two values.
    """
    groups = a.groups
    if metric == ACCURACY and groups is None:
        return _accuracy_test(a, b)
    degrees = float(len(a) if groups is None else len(np.unique(groups))) - 1
    if metric == AUC:
        test, degrees = area_test(a, b)
    elif metric == AVERAGE_PRECISION:
        test, degrees = precision_test(a, b)
    elif metric == BALANCED_ACCURACY:
        test = recall_test(a, b)
    else:
        test = sign_flip(differences, np.zeros(len(differences)), groups)
    if metric not in OF_ALL_ROWS:
        return test, correlated_posterior(differences) if groups is None else posterior_of(test, max(1.0, degrees))
    of_order = metric != BALANCED_ACCURACY and test.difference.value == 0
    if equal_predictions(a, b) or (of_order and _same_order(a, b)):
        test = PairedTest(NOTHING, 0.0, 1.0, test.method)
    elif test.difference.low == test.difference.high:
        test = replace(test, difference=_unseen(metric, a, test.difference.value))
    return test, posterior_of(test, max(1.0, degrees))


def equal_predictions(a: Entry, b: Entry) -> bool:
    """Whether all that is known of both models' predictions is the same in every row."""
    if a.predicted is None or b.predicted is None or (a.probabilities is None) != (b.probabilities is None):
        return False
    if a.predicted.dtype.kind == "f":
        return bool((np.abs(a.predicted - b.predicted) <= ROUNDING * np.abs(a.predicted)).all())
    same = bool((a.predicted == b.predicted).all())
    if a.probabilities is None or b.probabilities is None:
        return same
    return same and bool((np.abs(a.probabilities - b.probabilities) <= ROUNDING).all())


def _same_order(a: Entry, b: Entry) -> bool:
    """Whether both rank all rows alike, as a model and the same with another temperature do: areas know no more."""
    assert a.probabilities is not None
    assert b.probabilities is not None
    columns = ranked(a, class_numbers(a))

    def places(shares: np.ndarray) -> np.ndarray:
        return np.stack([np.unique(shares[:, column], return_inverse=True)[1] for column in columns])

    return np.array_equal(places(a.probabilities), places(b.probabilities))


def _accuracy_test(a: Entry, b: Entry) -> tuple[PairedTest, Belief]:
    """McNemar's, with Tango's interval: where classes alone are known, and equal, other rows may tell models apart."""
    of_a, of_b = right(a), right(b)
    only_a, only_b = int((of_a > of_b).sum()), int((of_b > of_a).sum())
    if a.probabilities is not None and equal_predictions(a, b):
        return PairedTest(NOTHING, 0.0, 1.0, "McNemar"), Posterior(0.0, 0.0, 1)
    interval = share_difference(only_a, only_b, len(a))
    test = PairedTest(interval, only_a, mcnemar(only_a, only_b), "McNemar")
    return test, DiscordantPosterior(only_a, only_b, len(a))


def area_test(a: Entry, b: Entry) -> tuple[PairedTest, float]:
    """Of the difference of two areas under the ROC curve, of more classes of the mean of each against the rest.

    Returns:
        The test and its degrees of freedom.
    """
    assert a.probabilities is not None
    assert b.probabilities is not None
    numbers = class_numbers(a)
    columns = ranked(a, numbers)
    return area_difference(
        a.probabilities[:, columns], b.probabilities[:, columns], numbers[:, None] == columns, a.groups
    )


def precision_test(a: Entry, b: Entry) -> tuple[PairedTest, float]:
    """Of the difference of two average precisions of the second of two classes, and its degrees of freedom."""
    assert a.probabilities is not None
    assert b.probabilities is not None
    return precision_difference(a.probabilities[:, 1], b.probabilities[:, 1], class_numbers(a) == 1, a.groups)


def recall_test(a: Entry, b: Entry) -> PairedTest:
    """Of the difference of two balanced accuracies: Student's t test of rows, and the sign-flip test of groups.

    Student's needs many groups of each class: where a group's rows are of one class (a patient is ill or is not), it
    calls equal models different in 14% of pairs with six groups, and in 12% where one group has half of the rows.
    """
    numbers = class_numbers(a)
    if a.groups is None:
        return paired_t(recalls(a), recalls(b))
    counts = np.bincount(numbers)
    weights = 1 / (np.count_nonzero(counts) * counts[numbers])
    return sign_flip_of_parts(weights * (right(a) - right(b)), weights, a.groups)


def _unseen(metric: Metric, entry: Entry, value: float) -> Estimate:
    """The interval of a difference to which no row adds anything, of models whose predictions differ.

    How far they may lie apart in other rows: as far as a model without a mistake in these rows may be from 1. It is
    what Tango's interval says of two shares whose rows are all alike.
    """
    numbers = class_numbers(entry)
    if metric == BALANCED_ACCURACY:
        perfect: Estimate | None = balanced_accuracy(np.ones(len(entry)), numbers, entry.groups)
    elif metric == AVERAGE_PRECISION:
        perfect = average_precision(numbers.astype(np.float64), numbers == 1, entry.groups)
    else:
        positive = numbers[:, None] == ranked(entry, numbers)
        perfect = mean_auc(positive.astype(np.float64), positive, entry.groups)
    assert perfect is not None  # it was compared
    return Estimate(value, value - (1 - perfect.low), value + (1 - perfect.low))
