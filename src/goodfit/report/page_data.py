"""What the page shows: plain values that a run fills in, and what can be counted from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from goodfit.report.examples import Example

Scores = Mapping[str, Mapping[str, float]]  # metric -> {"value", "low", "high"}

LOWER_IS_BETTER = frozenset({"log_loss", "rmse", "mae"})


@dataclass(frozen=True)
class WorstMistake:
    """A row that the model got wrong, and how it looked."""

    key: str  # path or row number, as the data has it
    truth: Any
    prediction: Any
    confidence: float | None  # 0..1; None where the task has none
    loss: float
    thumbnail: np.ndarray | None = None  # (H, W, C) uint8, C 1, 3 or 4


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """Everything on the page. What is None or empty gets no section."""

    title: str
    run_name: str
    task: str  # "classification", "multilabel", "regression"
    verdict: str
    verdict_sentences: Sequence[str]
    rows: Mapping[str, int]  # train, valid, test, unreadable
    metrics: Mapping[str, Scores]  # "valid", "test" -> metric -> value, low, high (95%)
    main_metric: str
    created: str  # ISO 8601
    seconds: float
    findings: Sequence[Mapping[str, Any]] = ()  # rule, code, level, message, fix; also file, line, count
    baseline: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # part -> metric -> value
    history: Sequence[Mapping[str, Any]] = ()  # an epoch each: epoch, train_loss, valid_loss, <main metric>, ...
    best_epoch: int | None = None  # counted from 1, as in history
    loss_unit: str | None = None  # "nats per row"; when None, what the task's usual loss is measured in
    classes: Sequence[str] | None = None
    class_counts: Mapping[str, Sequence[int]] | None = None  # part -> rows of each class
    confusion: np.ndarray | None = None  # (C, C) counts: a row is a true class, a column a predicted one
    per_class: Sequence[Mapping[str, Any]] | None = None  # label, precision, recall, recall_low, recall_high, ...
    scatter: tuple[np.ndarray, np.ndarray] | None = None  # truth, prediction: (N,) or (N, targets)
    targets: Sequence[str] | None = None  # regression: what the predicted columns are called
    explanation: Mapping[str, Any] | None = None  # of a table: rows, importance, dependence; see goodfit.explain
    activity: Mapping[str, Any] | None = None  # of ratings: users, items, popularity; see goodfit.activity
    worst: Sequence[WorstMistake] = ()
    examples: Sequence[Example] = ()  # of tasks whose output is an image
    per_area: Sequence[Mapping[str, Any]] | None = None  # of masks: label, iou, iou_low, iou_high, precision, ...
    unreadable: Sequence[tuple[str, str]] = ()  # key, reason
    choices: Sequence[tuple[str, Any, str]] = ()  # name, value, why
    environment: Mapping[str, Any] = field(default_factory=dict)
    commands: Sequence[str] = ()
    looks_at_test: int = 0

    @property
    def scored_part(self) -> str:
        """Where the headline comes from: test, or valid where there are no test rows."""
        return "test" if self.main_metric in self.metrics.get("test", {}) else "valid"


class ConfusedPair(NamedTuple):
    """Rows of one class that were taken for another."""

    truth: str
    prediction: str
    rows: int
    share: float  # of the rows of the true class, 0..1


def confused_pairs(confusion: np.ndarray, classes: Sequence[str], most: int = 10) -> list[ConfusedPair]:
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
