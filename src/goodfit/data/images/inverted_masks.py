"""Masks of two classes some of which are inverted: 1 is the background there, and 0 the object."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ALONG_THE_EDGE = 0.98  # of the pixels there: all, but for a few
OBJECT_AT_LEAST = 0.005  # of the pixels, inside
USUAL_SHARE = 0.6  # of the masks are 0 along the edge
INVERTED_AT_LEAST = 2


def inverted_doubt(pixels: np.ndarray, names: Sequence[str]) -> tuple[str, str] | None:
    """What is to be said where most masks are 0 along the whole edge, and some 1 there and 0 inside.

    Args:
        pixels: (N, H, W) classes 0 and 1. names: of the masks.
    """
    usual, inverted = 0, []
    for row, mask in enumerate(pixels):
        edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
        if not len(edge):
            continue
        usual += bool((edge == 0).mean() >= ALONG_THE_EDGE)
        if (edge == 1).mean() >= ALONG_THE_EDGE and (mask == 0).mean() >= OBJECT_AT_LEAST:
            inverted.append(row)
    if len(inverted) < INVERTED_AT_LEAST or usual < USUAL_SHARE * len(pixels):
        return None
    what = f"{len(inverted):,} of {len(pixels):,} masks, such as {names[inverted[0]]}, are 1 along the whole edge "
    what += f"and 0 inside, and {usual:,} are 0 along the edge: these may be inverted"
    return what, "Look at one; if it is, exchange its two values"
