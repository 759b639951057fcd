"""What the page shows: plain values that a run fills in, and what can be counted from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from goodfit.analysis.headline import Headline
from goodfit.report.examples import Example
from goodfit.tasks.metric import Metric
from goodfit.tasks.section import Section

Scores = Mapping[str, Mapping[str, float]]  # metric -> {"value", "low", "high"}


@dataclass(frozen=True)
class WorstMistake:
    """A row that the model got wrong, and how it looked."""

    key: str  # path or row number, as the data has it
    truth: Any
    prediction: Any
    confidence: float | None  # 0..1; None where the task has none
    loss: float
    thumbnail: np.ndarray | None = None  # (H, W, C) uint8, C 1, 3 or 4
    heat: np.ndarray | None = None  # (g, g) float: what the prediction rests on, by place
    values: Mapping[str, Any] = field(default_factory=dict)  # of a table's row: column -> value as it was written
    doubted: bool = False  # whether its label is probably wrong


class Sample(NamedTuple):
    """A training image, (H, W, C) uint8: as it is, as an epoch shows it if that differs, and what its target says."""

    as_is: np.ndarray
    seen: np.ndarray | None
    label: str


@dataclass(frozen=True, kw_only=True)
class PageData:
    """Everything on the page. What is None or empty gets no section."""

    title: str
    run_name: str
    task: str  # its name
    verdict: str
    verdict_sentences: Sequence[str]
    rows: Mapping[str, int]  # train, valid, test, unreadable
    metrics: Mapping[str, Scores]  # "valid", "test" -> metric -> value, low, high (95%)
    metric_list: Sequence[Metric]  # of the task; the first is the one that chose the epoch
    created: str  # ISO 8601
    seconds: float
    headline: Headline | None = None  # the verdict in everyday words, and how the model stands beside others
    findings: Sequence[Mapping[str, Any]] = ()  # rule, code, level, message, fix; also file, line, count
    baseline: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # part -> metric -> value
    rival: str = "the trivial predictor"  # what the baseline is of
    history: Sequence[Mapping[str, Any]] = ()  # an epoch each: epoch, train_loss, valid_loss, <main metric>, ...
    range_test: Mapping[str, Any] | None = None  # of learning rates: rates, losses, chosen
    best_epoch: int | None = None  # counted from 1, as in history
    loss_unit: str = ""  # nats per row
    noun: str = "row"  # what one is called: image, rating
    folds: int = 1  # in which the training rows validate
    sections: Sequence[Section] = ()  # of the task, and of what was analysed
    example_words: str = ""  # what the examples or the worst mistakes are, in a sentence
    worst: Sequence[WorstMistake] = ()
    examples: Sequence[Example] = ()  # of tasks whose output is an image
    unreadable: Sequence[tuple[str, str]] = ()  # key, reason
    choices: Sequence[tuple[str, Any, str]] = ()  # name, value, why
    environment: Mapping[str, Any] = field(default_factory=dict)
    commands: Sequence[str] = ()
    use: tuple[str, str] | None = None  # what the model is used for, and the command
    samples: Sequence[Sample] = ()  # of training images
    legend: Sequence[tuple[str, str]] = ()  # of masks: class, and its colour as #rrggbb
    looks_at_test: int = 0
    groups: int = 0  # that the scored rows are of; 0: each row stands alone

    @property
    def main_metric(self) -> Metric:
        return self.metric_list[0]

    @property
    def scored_part(self) -> str:
        """Where the headline comes from: test, or valid where there are no test rows."""
        return "test" if self.main_metric.name in self.metrics.get("test", {}) else "valid"

    def metric(self, name: str) -> Metric:
        """What is known of a metric; one that the task has no more is called by its name."""
        return next((metric for metric in self.metric_list if metric.name == name), Metric.unknown(name))
