"""How far the model is usually off, learnt from the rows that it was not trained on: for intervals that follow x.

A model of the logarithm of the errors is cross-fitted on the held-out rows, so that each row's spread is of a model
that has not seen its error; the intervals are calibrated on these (Lei et al. 2018, "Distribution-free predictive
inference for regression", section 5.2; Barber et al. 2021, "Predictive inference with the jackknife+", for folds).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from goodfit.data.folds import USUAL_FOLDS, make_folds
from goodfit.fitting.blending import Finished, say_left_out
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.options import FitOptions
from goodfit.fitting.problem import Problem
from goodfit.nets.with_spread import HeadInput, WithSpread, beside
from goodfit.record import SpreadPart
from goodfit.rivals.linear import LinearRival
from goodfit.rivals.rival import FittedRival, Lesson, Rival
from goodfit.rivals.time_limit import TimeLimit
from goodfit.rivals.trees import TreesRival
from goodfit.tasks.regression import Regression
from goodfit.tasks.task import Task
from goodfit.train.evaluate import scores
from goodfit.train.loop import Training

ROWS_AT_LEAST = 100  # held out; of fewer nothing is learnt
ROWS_AT_MOST, CELLS_AT_MOST = 20_000, 20_000_000  # more are sampled: seconds, not minutes
SECONDS_OF_SPREAD, SECONDS_AT_LEAST = 10.0, 2.0  # that fitting it usually takes, and that are worth a beginning
SMALLEST_ERROR = 0.25  # of the median one, added to each: the logarithm of an error next to nothing says nothing
ERRORS_AT_LEAST = 2.0  # standard errors of the gain in the interval score, below which the widths stay as they are


class PlainTrees(TreesRival):
    """Boosted trees that are grown once."""

    plain = True


@dataclass(frozen=True)
class Examples:
    """What the spread is learnt from.

    Attributes:
        at: (n,) positions among the held-out rows: all of them, or a sample.
        features: (M, D + 1) of all held-out rows, with the model's number among them.
        logs: (M,) logarithms of their errors, in the net's units.
        codes: how many codes each category has that stands behind the numbers.
        head: the layer of the model whose input are the features; None: x itself is.
    """

    at: Tensor
    features: Tensor
    logs: np.ndarray
    codes: tuple[int, ...]
    head: str | None

    @property
    def numbers(self) -> int:
        """How many of a row's D features are numbers."""
        return self.features.shape[1] - 1 - len(self.codes)


def with_spread(
    finished: Finished,
    training: Training,
    problem: Problem,
    net: Net,
    journal: Journal,
    options: FitOptions,
    limit: TimeLimit | None = None,
) -> Finished:
    """What predicts, giving the spread of each row as well, where the rows held out say that intervals gain by it.

    Args:
        limit: how long that may take.
    """
    task, limit = training.task, limit or TimeLimit()
    if task.accepts_spread and not limit.allows(SECONDS_AT_LEAST, "widths of intervals that follow x"):
        say_left_out(limit.left_out, options, journal)
        return finished
    with journal.progress("fitting the widths of intervals"):
        examples = _examples(finished, training, problem, net) if task.accepts_spread else None
        if examples is None:
            return finished
        lesson = replace(_lesson(examples, training, problem, options.seed), limit=limit)
        spreads: list[Rival] = [LinearRival(), PlainTrees()]
        fitted = [rival.fit(lesson) for rival in spreads]
        best = min(fitted, key=lambda each: float(lesson.task.row_losses(each.out, lesson.y).mean()))
        if limit.left_out:
            say_left_out([f"{each}, of the widths of intervals" for each in limit.left_out], options, journal)
        made = _beside(finished, examples, lesson, best, training.feed.device)
    before = task.with_intervals(finished.out, finished.y).interval_losses(finished.out, finished.y)
    after = task.with_intervals(made.out, finished.y).interval_losses(made.out, finished.y)
    gain = before - after
    if gain.mean() <= ERRORS_AT_LEAST * gain.std() / np.sqrt(len(gain)):
        journal.choose("intervals", "by the predicted number", "widths that follow x were not clearly better")
        return finished
    journal.choose(
        "intervals",
        f"widths follow x, by {best.name}",
        f"the interval score of rows held out is {gain.mean() / before.mean():.0%} lower",
    )
    return made


