"""Which labels are probably wrong, from probabilities of models that did not learn from them: confident learning.

Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels" (JAIR 70).
"""

from __future__ import annotations

import numpy as np

OVERLAP_BELOW = 0.9  # of rows whose label is the likeliest class: then more of the list is doubt than error


def confident_joint(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(C, C) how many rows of a given label (first axis) are probably of each class.

    A row counts for the most probable of the classes whose probability is at least the mean of those that carry the
    label; a row that reaches no such mean counts nowhere. Each label's counts are then scaled to its number of rows
    (section 3.1, equation 3).

    Args:
        labels: (N,) class numbers.
        probabilities: (N, C), each row by a model that was not trained on it.
    """
    count = probabilities.shape[1]
    present = np.bincount(labels, minlength=count) > 0
    thresholds = np.array(
        [probabilities[labels == label, label].mean() if present[label] else np.inf for label in range(count)]
    )
    reaching = probabilities >= thresholds - 1e-12
    chosen = np.where(reaching, probabilities, -1.0).argmax(axis=1)
    sure = reaching.any(axis=1)
    joint = np.zeros((count, count))
    np.add.at(joint, (labels[sure], chosen[sure]), 1)
    joint[np.diag_indices(count)] = np.maximum(joint.diagonal(), present)  # a label means its class at least once
    rows = np.bincount(labels, minlength=count)
    sums = joint.sum(axis=1)
    return np.asarray(joint * np.divide(rows, sums, out=np.zeros(count), where=sums > 0)[:, None])


def wrong_labels(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(k,) places of rows whose label is probably wrong, the least believed first.

    Rows that are taken by both of the paper's rules (section 3.2, "C+NR", which has the fewest false alarms): of each
    pair (label, class) as many as the confident joint says, with the largest margin of the class over the label; and
    of each label as many as it says in all, with the lowest probability of the label. Rows whose label is the most
    probable class all the same are left out. They are ordered by the probability of their label.

    Args: see `confident_joint`.
    """
    joint = _whole(confident_joint(labels, probabilities))
    of_pair, of_label = np.zeros(len(labels), dtype=bool), np.zeros(len(labels), dtype=bool)
    for label in range(probabilities.shape[1]):
        rows = np.flatnonzero(labels == label)
        own = probabilities[rows, label]
        wrong = int(joint[label].sum() - joint[label, label])
        of_label[rows[np.argsort(own, kind="stable")[:wrong]]] = True
        for other in range(probabilities.shape[1]):
            if other != label:
                margin = probabilities[rows, other] - own
                of_pair[rows[np.argsort(-margin, kind="stable")[: joint[label, other]]]] = True
    places = np.flatnonzero(of_pair & of_label & (probabilities.argmax(axis=1) != labels))
    return places[np.argsort(probabilities[places, labels[places]], kind="stable")]


def _whole(joint: np.ndarray) -> np.ndarray:
    """Whole numbers with the same sum in each row: the largest remainders are rounded up."""
    low = np.floor(joint + 1e-9).astype(np.int64)
    for row, kept in zip(joint, low, strict=True):
        left = round(float(row.sum())) - int(kept.sum())
        kept[np.argsort(kept - row, kind="stable")[:left]] += 1
    return low
