"""Masks that number the objects of each image: 1 to 5 in one, 1 to 23 in the next. These are no classes."""

from __future__ import annotations

from collections.abc import Sequence

MASKS_AT_LEAST = 8  # fewer may have such numbers by chance
OBJECTS_AT_LEAST = 5  # in some mask: classes are as many, but not the first so many in each image
DIFFERENT_AT_LEAST = 4  # largest numbers
FIX = "If they do, pass --binary 1: object and background"
DENSE_SHARE = 0.9  # of the numbers up to a mask's largest, which it has: an object may be hidden by another


def instances_doubt(reach: Sequence[tuple[int, int]]) -> tuple[str, str] | None:
    """What is to be said of masks that seem to number objects, and how to settle it; None of others.

    Args:
        reach: of each mask, how many different numbers above 0 it has, and the largest.
    """
    objects = [(count, largest) for count, largest in reach if largest > 0]
    largest_ones = {largest for _, largest in objects}
    if len(objects) < MASKS_AT_LEAST or len(largest_ones) < DIFFERENT_AT_LEAST:
        return None
    most = max(largest_ones)
    if len(largest_ones) == len(objects) and all(count == 1 for count, _ in objects):
        what = f"each mask has one number above 0, and no two have the same ({min(largest_ones)} to {most}): they may "
        return f"{what}number the images or their objects, and are read as classes", FIX
    dense = sum(count for count, _ in objects) / sum(largest for _, largest in objects)
    if most < OBJECTS_AT_LEAST or dense < DENSE_SHARE:
        return None
    least = min(largest_ones)
    what = f"each mask has the numbers from 1 to one of its own (up to {least} in one, up to {most} in another): "
    what += "they may number the objects of an image, and are read as classes"
    return what, FIX