def _examples(finished: Finished, training: Training, problem: Problem, net: Net) -> Examples | None:
    """None where there is nothing to learn from: few rows, or images of a net without a linear head."""
    logs = _log_errors(finished, training.task)
    head = _head(finished, net)
    if logs is None or (head is None and len(problem.source.in_shape) != 1):
        return None
    rows, codes = training.valid_rows, problem.source.category_codes if head is None else ()
    if head is None:
        x = torch.cat([batch.x.float().cpu() for batch in training.feed.in_order(rows)])
    else:
        module = HeadInput(finished.module, head)
        try:
            x, _ = scores(module, training.feed, training.task, rows, training.precision)
        finally:
            module.let_go()
    features = beside(x, finished.out.float().reshape(len(rows), 1), x.shape[1] - len(codes))
    most = max(ROWS_AT_LEAST, min(ROWS_AT_MOST, CELLS_AT_MOST // features.shape[1]))
    at = torch.arange(len(rows))[:: max(1, -(-len(rows) // most))]
    return Examples(at, features, logs, codes, head)


def _log_errors(finished: Finished, task: Task) -> np.ndarray | None:
    """(M,) of all held-out rows; None of few rows, and where the errors do not differ."""
    if len(finished.y) < ROWS_AT_LEAST:
        return None
    truth = task.net_units(finished.y)
    assert truth is not None, f"{task.name} has no spread"
    errors = (finished.out.double().reshape(len(truth), -1) - truth).abs()[:, 0].numpy()
    smallest = SMALLEST_ERROR * float(np.median(errors))
    logs = np.log(errors + smallest) if smallest > 0 else np.zeros(len(errors))
    return np.asarray(logs) if logs.std() > 0 else None


def _head(finished: Finished, net: Net) -> str | None:
    """The linear layer at the end of the net, by its name in the model; None where rows themselves are features."""
    if net.linear_head is None or len(net.record.in_shape) == 1:
        return None
    names: dict[nn.Module, str] = {module: name for name, module in finished.module.named_modules()}
    return names[net.linear_head]


def _lesson(examples: Examples, training: Training, problem: Problem, seed: int) -> Lesson:
    """The logarithms, in folds of the held-out rows; rows of one group are in one fold."""
    rows = training.valid_rows[examples.at]
    folds = problem.split.folds
    of_row = (
        folds
        if folds is not None
        else make_folds(
            rows.numpy(), len(problem.source), USUAL_FOLDS, labels=None, groups=problem.source.groups, seed=seed
        )
    )[rows.numpy()]
    parts = [(np.flatnonzero(of_row != fold), np.flatnonzero(of_row == fold)) for fold in np.unique(of_row)]
    logs = examples.logs[examples.at.numpy()]
    task = Regression.from_targets(logs)
    return Lesson(task, examples.features[examples.at], torch.from_numpy(logs), parts, examples.codes, seed)


def _beside(
    finished: Finished, examples: Examples, lesson: Lesson, fitted: FittedRival, device: torch.device
) -> Finished:
    """The model that gives both; of its outputs each spread is of a model that has not seen the row's error."""
    task = lesson.task
    assert isinstance(task, Regression)
    with torch.no_grad():
        z = fitted.module(examples.features).float()
    z[examples.at] = fitted.out
    spread = z * task.deviations[0] + task.means[0]
    module = WithSpread(finished.module, fitted.module, examples.head, examples.numbers).to(device).eval()
    module.centre.fill_(task.means[0])
    module.deviation.fill_(task.deviations[0])
    out = torch.cat([finished.out.reshape(len(z), 1), spread], dim=1)
    shape = tuple(examples.features.shape[1:])
    part = SpreadPart(fitted.arch, fitted.options, shape, examples.head, examples.numbers)
    return replace(finished, module=module, record=replace(finished.record, spread=part), out=out)
