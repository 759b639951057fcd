"""Pictures for the report that need the net or the training rows: samples, and what a mistake rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.formatting import number
from goodfit.tasks.task import Task
from goodfit.train.loop import Training

SAMPLES = 12  # training images that are shown
EXPLAINED = 6  # mistakes
GRID = 5  # places of the patch along each side: 25 passes an image
PATCH_SHARE = 0.25  # of the side


@dataclass(frozen=True)
class Samples:
    """Some training images.

    Attributes:
        as_is: (K, H, W, C) uint8, as they were read.
        seen: the same, as an epoch shows them; None without augmentation.
        labels: what their targets say, one each; empty where targets are images.
    """

    as_is: Tensor
    seen: Tensor | None
    labels: list[str]


def training_samples(training: Training) -> Samples | None:
    """Training images of as many classes as there is room for; None where rows are no images.

    The random stream is one of its own: what training drew is not drawn again, and nothing it will draw is changed.
    """
    feed, task, settings = training.feed, training.task, AugmentSettings.preset(training.hyper.augment)
    if not feed.source.images or not len(training.train_rows):
        return None
    rows = _of_every_class(training.train_rows, feed.y, task)
    x, y = feed.source.read(rows).to(feed.device), feed.y.index_select(0, rows).to(feed.device)
    seen = None
    if settings != AugmentSettings.none():
        augment = Augmenter(settings, task.outputs, task.beside)
        seen = _pixels(augment(x, y, torch.Generator(device=feed.device).manual_seed(feed.seed))[0])
    labels = [number(task.truth(target)) for target in y.cpu()] if task.output == "row" else []
    return Samples(_pixels(x), seen, labels)


def _of_every_class(rows: Tensor, y: Tensor, task: Task) -> Tensor:
    """Of classes one row each in turn, the classes evenly spaced where there are many; else rows evenly spaced."""
    if task.family == "classes" and y.dim() == 1:
        classes = y.index_select(0, rows).cpu().numpy()
        by_class = np.argsort(classes, kind="stable")
        starts = np.flatnonzero(np.diff(classes[by_class], prepend=-1))
        nth = np.empty(len(rows), dtype=np.int64)  # of its class
        nth[by_class] = np.arange(len(rows)) - np.repeat(starts, np.diff(starts, append=len(rows)))
        rows = rows[torch.from_numpy(np.lexsort((classes, nth))[: max(SAMPLES, len(starts))])]
    return rows[:: max(1, len(rows) // SAMPLES)][:SAMPLES]


def occlusion_maps(x: Tensor, out: Tensor, task: Task, predict: Callable[[Tensor], Tensor]) -> Tensor | None:
    """(K, GRID, GRID): how much surer of its prediction the net is with each part of an image than without it.

    A patch of a quarter of the side, of the image's own mean colour, is laid over each place in turn; the map holds the
    rise of the loss against what was predicted, 0 at least ("occlusion sensitivity": Zeiler and Fergus 2014, section
    4.2).

    Args:
        x: (K, C, H, W) images as they are stored.
        out: (K, ...) outputs of them.
        predict: x -> outputs.

    Returns:
        None for tasks whose outputs are no such prediction.
    """
    predicted = task.predicted(out)
    if predicted is None or not len(x):
        return None
    base = task.row_losses(out, predicted)
    maps = []
    for image, target, loss in zip(x, predicted, base, strict=True):
        covered = predict(_covered(image))
        losses = task.row_losses(covered, target.expand(GRID * GRID, *target.shape).contiguous())
        maps.append((losses - loss).clamp_min(0).reshape(GRID, GRID))
    return torch.stack(maps).float()


def _covered(image: Tensor) -> Tensor:
    """(GRID * GRID, C, H, W): the image with the patch at each place, row by row."""
    high, wide = image.shape[-2:]
    patch = max(1, round(high * PATCH_SHARE)), max(1, round(wide * PATCH_SHARE))
    mean = image.float().mean((1, 2), keepdim=True).to(image.dtype)
    copies = image.repeat(GRID * GRID, 1, 1, 1)
    for place in range(GRID * GRID):
        top, left = (
            round(at * (side - size) / (GRID - 1))
            for at, side, size in zip(divmod(place, GRID), (high, wide), patch, strict=True)
        )
        copies[place, :, top : top + patch[0], left : left + patch[1]] = mean
    return copies


def _pixels(x: Tensor) -> Tensor:
    """(K, C, H, W) in 0..255 as (K, H, W, C) uint8."""
    return x.float().round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu()
