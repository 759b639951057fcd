"""After the last epoch: the best weights back, outputs of each part, metrics with intervals, baselines, findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from goodfit.analysis.importance import explain
from goodfit.checks.finding import Finding
from goodfit.checks.rule import EndFacts, check_end
from goodfit.fitting.problem import Problem
from goodfit.stats.estimates import Estimate
from goodfit.tasks.task import Task
from goodfit.train.evaluate import outputs, scores
from goodfit.train.loop import Training


@dataclass(frozen=True)
class Part:
    """A part of the data as it was scored.

    Attributes:
        rows: row numbers; of the training part a sample.
        out, y: what the task keeps of outputs and targets.
        metrics, baseline: by name; the baseline is the task's rival on the same rows.
    """

    rows: Tensor
    out: Tensor
    y: Tensor
    metrics: dict[str, Estimate]
    baseline: dict[str, float]


@dataclass(frozen=True)
class Examples:
    """The rows that the report shows.

    Attributes:
        at: their positions among the scored rows.
        thumbnails: (H, W, C) uint8 of each; None where a row is no image.
        truths, drawn: of outputs that are images: targets, and outputs as images.
    """

    at: list[int]
    keys: list[str]
    thumbnails: list[np.ndarray] | None
    truths: Tensor | None
    drawn: Tensor | None


@dataclass(frozen=True)
class Scored:
    """The scores of a trained net.

    Attributes:
        task: as it predicts: calibrated, where intervals were asked for.
        parts: train (a sample), valid and, where there are such rows, test.
        looks: how often these test rows have been scored, this time included.
        explanation: what the columns of a table contribute.
        analyses: what the task adds, by name.
    """

    task: Task
    parts: dict[str, Part]
    findings: list[Finding]
    looks: int
    explanation: dict[str, Any] | None
    analyses: dict[str, Any]
    examples: Examples

    @property
    def shown(self) -> str:
        """The part that the headline comes from."""
        return "test" if "test" in self.parts else "valid"


def score(training: Training, problem: Problem, *, interval: bool, seed: int) -> Scored:
    """Score the best weights; the net and the feed stay in the state in which they predict.

    Args:
        interval: learn prediction intervals from the validation rows.
    """
    training.net.load_state_dict(training.best)
    training.net.eval()
    training.feed.augment = None
    raw = {part: (rows, *_scores(training, rows)) for part, rows in _rows(training.task, problem).items()}
    task = training.task
    if interval:
        _, out, y = raw["valid"]
        task = task.calibrated(out, y)
    parts = {
        part: Part(rows, out, y, task.metrics(out, y), task.baseline(problem.y_train, y, out))
        for part, (rows, out, y) in raw.items()
    }
    looks = int("test" in parts)  # it is written down when the run is kept
    shown = parts["test" if "test" in parts else "valid"]
    return Scored(
        task=task,
        parts=parts,
        findings=check_end(_end_facts(training, task, parts, looks)),
        looks=looks,
        explanation=_explanation(training, problem, task, shown, seed),
        analyses=task.analyses(problem.source.read, problem.split.rows("train"), shown.rows, shown.out, shown.y),
        examples=_examples(training, problem, task, shown),
    )


def _rows(task: Task, problem: Problem) -> dict[str, Tensor]:
    """Rows to score of each part that has any; of the training part a sample, spread evenly."""
    parts = {part: problem.split.rows(part) for part in ("train", "valid", "test")}
    parts["train"] = parts["train"][:: max(1, -(-len(parts["train"]) // task.scored_rows))]
    return {part: rows for part, rows in parts.items() if len(rows)}


def _scores(training: Training, rows: Tensor) -> tuple[Tensor, Tensor]:
    return scores(training.net, training.feed, training.task, rows, training.precision)


def _end_facts(training: Training, task: Task, parts: dict[str, Part], looks: int) -> EndFacts:
    position, metric = training.position, task.main_metric
    row_losses = {
        name: task.row_losses(part.out, part.y).double().numpy() for name, part in parts.items() if name != "test"
    }
    return EndFacts(
        history=position.history,
        best_epoch=position.best_epoch + 1,
        lowest_epoch=position.lowest_epoch + 1,
        losses_at_lowest=training.valid_losses["lowest"].double().numpy(),
        losses_at_end=training.valid_losses["last"].double().numpy(),
        kept_train_losses=row_losses["train"],
        kept_valid_losses=row_losses["valid"],
        main_metric=metric,
        greater_is_better=task.metric.higher_is_better,
        scores={name: part.metrics[metric] for name, part in parts.items()},
        baseline={name: part.baseline[metric] for name, part in parts.items()},
        rival=task.rival,
        looks_at_test=looks,
    )


def _explanation(training: Training, problem: Problem, task: Task, shown: Part, seed: int) -> dict[str, Any] | None:
    encoder = problem.source.encoder
    if encoder is None:
        return None
    return explain(encoder, task, _predictor(training), problem.source.read(shown.rows), shown.y, seed)


def _predictor(training: Training) -> Callable[[Tensor], Tensor]:
    """x (n, D) -> output of the net in eval mode, on the CPU."""
    feed = training.feed

    def predict(x: Tensor) -> Tensor:
        with torch.inference_mode(), training.precision.autocast(feed.device):
            pieces = [training.net(feed.ready(piece.to(feed.device))) for piece in torch.split(x, 2 * feed.batch_size)]
            return torch.cat(pieces).float().cpu()

    return predict


def _examples(training: Training, problem: Problem, task: Task, shown: Part) -> Examples:
    source, at = problem.source, task.example_rows(shown.out, shown.y)
    rows = shown.rows[at]
    thumbnails = [image for row in rows.tolist() if (image := source.thumbnail(row)) is not None]
    truths = drawn = None
    if task.output == "image":
        truths = problem.y.index_select(0, rows)
        drawn = task.draw(outputs(training.net, training.feed, task, rows, training.precision))
    return Examples(
        at=at,
        keys=[source.keys[row] for row in rows.tolist()],
        thumbnails=thumbnails if thumbnails and len(thumbnails) == len(at) else None,
        truths=truths,
        drawn=drawn,
    )
