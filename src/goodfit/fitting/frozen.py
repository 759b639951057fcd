"""Frozen features first: a pretrained net as it is, with a linear head fitted to the optimum. It is the first epoch.

What follows is fine-tuning: its epochs are compared with this one on the validation rows, as any others are. A net of
fixed features has this one alone.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from goodfit.data.cache_folder import list_files
from goodfit.data.folds import USUAL_FOLDS
from goodfit.data.source import Source
from goodfit.errors import RunError
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.problem import Problem
from goodfit.formatting import counted, number
from goodfit.nets import architecture
from goodfit.nets.efficientnet_lite import EfficientNetLite
from goodfit.record import NetRecord
from goodfit.store.tensors import load_state, save_state
from goodfit.tasks.task import Task
from goodfit.train.features import features_of
from goodfit.train.linear_head import LinearHead, fit_linear_head
from goodfit.train.loop import Training, end_epoch

ROWS_OF_ALL_FOLDS = 5_000  # with more, one fold of a fifth of the rows is enough
VERSION = 1  # of what nets make of images: a change of one starts anew
FEATURES_NAME = "features"


def has_frozen_start(net: Net, training: Training) -> bool:
    """Whether a training begins with fixed features: of a net that has them, or of a pretrained one as it is."""
    frozen = net.pretrained is not None and training.hyper.frozen_epochs > 0
    return net.linear_head is not None and (net.fixed_features or frozen)


def frozen_epoch(problem: Problem, net: Net, training: Training, cache: Path, journal: Journal) -> None:
    """Fit the head, put it into the net and close the first epoch of the training."""
    head = net.linear_head
    assert head is not None
    began = time.monotonic()
    rows = training.train_rows
    features = _features(problem.source, training, net.record, cache, journal)
    crossed = problem.split.folds
    folds = _folds(problem, rows, training.hyper.seed) if crossed is None else torch.from_numpy(crossed)[rows]
    x, y = features.index_select(0, rows), problem.y.index_select(0, rows)
    fitted = _fit(x, y, folds, problem.task, net, journal)
    with torch.no_grad():
        head.weight.copy_(fitted.weight)
        head.bias.copy_(fitted.bias)
    if crossed is not None:
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


def _fit(x: Tensor, y: Tensor, folds: Tensor, task: Task, net: Net, journal: Journal) -> LinearHead:
    """The head on all features; of few images on the last maps alone, unless the others gain on rows left out.

    Late stages help where images are no photos of objects, and photos of objects do as well without them. Of both heads
    the smaller one is kept unless the other is better by a standard error of their difference (Breiman, Friedman,
    Olshen and Stone 1984, "Classification and regression trees", section 3.4.3).
    """
    fitted = fit_linear_head(x, y, folds, task)
    used, other = x.shape[1], ""
    last = net.module.last_features if isinstance(net.module, EfficientNetLite) else used
    if last < used and len(x) <= ROWS_OF_ALL_FOLDS:
        alone = fit_linear_head(x[:, :last], y, folds, task)
        gain = _left_out_losses(alone, x[:, :last], y, folds, task) - _left_out_losses(fitted, x, y, folds, task)
        if gain.mean() <= gain.std() / math.sqrt(len(gain)):
            other = f"; with those of earlier stages {fitted.left_out_loss:.3f}"
            fitted, used = alone.widened(x.shape[1]), last
        else:
            other = f"; without those of earlier stages {alone.left_out_loss:.3f}"
    kind, loss = "fixed" if net.fixed_features else "frozen", fitted.left_out_loss
    journal.choose(
        "linear head",
        f"on {used:,} {kind} features; penalty {number(fitted.penalty, 3)}",
        f"the lowest loss on rows left out, {loss:.3f}, of {counted(len(fitted.curve), 'penalty')}{other}",
    )
    return fitted


def _left_out_losses(head: LinearHead, x: Tensor, y: Tensor, folds: Tensor, task: Task) -> Tensor:
    """(n,) float64: the loss of each row that a fold left out."""
    rows = folds >= 0
    return task.row_losses(head.held_out(x[rows], folds[rows]), y[rows]).double()


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


def _features(source: Source, training: Training, record: NetRecord, cache: Path, journal: Journal) -> Tensor:
    """(N, D) float16 of every row of the source, from the cache where it has them."""
    head = architecture(str(record.arch)).head
    path = cache / f"{_key(source, training, record, head)}.features"
    if path.is_file():
        try:
            return load_state(path)[0][FEATURES_NAME]
        except RunError:  # damaged, by its checksum: made anew
            path.unlink()
    rows = torch.arange(len(source))
    with journal.progress("features of the images") as progress:
        features = features_of(training.net, head, training.feed, rows, training.precision, progress)
    list_files(cache, path.name)
    save_state(path, {FEATURES_NAME: features}, {})
    return features


def _key(source: Source, training: Training, record: NetRecord, head: str) -> str:
    """Of all that features depend on: the images, how they are read and normalised, the net, the precision."""
    normalise = training.feed.normalise
    facts = [
        VERSION,
        record.arch,
        record.options,
        source.schema(),
        normalise.to_json() if normalise is not None else None,
        training.precision.dtype,
    ]
    digest = hashlib.sha256(json.dumps(facts).encode())
    digest.update("\n".join(source.digests() or source.keys).encode(errors="surrogateescape"))
    for name, tensor in training.net.state_dict().items():
        if not name.startswith(f"{head}."):
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()[:24]


def _folds(problem: Problem, rows: Tensor, seed: int) -> Tensor:
    """(n,) int64: the fold in which each of these rows is left out; -1: in none.

    Rows of one group lie in one fold; rows of one class are dealt out to the folds in turn.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(rows))
    groups = problem.source.groups
    if groups is not None:
        names = np.asarray([groups[row] for row in rows.tolist()])
        _, number = np.unique(names, return_inverse=True)
        dealt = random.permutation(int(number.max()) + 1)[number]
    else:
        labels = problem.class_labels
        if labels is not None:
            order = order[np.argsort(labels[rows.numpy()][order], kind="stable")]
        dealt = np.empty(len(rows), dtype=np.int64)
        dealt[order] = np.arange(len(rows))
    folds = dealt % USUAL_FOLDS
    if len(rows) > ROWS_OF_ALL_FOLDS:
        folds = np.where(folds == 0, 0, -1)
    return torch.from_numpy(folds)
