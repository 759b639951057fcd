"""Images that look the same: a perceptual hash finds candidates, the pixels confirm them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

BITS_AT_MOST = 3  # of 64 that may differ
BANDS = 4  # of 16 bits: with at most three different bits, one band is equal
GREY_DIFFERENCE_AT_MOST = 6.0  # mean over a GRID by GRID image of values 0..255
GRID = 32
IMAGES_AT_A_TIME = 512
DEVIATION_AT_LEAST = 4.0  # of grey values: under it an image shows nothing to compare


class Twin(NamedTuple):
    """Two rows that look the same."""

    one: int
    other: int
    difference: float


def twins(read: Callable[[Tensor], Tensor], one: np.ndarray, other: np.ndarray) -> Iterator[Twin]:
    """For each row of `one` the first row of `other` that looks the same, if there is one.

    The hash holds for each of 8 by 8 neighbouring places which is brighter (dHash: Krawetz
    2013, "Kind of like that").

    Args:
        read: gives images (n, C, H, W) of 0..255 for row numbers.
    """
    ours, theirs = _hashed(read, one), _hashed(read, other)
    bands: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, code in enumerate(theirs[0].tolist()):
        for band in range(BANDS):
            bands[band, (code >> (16 * band)) & 0xFFFF].append(at)
    for at, code in enumerate(ours[0].tolist()):
        candidates = {near for band in range(BANDS) for near in bands[band, (code >> (16 * band)) & 0xFFFF]}
        for near in sorted(candidates):
            if (code ^ int(theirs[0][near])).bit_count() > BITS_AT_MOST or ours[2][at] < DEVIATION_AT_LEAST:
                continue
            difference = float(np.abs(ours[1][at] - theirs[1][near]).mean())
            if difference <= GREY_DIFFERENCE_AT_MOST:
                yield Twin(int(one[at]), int(other[near]), difference)
                break


def _hashed(read: Callable[[Tensor], Tensor], rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n,) hashes, (n, GRID, GRID) grey images without their mean, (n,) deviations."""
    hashes, greys, deviations = [], [], []
    for start in range(0, len(rows), IMAGES_AT_A_TIME):
        x = read(torch.from_numpy(rows[start : start + IMAGES_AT_A_TIME])).float().mean(1, keepdim=True)
        small = functional.adaptive_avg_pool2d(x, (8, 9))[:, 0]
        bits = (small[:, :, 1:] > small[:, :, :-1]).flatten(1).numpy().astype(np.uint64)
        hashes.append((bits << np.arange(64, dtype=np.uint64)).sum(1, dtype=np.uint64))
        grey = functional.adaptive_avg_pool2d(x, (GRID, GRID))[:, 0]
        greys.append((grey - grey.mean((1, 2), keepdim=True)).numpy())
        deviations.append(grey.std((1, 2)).numpy())
    if not hashes:
        return np.zeros(0, np.uint64), np.zeros((0, GRID, GRID)), np.zeros(0)
    return np.concatenate(hashes), np.concatenate(greys), np.concatenate(deviations)
