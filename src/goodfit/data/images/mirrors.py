"""Whether images keep their meaning when they are mirrored, asked of the training images themselves.

Each image has a nearest one among the others, and a nearest one among the others mirrored. Where mirrored images are of
use, the mirrored one is often the nearer of the two, in most classes, and has the right class as often. Where an image
means something else in the mirror, as arrows, letters and the road before a car do, it is near to images of another
class, or of another number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

IMAGES_ASKED = 3_000  # a product of so many with so many: a second
IMAGES_AT_LEAST = 300
IMAGES_OF_A_CLASS = 10
SIDE = 16  # px, to which images are made smaller: what they show, not their grain
OFTEN = 0.15  # share of a class' images to which a mirrored one is the nearest: clothes 0.25, letters to 0.09
ERRORS_OF_HARM, ERRORS_OF_DOUBT = 2.0, 1.0  # standard errors
TINY = 1e-12


@dataclass(frozen=True)
class Mirrors:
    """What was counted.

    Attributes:
        often: share of the images whose nearest is mirrored, in the median class; of numbers and labels, of all.
        harm: how much farther the target of the nearest is with mirrored images than without, in standard errors (of
            classes that is McNemar's test, 1947); below 0 where it is nearer.
    """

    often: float
    harm: float

    @property
    def harmful(self) -> bool:
        """Beyond doubt the targets are farther."""
        return self.harm > ERRORS_OF_HARM

    @property
    def harmless(self) -> bool:
        """Mirrored images are often the nearest, and nothing speaks for harm."""
        return self.often >= OFTEN and self.harm < ERRORS_OF_DOUBT


def made_small(pieces: Iterable[Tensor], count: int) -> Tensor:
    """Images (n, C, H, W) that come in pieces, `count` in all, in 16 px; those that are no larger stay as they are."""
    small, done = torch.empty(0), 0
    for images in pieces:
        sides = (min(SIDE, images.shape[2]), min(SIDE, images.shape[3]))
        if not done:  # taken once: results among the pieces that are given back would keep the heap from shrinking
            small = torch.empty(count, images.shape[1], *sides)
        small[done : done + len(images)] = functional.adaptive_avg_pool2d(images.float(), sides)
        done += len(images)
    return small


def count_mirrors(images: Tensor, targets: np.ndarray) -> Mirrors | None:
    """Look for the nearest image with and without mirrored ones; None where the images are too few to tell.

    Args:
        images: (n, C, H, W) of training, or what `made_small` made of them.
        targets: (n,) classes, or (n, K) numbers or labels.
    """
    if len(images) < IMAGES_AT_LEAST:
        return None
    small = made_small([images], len(images))
    one, other = _directions(small), _directions(small.flip(3))
    beside, mirrored = one @ one.T, one @ other.T
    for near in (beside, mirrored):
        near.fill_diagonal_(-math.inf)  # an image is no neighbour of its own
    as_is, turned = beside.max(dim=1), mirrored.max(dim=1)
    turned_is_nearer = (turned.values > as_is.values).numpy()
    targets = targets if targets.ndim == 1 else targets.astype(np.float64)
    without = _apart(targets, targets[as_is.indices.numpy()])
    beside_mirrored = _apart(targets, targets[turned.indices.numpy()])
    farther = np.where(turned_is_nearer, beside_mirrored.astype(float) - without, 0.0)
    groups = targets if targets.ndim == 1 else np.zeros(len(targets))
    shares = [
        turned_is_nearer[groups == each].mean()
        for each in np.unique(groups)
        if (groups == each).sum() >= IMAGES_OF_A_CLASS
    ]
    often = float(np.median(shares)) if shares else 0.0
    return Mirrors(often, float(farther.sum() / max(math.sqrt((farther**2).sum()), TINY)))


def _apart(targets: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) how far targets are from others: whether the classes differ, or the mean distance of their numbers."""
    return np.asarray(targets != others if targets.ndim == 1 else np.abs(targets - others).mean(axis=1))


def _directions(images: Tensor) -> Tensor:
    """(n, D) of length 1: brightness and contrast are of no consequence."""
    flat = images.flatten(1)
    return functional.normalize(flat - flat.mean(dim=1, keepdim=True), dim=1)
