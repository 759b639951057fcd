"""Which fits of images are cross-fitted, so that none is lost to validation: docs/decisions/041-images-in-folds.md.

Where nothing but a linear head is learnt, on the features of a pretrained net or of edges and colours, a head for each
fold costs next to nothing. A net for each fold takes its time: of few images, where that is affordable.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from goodfit.data.folds import USUAL_FOLDS
from goodfit.data.source import Source
from goodfit.fitting.defaults import epochs_of_rows
from goodfit.fitting.effort import CONVNET, affords_folds, usual_machine
from goodfit.fitting.options import FitOptions
from goodfit.fitting.pretrained import NONE, choose_weights
from goodfit.fitting.resume import Started
from goodfit.nets import architecture, imagenet
from goodfit.tasks.task import Task

IMAGES_BY_HEADS = 5_000  # up to so many are cross-fitted by heads,
IMAGES_BY_NETS = 2_000  # and up to so many by nets
SMALL_SIDE = 64  # px: images up to here are small, and no photos
FEW_PHOTOS = 200  # images above 64 px, from which a net from scratch learns less than edges and colours say


def folds_of_images(
    source: Source,
    task: Task,
    options: FitOptions,
    rows: int,
    *,
    head_alone: bool,
    started: Started | None,
    device: torch.device,
) -> tuple[int, str] | None:
    """How many folds validate in turn where nobody said, and why; None: these are no images, or there is one net.

    Args:
        rows: that may be learnt from.
        head_alone: nothing but a linear head is learnt.
        started: the run that is resumed or trained on.
    """
    if head_alone:
        few = rows <= IMAGES_BY_HEADS
        return (USUAL_FOLDS, "a head for each: all images are learnt from, and all validate") if few else None
    if source.arch is not None or len(source.in_shape) != 3 or task.output != "row":
        return None  # a source with a net of its own has no images
    if rows > IMAGES_BY_NETS or device.type != "cpu":
        return None
    if started is not None:
        return (started.net.folds, "as it was started") if started.net.folds > 1 else None
    if options.arch is not None or replace(options, minutes=None).of_training:
        return None
    if choose_weights(source, task, options) is not None:
        return None
    afforded = affords_folds(
        usual_machine(task, options, device),
        CONVNET,
        source.in_shape,
        task.outputs,
        rows,
        epochs_of_rows(rows),
        minutes=options.minutes,
        folds=USUAL_FOLDS,
    )
    return (USUAL_FOLDS, "a net for each: all images are learnt from, and all validate") if afforded else None


def learns_head_alone(
    source: Source, task: Task, options: FitOptions, rows: int, started: Started | None = None
) -> bool:
    """Whether the features are fixed, as far as the options and the data say it.

    Args:
        rows: that may be learnt from.
        started: the run that is resumed, or trained on by steps: its net is as it was chosen then.
    """
    if not source.images or source.arch is not None or task.output != "row":
        return False
    if started is not None:
        fixed = started.net.arch is not None and architecture(started.net.arch).fixed_features
        frozen = started.pretrained == imagenet.NAME and not options.fine_tunes
        return started.more is None and (fixed or frozen)
    weights = choose_weights(source, task, options)
    if weights is not None:
        return weights.where == imagenet.NAME and not options.fine_tunes
    if options.arch is not None:
        return architecture(options.arch).fixed_features
    return are_few_photos(source, options, rows)


def are_few_photos(source: Source, options: FitOptions, rows: int) -> bool:
    """Whether edges and colours make more of the images than a net from scratch, and no training was asked for.

    Args:
        rows: that may be learnt from.
    """
    if max(source.in_shape[1:], default=0) <= SMALL_SIDE or rows >= FEW_PHOTOS or options.of_training:
        return False
    return source.images and options.pretrained in (None, NONE)
