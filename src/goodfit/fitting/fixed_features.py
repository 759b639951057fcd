"""Fits in which nothing but a linear head is learnt: on the features of a pretrained net, or of edges and colours.

The features of all images are computed once, so that a head for each fold costs next to nothing: such a fit is
cross-fitted, and no image is lost to validation.
"""

from __future__ import annotations

from goodfit.data.source import Source
from goodfit.fitting.options import FitOptions
from goodfit.fitting.pretrained import NONE, choose_weights
from goodfit.fitting.resume import Started
from goodfit.nets import architecture, imagenet
from goodfit.tasks.task import Task

SMALL_SIDE = 64  # px: images up to here are small, and no photos
FEW_PHOTOS = 200  # images above 64 px, from which a net from scratch learns less than edges and colours say


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
