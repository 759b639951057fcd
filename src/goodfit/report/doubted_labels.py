"""Which of the scored rows have a label that is probably wrong, for the page of a run."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from goodfit.formatting import agreeing, counted
from goodfit.stats.confident_learning import OVERLAP_BELOW, wrong_labels
from goodfit.tasks.task import Task


def doubted_rows(task: Task, out: Tensor, y: Tensor) -> set[int]:
    """Places of rows whose label is probably wrong (confident learning); none where the classes overlap.

    Args:
        out: (N, ...) outputs of rows that the model did not learn from. y: their targets.
    """
    shares = task.probabilities(out) if task.family == "classes" else None
    if shares is None or shares.dim() != 2 or shares.shape[1] < 2:
        return set()
    labels, known = y.numpy(), shares.double().numpy()
    if float(np.mean(known.argmax(axis=1) == labels)) < OVERLAP_BELOW:
        return set()
    return set(wrong_labels(labels, known).tolist())


def words_on_doubt(doubted: int, rows: int, noun: str) -> str:
    """What stands above the worst mistakes."""
    if not doubted:
        return ""
    verb = agreeing(doubted, "looks", "look")
    marked = "it is marked" if doubted == 1 else "they are marked where they are among these"
    return (
        f" Of the labels of {counted(rows, noun)}, {doubted:,} {verb} wrong: {marked}. The command goodfit labels "
        "lists all, also of rows that validate."
    )
