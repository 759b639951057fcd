"""Frozen features first: a pretrained net as it is, with a linear head fitted to the optimum. It is the first epoch.

What follows is fine-tuning: its epochs are compared with this one on the validation rows, as any others are. A net of
fixed features has this one alone.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch

from goodfit.fitting.frozen_features import frozen_features
from goodfit.fitting.frozen_head import fit_frozen_head, folds_of
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.problem import Problem
from goodfit.fitting.resizing import best_resized
from goodfit.formatting import number
from goodfit.train.loop import Training, end_epoch


def has_frozen_start(net: Net, training: Training) -> bool:
    """Whether a training begins with fixed features: of a net that has them, or of a pretrained one as it is."""
    frozen = net.pretrained is not None and training.hyper.frozen_epochs > 0
    return net.linear_head is not None and (net.fixed_features or frozen)


def frozen_epoch(problem: Problem, net: Net, training: Training, cache: Path, journal: Journal) -> Problem:
    """Fit the head, put it into the net and close the first epoch of the training.

    Returns:
        The problem, of images as they are seen from here on.
    """
    head = net.linear_head
    assert head is not None
    began = time.monotonic()
    problem, best = best_resized(problem, net, training, cache, journal)
    rows = training.train_rows
    features = frozen_features(training.feed, torch.arange(len(problem.source)), training, net.record, cache, journal)
    folds = folds_of(problem, rows, training.hyper.seed)
    x, y = features.index_select(0, rows), problem.y.index_select(0, rows)
    best = best or fit_frozen_head(x, y, folds, problem.task, net)
    best.say(net, journal)
    fitted = best.head
    with torch.no_grad():
        head.weight.copy_(fitted.weight)
        head.bias.copy_(fitted.bias)
    if problem.split.folds is not None:
        training.held_out = fitted.held_out(x, folds)
    position = training.position
    position.rows = len(rows)
    training.loss_sum.copy_(problem.task.loss(fitted(x), y) * len(rows))
    training.optimiser.param_groups[-1]["lr"] = 0.0
    if training.average is not None:
        training.average.load_state_dict(dict(net.module.state_dict()))
    end_epoch(training)
    position.seconds = time.monotonic() - began
    position.history[-1]["seconds"] = round(position.seconds, 3)
    journal.epoch(training)
    return problem


def say_what_fine_tuning_gave(training: Training, journal: Journal) -> None:
    """Both figures on the validation rows: of the frozen features, and of the best epoch of fine-tuning."""
    position, metric = training.position, training.task.metric
    frozen, *tuned = [line[metric.name] for line in position.history]
    if not tuned:
        return
    best = max(tuned) if metric.higher_is_better else min(tuned)
    kept = "left out" if position.best_epoch == 0 else "kept"
    figures = f"validation {metric.title} {number(best)} at best, {number(frozen)} with frozen features"
    journal.choose("fine-tuning", kept, figures)
