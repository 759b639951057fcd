"""After the last epoch: the best weights back, outputs of each part, metrics with intervals, baselines, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.analysis.importance import explain
from goodfit.analysis.what_if import WhatIf
from goodfit.checks.finding import Finding
from goodfit.checks.rule import EndFacts, check_end
from goodfit.data.fingerprint import fingerprint
from goodfit.data.groups import groups_of
from goodfit.data.images.same_pixels import twins
from goodfit.data.row_digests import with_content_of
from goodfit.fitting import image_rival
from goodfit.fitting.blending import Contender, Finished, PartScores
from goodfit.fitting.illustrations import EXPLAINED, Samples, occlusion_maps, training_samples
from goodfit.fitting.problem import Problem
from goodfit.nets.blend import Blend
from goodfit.nets.wide import is_wide
from goodfit.record import RivalScore
from goodfit.rivals.linear import LinearRival
from goodfit.rivals.words import WordsRival
from goodfit.stats.estimates import Estimate, mean
from goodfit.tasks.task import Task
from goodfit.train.evaluate import in_eval_mode, outputs
from goodfit.train.loop import Training

PIECES_AT_LEAST = 2  # of equal size, so that two threads have as much to do
SIMPLER = (LinearRival.name, WordsRival.name, image_rival.NAME)  # rivals that a net should know no less than


@dataclass(frozen=True)
class Part:
    """A part of the data as it was scored.

    Attributes:
        rows: row numbers; of the training part a sample.
        out, y: what the task keeps of outputs and targets.
        metrics, baseline: by name; the baseline is the task's rival on the same rows.
        groups: (N,) which rows belong together; None: all stand alone.
    """

    rows: Tensor
    out: Tensor
    y: Tensor
    metrics: dict[str, Estimate]
    baseline: dict[str, float]
    groups: np.ndarray | None


@dataclass(frozen=True)
class Examples:
    """The rows that the report shows.

    Attributes:
        at: their positions among the scored rows.
        thumbnails: (H, W, C) uint8 of each; None where a row is no image.
        truths, drawn: of outputs that are images: targets, and outputs as images.
        values: of rows of a table: column -> value; empty of others.
        occlusion: of the first images what the prediction rests on; samples: some training images. See
            `goodfit.fitting.illustrations`.
    """

    at: list[int]
    keys: list[str]
    thumbnails: list[np.ndarray] | None
    truths: Tensor | None
    drawn: Tensor | None
    values: list[dict[str, str]]
    occlusion: Tensor | None
    samples: Samples | None


@dataclass(frozen=True)
class Scored:
    """The scores of a trained net.

    Attributes:
        task: as it predicts: calibrated, and with intervals where they were asked for.
        rivals: other models on the same rows.
        parts: train (a sample), valid and, where there are such rows, test.
        looks: how often these test rows have been scored, this time included.
        explanation: what the columns of a table contribute.
        analyses: what the task adds, by name.
    """

    task: Task
    parts: dict[str, Part]
    rivals: list[RivalScore]
    findings: list[Finding]
    looks: int
    explanation: dict[str, Any] | None
    analyses: dict[str, Any]
    examples: Examples

    @property
    def shown(self) -> str:
        """The part that the headline comes from."""
        return "test" if "test" in self.parts else "valid"


def score(
    training: Training,
    finished: Finished,
    problem: Problem,
    *,
    interval: bool,
    seed: int,
    known: PartScores | None = None,
    looks: Counter[str] | None = None,
    minutes: float | None = None,
    threads: int = 1,
) -> Scored:
    """Score the finished model and its rivals.

    Args:
        interval: learn prediction intervals from the validation rows.
        known: what several processes have scored together: the net's outputs, where it is not blended.
        looks: at sets of test rows, of the run that this one was trained on from.
        minutes: the time budget, if there was one.
        threads: that may predict at the same time.
    """
    scored = dict(known) if known is not None and finished.module is training.net else {}
    scored["valid"] = (finished.out, finished.y)
    outputs_of = _Outputs(training)
    raw = {
        part: (rows, *(scored[part] if part in scored else outputs_of(finished.module, rows)))
        for part, rows in rows_to_score(training.task, problem).items()
    }
    task = training.task.calibrated(finished.out, finished.y)
    if interval:
        task = task.with_intervals(finished.out, finished.y)
    parts = {part: _scored_part(problem, task, *of_part) for part, of_part in raw.items()}
    seen = 0  # this look is written down when the run is kept
    if "test" in parts:
        seen = 1 + (looks[fingerprint(problem.source, parts["test"].rows.numpy())] if looks else 0)
    rivals = [_scored_rival(each, training, task, parts, outputs_of) for each in finished.contenders]
    simpler = next((rival for rival in rivals if rival.score.name in SIMPLER), None)
    shown = parts["test" if "test" in parts else "valid"]
    return Scored(
        task=task,
        parts=parts,
        rivals=[rival.score for rival in rivals],
        findings=check_end(replace(_end_facts(training, task, problem, parts, seen, simpler), minutes=minutes)),
        looks=seen,
        explanation=_explanation(training, finished.module, problem, task, shown, seed, threads),
        analyses=task.analyses(problem.source.read, problem.split.rows("train"), shown.rows, shown.out, shown.y),
        examples=_examples(training, finished.module, problem, task, shown),
    )


class _Outputs:
    """What the task keeps of models' outputs on rows, each computed once: parts of a blend are rivals as well."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._known: dict[tuple[int, int, int], tuple[Tensor, Tensor]] = {}

    def __call__(self, module: nn.Module, rows: Tensor, task: Task | None = None) -> tuple[Tensor, Tensor]:
        task = self._training.task if task is None else task
        if isinstance(module, Blend):
            parts = [self(part, rows, task) for part in module.parts]
            return module.weighed([out for out, _ in parts]), parts[0][1]
        key = (id(module), id(task), id(rows))
        if key not in self._known:
            self._known[key] = self._training.scores(module, rows, task)
        return self._known[key]


