"""The paired test of two models in one metric, on rows or groups of rows, and what is believed of their difference."""

from __future__ import annotations

import numpy as np

from goodfit.analysis.entry import Entry
from goodfit.analysis.row_scores import class_numbers, ranked, recalls, right
from goodfit.stats.areas import area_difference, mean_auc
from goodfit.stats.estimates import Estimate
from goodfit.stats.paired import (
    DiscordantPosterior,
    PairedTest,
    Posterior,
    apart,
    correlated_posterior,
    mcnemar,
    paired_t,
    posterior_of,
    share_difference,
)
from goodfit.stats.recalls import balanced_accuracy
from goodfit.stats.sign_flips import sign_flip, sign_flip_of_parts
from goodfit.tasks.metric import ACCURACY, AUC, BALANCED_ACCURACY, Metric

Belief = Posterior | DiscordantPosterior


def row_test(metric: Metric, a: Entry, b: Entry, differences: np.ndarray) -> tuple[PairedTest, Belief]:
    """The test, and the belief after these rows.

    Args:
        differences: (N,) whose mean is the difference of the two values.
    """
    groups = a.groups
    if metric == ACCURACY and groups is None:
        of_a, of_b = right(a), right(b)
        only_a, only_b = int((of_a > of_b).sum()), int((of_b > of_a).sum())
        interval = share_difference(only_a, only_b, len(a))
        test = PairedTest(interval, only_a, mcnemar(only_a, only_b), "McNemar")
        return test, DiscordantPosterior(only_a, only_b, len(a))
    degrees = float(len(a) if groups is None else len(np.unique(groups))) - 1
    if metric == AUC:
        test, degrees = area_test(a, b)
    elif metric == BALANCED_ACCURACY:
        test = recall_test(a, b)
    else:
        test = sign_flip(differences, np.zeros(len(differences)), groups)
    if metric in (AUC, BALANCED_ACCURACY) and test.difference.low == test.difference.high:
        interval = apart(_estimate(metric, a), _estimate(metric, b))
        test = PairedTest(interval, test.statistic, test.p, test.method)
    elif groups is None:
        return test, correlated_posterior(differences)
    return test, posterior_of(test, max(1.0, degrees))


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


def _estimate(metric: Metric, entry: Entry) -> Estimate:
    """The value of one model with its interval."""
    numbers = class_numbers(entry)
    if metric == BALANCED_ACCURACY:
        return balanced_accuracy(right(entry), numbers, entry.groups)
    assert entry.probabilities is not None
    columns = ranked(entry, numbers)
    area = mean_auc(entry.probabilities[:, columns], numbers[:, None] == columns, entry.groups)
    assert area is not None  # it was compared
    return area
