"""How images of another shape than the net's are brought to it: the folds say which way suits them.

Photos are seen whole, on black: what matters may lie at their edge. Squashed to the net's shape they are seen larger,
and distorted; each way is judged by the head that is fitted to its features, so that the choice costs the features of
some images once more (docs/decisions/052-whole-photos.md).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from goodfit.data.feed import Feed
from goodfit.data.images.image_source import ImageSource
from goodfit.data.images.sizes import CUT_OFF_WORTH_SAYING
from goodfit.data.source import Source
from goodfit.fitting.frozen_features import frozen_features
from goodfit.fitting.frozen_head import FrozenHead, fit_frozen_head, folds_of, is_clearly_better
from goodfit.fitting.journal import Journal
from goodfit.fitting.net import Net
from goodfit.fitting.problem import Problem
from goodfit.train.loop import Training

IMAGES_SEEN_TWICE = 2_000  # up to so many are all seen in every way
ROWS_COMPARED = 1_000  # of more, so many training rows are
SEEN = {"crop": "of the middle", "pad": "whole on black", "squash": "squashed"}  # as people read it


def best_resized(
    problem: Problem, net: Net, training: Training, cache: Path, journal: Journal
) -> tuple[Problem, FrozenHead | None]:
    """The problem, with its images brought to their shape in the way that the folds say; the feed gives them so.

    With it comes the head, where it was fitted to all training rows.
    """
    source = problem.source
    usual, *others = source.resizes or ("",)
    if not others:
        return problem, None
    few = len(source) <= IMAGES_SEEN_TWICE
    rows = training.train_rows
    rows = rows if few else rows[:: -(-len(rows) // ROWS_COMPARED)]
    folds, y = folds_of(problem, rows, training.hyper.seed), problem.y.index_select(0, rows)

    def resized(resize: str, of: Tensor | None) -> Source:
        with journal.progress(f"reading ({resize})") as progress:
            return source.resized(resize, of, cache=cache, progress=progress)

    def features(feed: Feed, of: Tensor) -> Tensor:
        return frozen_features(feed, of, training, net.record, cache, journal)

    sources, heads = {usual: source}, {}
    for resize in (usual, *others):
        if few:
            if resize != usual:
                sources[resize] = resized(resize, None)
            x = features(training.feed.of(sources[resize]), torch.arange(len(source))).index_select(0, rows)
        elif resize == usual:
            x = features(training.feed, rows)
        else:
            part = replace(training.feed, source=resized(resize, rows), y=y, resident=None)
            x = features(part, torch.arange(len(rows)))
        heads[resize] = fit_frozen_head(x, y, folds, problem.task, net)
    best = min(heads, key=lambda resize: float(heads[resize].losses.mean()))
    if not is_clearly_better(heads[best].losses, heads[usual].losses):
        best = usual
    figures = ", ".join(f"{float(head.losses.mean()):.3f} {SEEN[resize]}" for resize, head in heads.items())
    journal.choose("resize", best, f"the loss on rows left out: {figures}")
    if best != usual:
        source = sources[best] if few else resized(best, None)
        training.feed = training.feed.of(source)
    return replace(problem, source=source), heads[best] if few else None


def say_what_is_cut_off(source: Source, journal: Journal) -> None:
    """Where a net sees the middle of images that are much more: the share that it does not see."""
    if isinstance(source, ImageSource) and source.cut_off >= CUT_OFF_WORTH_SAYING:
        journal.choose(
            "resize", "crop", f"{source.cut_off:.0%} of an image is cut off; --resize squash or pad shows all"
        )
