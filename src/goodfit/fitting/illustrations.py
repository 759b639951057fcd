"""Pictures for the report that need the net or the training rows: augmented samples, and what a mistake rests on."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from goodfit.data.images.augment import Augmenter, AugmentSettings
from goodfit.tasks.task import Task
from goodfit.train.loop import Training

SAMPLES = 6  # training images that are shown as they are and augmented
EXPLAINED = 6  # mistakes
GRID = 5  # places of the patch along each side: 25 passes an image
PATCH_SHARE = 0.25  # of the side


def augmented_samples(training: Training) -> tuple[Tensor, Tensor] | None:
    """Some training images (K, H, W, C) uint8 as they are, and as an epoch shows them; None without augmentation.

    The random stream is one of its own: what training drew is not drawn again, and nothing it will draw is changed.
    """
    feed, settings = training.feed, AugmentSettings.preset(training.hyper.augment)
    if settings == AugmentSettings.none() or not feed.source.images or not len(training.train_rows):
        return None
    rows = training.train_rows[:: max(1, len(training.train_rows) // SAMPLES)][:SAMPLES]
    x, y = feed.source.read(rows).to(feed.device), feed.y.index_select(0, rows).to(feed.device)
    augment = Augmenter(settings, training.task.outputs, training.task.beside)
    shown, _ = augment(x, y, torch.Generator(device=feed.device).manual_seed(feed.seed))
    return _pixels(x), _pixels(shown)


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
    for number in range(GRID * GRID):
        top, left = (
            round(at * (side - size) / (GRID - 1))
            for at, side, size in zip(divmod(number, GRID), (high, wide), patch, strict=True)
        )
        copies[number, :, top : top + patch[0], left : left + patch[1]] = mean
    return copies


def _pixels(x: Tensor) -> Tensor:
    """(K, C, H, W) in 0..255 as (K, H, W, C) uint8."""
    return x.float().round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu()