def _scored_part(problem: Problem, task: Task, rows: Tensor, out: Tensor, y: Tensor) -> Part:
    groups = groups_of(problem.source, rows)
    return Part(rows, out, y, task.metrics_of_groups(out, y, groups), task.baseline(problem.y_train, y, out), groups)


def rows_to_score(task: Task, problem: Problem) -> dict[str, Tensor]:
    """Rows to score of each part that has any; of the training part a sample, spread evenly."""
    parts = {part: problem.split.rows(part) for part in ("train", "valid", "test")}
    parts["train"] = parts["train"][:: max(1, -(-len(parts["train"]) // task.scored_rows))]
    return {part: rows for part, rows in parts.items() if len(rows)}


@dataclass(frozen=True)
class _ScoredRival:
    """A rival's score, and what it loses more than the model in each row of validation and test."""

    score: RivalScore
    excess: np.ndarray


def _scored_rival(
    rival: Contender, training: Training, task: Task, parts: dict[str, Part], outputs_of: _Outputs
) -> _ScoredRival:
    """Its metrics, calibrated as the model is."""
    valid = parts["valid"]
    own = training.task.calibrated(rival.out, valid.y)
    outs = {"valid": rival.out}
    if "test" in parts:
        outs["test"] = outputs_of(rival.module, parts["test"].rows, rival.task)[0]
    shown = "test" if "test" in parts else "valid"
    excess = {
        part: (
            own.row_losses(out, parts[part].y).double() - task.row_losses(parts[part].out, parts[part].y).double()
        ).numpy()
        for part, out in outs.items()
    }
    score = RivalScore(
        name=rival.name,
        seconds=round(rival.seconds, 2),
        share=rival.share,
        metrics={part: own.metrics_of_groups(out, parts[part].y, parts[part].groups) for part, out in outs.items()},
        excess=mean(excess[shown], parts[shown].groups),
    )
    return _ScoredRival(score, np.concatenate(list(excess.values())))


def _end_facts(
    training: Training, task: Task, problem: Problem, parts: dict[str, Part], looks: int, simpler: _ScoredRival | None
) -> EndFacts:
    position, metric = training.position, task.main_metric
    row_losses = {
        name: task.row_losses(part.out, part.y).double().numpy() for name, part in parts.items() if name != "test"
    }
    trivial = {
        name: losses
        for name, part in parts.items()
        if (losses := task.trivial_losses(problem.y_train, part.y)) is not None
    }
    held_out = [losses for name, losses in trivial.items() if name != "train"]
    return EndFacts(
        history=position.history,
        best_epoch=position.best_epoch + 1,
        kept_train_losses=row_losses["train"],
        kept_valid_losses=row_losses["valid"],
        main_metric=task.metric,
        scores={name: part.metrics[metric] for name, part in parts.items()},
        baseline={name: part.baseline[metric] for name, part in parts.items()},
        rival=task.rival,
        looks_at_test=looks,
        ended_early=training.out_of_patience,
        gains={
            name: (losses.double() - task.row_losses(parts[name].out, parts[name].y).double()).numpy()
            for name, losses in trivial.items()
        },
        trivial_loss=float(torch.cat(held_out).mean()) if held_out else None,
        simpler=None if simpler is None else simpler.excess,
        simpler_arch=LinearRival.arch if simpler is not None and simpler.score.name == LinearRival.name else "",
        test_rows=len(parts["test"].rows) if "test" in parts else 0,
        cross_fitted=problem.split.folds is not None,
        curve=training.curve.double().numpy() if len(training.curve) == len(position.history) else None,
        scores_without_copies=_without_copies(task, problem, parts),
        noun=problem.source.noun,
    )


def _without_copies(task: Task, problem: Problem, parts: dict[str, Part]) -> dict[str, float]:
    """The main metric of each part without the rows whose content is that of a training row."""
    digests = None if problem.source.repeats else twins(problem.source)
    if digests is None:
        return {}
    trained = problem.split.rows("train").numpy()
    scores = {}
    for name, part in parts.items():
        if name == "train" or (name == "valid" and problem.split.folds is not None):
            continue
        new = ~torch.from_numpy(with_content_of(digests, part.rows.numpy(), trained))
        if not new.all() and new.any():
            scores[name] = task.score(part.out[new], part.y[new])
    return scores


def _explanation(
    training: Training, module: nn.Module, problem: Problem, task: Task, shown: Part, seed: int, threads: int
) -> dict[str, Any] | None:
    encoder = problem.source.encoder
    if encoder is None:
        return None
    read = problem.source.read_wide if is_wide(module) else problem.source.read
    on_cpu = training.feed.device.type == "cpu"
    with ThreadPoolExecutor(threads if on_cpu else 1, thread_name_prefix="goodfit-explain") as pool:
        what_if = partial(WhatIf, module, _in_pieces(training, pool))
        return explain(encoder, task, what_if, read(shown.rows), shown.y, seed)


def _in_pieces(training: Training, pool: Executor | None = None) -> Callable[[nn.Module, Tensor], Tensor]:
    """(module, x) -> its output in eval mode, on the CPU.

    Args:
        pool: pieces are computed at the same time by its threads, each to the bits that one alone gives.
    """
    feed = training.feed

    def of_piece(module: nn.Module, piece: Tensor) -> Tensor:
        with torch.inference_mode(), training.precision.autocast(feed.device):
            return cast(Tensor, module(feed.ready(piece.to(feed.device))))

    def outputs_of(module: nn.Module, x: Tensor) -> Tensor:
        pieces = x.chunk(max(PIECES_AT_LEAST, -(-len(x) // (2 * feed.batch_size))))
        each = map if pool is None else pool.map
        return torch.cat(list(each(partial(of_piece, module), pieces))).float().cpu()

    return outputs_of


def _examples(training: Training, module: nn.Module, problem: Problem, task: Task, shown: Part) -> Examples:
    source, at = problem.source, task.example_rows(shown.out, shown.y)
    rows = shown.rows[at]
    thumbnails = [image for row in rows.tolist() if (image := source.thumbnail(row)) is not None]
    truths = drawn = None
    if task.output == "image":
        truths = problem.y.index_select(0, rows)
        drawn = task.draw(outputs(module, training.feed, task, rows, training.precision))
    return Examples(
        at=at,
        keys=[source.keys[row] for row in rows.tolist()],
        thumbnails=thumbnails if thumbnails and len(thumbnails) == len(at) else None,
        truths=truths,
        drawn=drawn,
        values=source.values(rows.tolist()) if len(rows) else [],
        occlusion=_occlusion(training, module, problem, task, shown, at) if source.images else None,
        samples=training_samples(training),
    )


def _occlusion(
    training: Training, module: nn.Module, problem: Problem, task: Task, shown: Part, at: list[int]
) -> Tensor | None:
    """Maps of the first images that the report shows."""
    if task.output != "row":
        return None
    first = at[:EXPLAINED]
    with in_eval_mode(module):
        return occlusion_maps(
            problem.source.read(shown.rows[first]), shown.out[first], task, partial(_in_pieces(training), module)
        )
